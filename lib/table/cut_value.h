/*
 * cut_value -- one value as a field of PostgreSQL's binary COPY.
 *
 * Inside of lib/table.
 *
 * A field is an int32 length and that many bytes; length -1 is NULL.
 */
#ifndef HA_CUT_VALUE_H
#define HA_CUT_VALUE_H

#include "base/buf.h"
#include "json/json.h"
#include "source/source.h"
#include "base/why.h"

/*
 * Adds the field: 1, or 0 if it is NULL (null, absent, and "" for all but
 * text). -1 with EX_DATAERR and nothing added: the value is none of that
 * type; the message has its JSON type and length, never the value.
 */
int cutval_add(enum column_type type, const struct json_val *v,
    struct buf *fields, struct why *why);
/*
 * Adds what PostgreSQL prints (::text, UTC, ISO) for a field that cutval_add
 * made and that is not NULL; not for COL_DOUBLE.
 */
void cutval_print(enum column_type type, const char *field, struct buf *to);

#endif
