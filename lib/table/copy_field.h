/*
 * copy_field -- fields of PostgreSQL's binary COPY format, added to a buf.
 *
 * A field is an int32 length and that many bytes; length -1 is NULL.
 */
#ifndef HA_COPY_FIELD_H
#define HA_COPY_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What stands before all rows and behind them. */
void field_start(struct buf *to);
void field_end(struct buf *to);
/* How many fields the row that follows has. */
void field_count(struct buf *to, size_t n);
void field_null(struct buf *to);
void field_bytes(struct buf *to, const void *p, size_t len);
/* The lower 1, 4 or 8 bytes of n: boolean, integer, bigint, times. */
void field_int(struct buf *to, uint64_t n, int bytes);
void field_jsonb(struct buf *to, const char *text, size_t len);
/*
 * text: 32 hex digits, plain or dashed as 8-4-4-4-12. 1; -1: it is none, and
 * nothing is added.
 */
int field_uuid(struct buf *to, const char *text, size_t len);
/* Around what the caller adds itself; field_close takes field_open's. */
size_t field_open(struct buf *to);
void field_close(struct buf *to, size_t open);

#endif
