/*
 * utf8 -- is a byte string well-formed UTF-8 (RFC 3629)?
 *
 * No surrogates, no overlong forms, nothing above U+10FFFF. A NUL is a
 * character like others.
 */
#ifndef HA_UTF8_H
#define HA_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Behind the character at p, which is before end; NULL if none starts there. */
const char *utf8_next(const char *p, const char *end);
bool utf8_valid(const char *text, size_t len);

#endif
