/*
 * json_walk -- the grammar: a walk over the tokens of a text.
 *
 * Inside of lib/json.
 * simdjson's first stage finds every token (one entry
 * of `at` for each of {}[]:, and for the start of each string, number or
 * literal), checks UTF-8, and refuses control characters in strings and an
 * open string. The walk checks the grammar of everything, not only of what
 * is asked for, and knows where each value starts and ends.
 */
#ifndef HA_JSON_WALK_H
#define HA_JSON_WALK_H

#include <stdint.h>

#include "json/json_path.h"

#ifdef __cplusplus
extern "C" {
#endif

struct walk {
	const char *text;
	const uint32_t *at; /* offsets of tokens; at[n] is the length */
	uint32_t n;
	bool whole;	 /* check all of it, not only what is touched */
	bool once;	 /* slot 0 must not be found twice */
	bool escapes;	 /* there is a backslash somewhere */
	bool odd;	 /* out: PostgreSQL may refuse a number or an escape */
	struct buf *key; /* room for a key without its escapes */
	struct json_val *vals; /* out: by slot */
	const char *what;      /* of the first mistake */
	size_t where;
};

static inline char
walk_token(const struct walk *w, uint32_t i)
{
	return i < w->n ? w->text[w->at[i]] : '\0';
}

/* Where the value ends whose last token is `next - 1`. */
static inline const char *
walk_end(const struct walk *w, uint32_t next)
{
	const char *last = w->text + w->at[next - 1];
	const char *end = w->text + w->at[next];

	if (*last == '}' || *last == ']')
		return last + 1;
	while (end > last + 1 && json_space(end[-1]))
		end--;
	return end;
}

/* Steps over the value at token i; the token behind it, or 0. */
uint32_t walk_skip(struct walk *w, uint32_t i);
/* The whole walk; root NULL: only checks. -1 and EX_DATAERR. */
int walk_text(
    struct walk *w, size_t len, const struct json_node *root, struct why *why);

#ifdef __cplusplus
}
#endif
#endif
