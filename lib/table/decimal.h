/*
 * decimal -- PostgreSQL's numeric in binary form, from and to decimal text.
 *
 * Inside of lib/table.
 *
 * Exact: digits behind the point stay as many as the text has (1.10 has
 * two), an exponent is worked in (1e3 is 1000, 1.5e-3 is 0.0015).
 */
#ifndef HA_DECIMAL_H
#define HA_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Digits with sign, point and exponent, each of them optional. */
bool decimal_is(const char *text, size_t len);
/*
 * Adds the numeric's binary form; -1 if the text (which decimal_is) is out
 * of numeric's range.
 */
int decimal_binary(const char *text, size_t len, struct buf *to);
/* Adds the text that PostgreSQL prints for a binary form made here. */
void decimal_print(const char *binary, struct buf *to);

#endif
