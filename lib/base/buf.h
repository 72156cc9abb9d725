/*
 * buf -- a byte string that grows.
 *
 * The caller holds the struct: BUF_INIT or buf_init, then buf_release. What
 * is in it always ends in a NUL that len does not count. A failed
 * allocation ends the program (EX_OSERR), so nothing here returns an error.
 */
#ifndef HA_BUF_H
#define HA_BUF_H

#include <stddef.h>

struct buf {
	char *at;
	size_t len;
	size_t room;
};

/* clang-format off */
#define BUF_INIT {NULL, 0, 0}
/* clang-format on */

void buf_init(struct buf *b);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
/* Makes room for `more` bytes beyond len (and the NUL); returns b->at+len. */
char *buf_room(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *p, size_t len);
/* What was in it goes. */
void buf_set(struct buf *b, const void *p, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_chr(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds s as a JSON string, quotes included. Bytes >= 0x80 pass unchanged. */
void buf_json(struct buf *b, const char *s, size_t len);
/* For what held a secret: overwritten, then released. */
void buf_wipe(struct buf *b);
/* Hands the string over to the caller, who frees it; b is empty after. */
char *buf_take(struct buf *b);

#endif
