/*
 * utf8 -- is a byte string well-formed UTF-8 (RFC 3629)?
 */
#ifndef HA_UTF8_H
#define HA_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* No surrogates, no overlong forms, nothing above U+10FFFF. */
bool utf8_valid(const char *text, size_t len);

#endif
