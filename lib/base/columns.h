/*
 * columns -- how wide a text is on a terminal, and what of it fits.
 *
 * By the locale that the program has set; no text holds control bytes
 * (utf8_show). What is a character in UTF-8 alone is one column wide.
 */
#ifndef HA_COLUMNS_H
#define HA_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

bool columns_utf8(void); /* does this locale have more than letters? */
size_t columns_of(const char *text);
/* How many bytes of it fit into so many columns. */
size_t columns_fit(const char *text, size_t columns);
/* Cuts what stands in *text behind `from`; "..." for what is gone. */
void columns_cut(struct buf *text, size_t from, size_t columns);
/* As columns_fit, but ends in front of a word, if there is more than one. */
size_t columns_wrap(const char *text, size_t columns);

#endif
