/*
 * aside -- the file of `-r`: records that were set aside, with the reason.
 *
 * One JSON object a line: {"line":7,"offset":812,"reason":"no such parent",
 * "key":"31","raw":"…"}; "key" only if it is known, "raw_base64" instead of
 * "raw" when the record's bytes are no valid UTF-8. Appended (mode 0600: it
 * holds guests' data) under a lock, whole lines at a time, so that what an
 * earlier or another run put there stays; a symbolic link to a file is
 * refused. What is no regular file (/dev/stderr, a FIFO) is written as it is.
 * Owns the file.
 */
#ifndef HA_ASIDE_H
#define HA_ASIDE_H

#include <stdint.h>

#include "base/in.h"
#include "base/why.h"

struct aside;

/* EX_IOERR if it cannot be made. */
struct aside *aside_open(const char *path, struct why *why);
/* key may be NULL. A write error shows at the latest in aside_flush. */
void aside_add(struct aside *a, const struct line *line, const char *key,
    const char *reason);
/*
 * All that was added is on the disk: call it before a mark is passed on, so
 * that no position overtakes a record. NULL is fine.
 */
int aside_flush(struct aside *a, struct why *why);
uint64_t aside_count(const struct aside *a); /* NULL: 0 */
/* NULL is fine. Drops what was not flushed. */
void aside_close(struct aside *a);

#endif
