/*
 * shared -- one small file that all processes of the machine share.
 *
 * Lives in $HA_STATE_DIR, else $XDG_RUNTIME_DIR/ha-tools, else
 * /run/user/UID/ha-tools where that exists, else /tmp/ha-tools-UID (0700).
 * It is read and written only under its lock, which dies with the process
 * that holds it. A file that is short, foreign or from before the last boot
 * starts anew as zeros; one that was unlinked is opened again. The content
 * is numbers only: no secret, no guest.
 */
#ifndef HA_SHARED_H
#define HA_SHARED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"

struct shared;

/* The directory, made if need be; EX_CONFIG if it is not fit for use. */
int shared_dir(struct buf *dir, struct why *why);
/*
 * name: any text, made safe for a file name. size: bytes needed at least
 * (the file may hold more: shared_size).
 */
struct shared *shared_open(const char *name, size_t size, struct why *why);
void shared_close(struct shared *s); /* NULL is fine */
/*
 * Locks and reads. The content is good until shared_unlock, aligned for any
 * type. NULL on failure; EX_TEMPFAIL if another holds the lock for seconds.
 */
void *shared_lock(struct shared *s, struct why *why);
size_t shared_size(const struct shared *s); /* while locked */
/* Writes back len bytes at offset, while locked. */
int shared_write(struct shared *s, size_t offset, size_t len, struct why *why);
void shared_unlock(struct shared *s);
/* Micro seconds since boot, suspended time included; never jumps. */
int64_t shared_now(void);
/* Moves this process's idea of now ahead: tests wait for nothing. */
void shared_skip(int64_t us);

#endif
