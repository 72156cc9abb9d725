/*
 * utf8 -- is a byte string well-formed UTF-8 (RFC 3629)? And may people see it?
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
/*
 * Text from anywhere, as a terminal may have it: on one line, and nothing in
 * it that moves the cursor, gives orders or turns the direction of writing.
 * Control bytes and bytes that are no UTF-8 become \xNN; C1 controls, line
 * separators and bidi controls \uNNNN. What has no room is left out, never
 * half of a character. Returns the length; *to ends in a NUL.
 */
size_t utf8_show(char *to, size_t room, const char *text, size_t len);

#endif
