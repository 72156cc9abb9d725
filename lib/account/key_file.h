/*
 * key_file -- the key of all secrets: where it is, read, made, renewed.
 *
 * Inside of lib/account.
 *
 * HA_KEY_FILE, else ha-tools/key in XDG_CONFIG_HOME, else in ~/.config. It must
 * be a regular file of ours (or of root) that nobody else can read, and holds
 * one line: "ha-key-1 " and 64 hex digits. A key that was renewed is kept
 * beside it, as PATH.ID, so that what is still sealed under it opens. Keys are
 * wiped by who holds them. Failures are EX_CONFIG and say what mends them.
 */
#ifndef HA_KEY_FILE_H
#define HA_KEY_FILE_H

#include "base/buf.h"
#include "base/why.h"

#define KEY_LEN 32
#define KEY_ID_LEN 16

struct key {
	unsigned char key[KEY_LEN];
	unsigned char id[KEY_ID_LEN]; /* a hash of it */
};

int key_file_start(struct why *why); /* before anything of libsodium */
/* Where the key file is or would be. */
int key_file_path(struct buf *path, struct why *why);
int key_file_read(const char *path, struct key *key, struct why *why);
/* The name under which the key of that id is kept, in *to. */
void key_file_kept(const char *path, const unsigned char *id, struct buf *to);
/*
 * Makes the key file, and its directories (mode 0700). It appears whole or
 * not at all, and one that exists is never touched: EX_CONFIG.
 */
int key_file_make(struct why *why);
/*
 * A descriptor that keeps other processes from renewing the key; closed, it
 * ends. EX_TEMPFAIL: one is at it. *path is the file itself, without links.
 */
int key_file_lock(struct buf *path, struct why *why);
/*
 * Keeps the key and puts a new one in its place. Killed at any moment, there
 * is a key file, and the key of before is in it or kept.
 */
int key_file_renew(const char *path, struct why *why);

#endif
