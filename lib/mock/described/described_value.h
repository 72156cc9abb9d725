/*
 * described_value -- the values in the rows of a kind, by the row's number.
 *
 * Inside of lib/mock/described.
 */
#ifndef HA_DESCRIBED_VALUE_H
#define HA_DESCRIBED_VALUE_H

#include "mock/described/described_table.h"

/* What a key's text is sought by. */
int64_t key_id(const char *text);
/* Adds the whole generated object. */
void value_object(
    const struct described_kind *k, const struct mock_row *row, struct buf *to);
/* Adds the text of the value at a path: strings without quotes; nothing if
   there is none. Of generated rows and of those from a file. */
void value_at(const struct described_kind *k, const char *path, int64_t no,
    struct buf *to);
/* The key as ha-page gives it back: its values with | between them. */
void value_key(const struct described_kind *k, int64_t no, struct buf *to);
/* The value at a path of the parent to which the row belongs. */
void value_parent(const struct described_kind *k,
    const struct described_kind *parent, const char *path, int64_t no,
    struct buf *to);
/* When a row was last changed: seconds since 1970, or a number it has. */
int64_t value_position(const struct described_kind *k, int64_t no);

#endif
