/*
 * copy_field -- fields of PostgreSQL's binary COPY format, added to a buf.
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
void field_int32(struct buf *to, int32_t n);
void field_bool(struct buf *to, int truth);
void field_jsonb(struct buf *to, const char *text, size_t len);
/* text: 32 hex digits, anything between them is skipped. */
void field_uuid(struct buf *to, const char *text);

#endif
