/*
 * json -- JSON at speed, with the exact text of every value.
 *
 * The first stage of simdjson finds the tokens and stays inside json.cc; the
 * grammar is checked by json_walk.c, so that values are slices of the caller's
 * text: nothing is copied, nothing rounded, no key reordered. All texts given
 * in must have JSON_PADDING readable bytes behind them, and are at most 64 MiB
 * (an API page: 256 MiB). When a key occurs twice in one object the last one
 * counts, as in PostgreSQL's jsonb.
 * Errors are EX_DATAERR and say what is wrong and at which byte, from 1.
 */
#ifndef HA_JSON_H
#define HA_JSON_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "base/buf.h"
#include "base/why.h"

#define JSON_PADDING 64

enum json_type {
	JSON_NONE, /* not there */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_val {
	enum json_type type;
	const char *text; /* exact, quotes included; borrowed */
	size_t len;
};

struct json;	   /* a parser and its memory, to be used again */
struct json_paths; /* compiled paths */

struct json *json_new(void);
void json_free(struct json *j);

/*
 * A path is `.name`, `."any name"`, `[3]` (first: `.[3]`), and rows of these;
 * "." is the whole value. json_is_path tells whether an expression is one.
 */
bool json_is_path(const char *expr);
struct json_paths *json_paths_new(
    const char *const *paths, size_t n, struct why *why);
void json_paths_free(struct json_paths *p);

/*
 * Finds all paths in one walk over the text: vals[i] for path i, JSON_NONE
 * where absent. whole: the entire text is validated (grammar, UTF-8, depth
 * 512, nothing behind the value); otherwise only what the walk touches.
 */
int json_pick(struct json *j, const char *text, size_t len,
    const struct json_paths *p, struct json_val *vals, bool whole,
    struct why *why);
/* Full validation of one value; *type may be NULL. */
int json_check(struct json *j, const char *text, size_t len,
    enum json_type *type, struct why *why);
/*
 * true if the text last checked in full by j holds nothing that could make
 * PostgreSQL refuse it: then json_pg_ok need not be asked.
 */
bool json_plain(const struct json *j);

/* *to becomes a copy of the text that can be given in: padded with NULs. */
void json_put(struct buf *to, const char *text, size_t len);

/* What the first byte of a value says. */
enum json_type json_type_of(char first);
/* "number", "string", "boolean", ...; "nothing" for JSON_NONE. */
const char *json_type_name(enum json_type t);

/* White space between tokens. */
static inline bool
json_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

typedef int json_member_fn(void *ctx, const char *key, size_t keylen,
    const struct json_val *val, struct why *why);
typedef int json_element_fn(
    void *ctx, const struct json_val *val, struct why *why);
/*
 * Call back for each member or element of a validated value, in order
 * (doubled keys come twice). Stops at the first callback that returns
 * non-zero and returns that. Slices of a parsed text may be given in: what
 * follows them counts as padding. Key text is unescaped. May be nested.
 */
int json_members(
    const struct json_val *obj, json_member_fn *fn, void *ctx, struct why *why);
int json_elements(const struct json_val *arr, json_element_fn *fn, void *ctx,
    struct why *why);
/* The last member of that name; JSON_NONE if absent or not an object. */
struct json_val json_get(const struct json_val *obj, const char *name);

/*
 * A page of an API: checks the whole body, finds the array at `path`, gives
 * each element, byte for byte (with white space outside strings removed
 * only where the element holds a line break). -1 if there is no array, or a
 * second value at `path`: which of them is meant nobody knows.
 */
int json_rows(struct json *j, const char *body, size_t len, const char *path,
    json_element_fn *fn, void *ctx, struct why *why);
/* The value at `path`, of whatever type; whole as above, and once. */
int json_once(struct json *j, const char *text, size_t len, const char *path,
    struct json_val *v, bool whole, struct why *why);

/* Adds the string's text, unescaped, as UTF-8. A lone surrogate or \u0000
 * is an error, since PostgreSQL takes neither. Not a string: its text. */
int json_text(const struct json_val *v, struct buf *to, struct why *why);
/*
 * Would PostgreSQL's jsonb take this valid JSON? -1 with the reason ("holds
 * \u0000, which PostgreSQL refuses", lone surrogates, numbers out of range).
 */
int json_pg_ok(const char *text, size_t len, struct why *why);
/*
 * What jsonb does not hold, \u0000 and half a surrogate pair, becomes \ufffd
 * in *to, a padded copy of this valid text and as long; the number of strings
 * changed. fn (NULL: nobody) is told of each: the path to it (of a member's
 * name: to its object), where it starts, and how it came, quotes included.
 */
typedef void json_repair_fn(
    void *ctx, const char *path, size_t offset, const char *text, size_t len);
size_t json_repair(const char *text, size_t len, struct buf *to,
    json_repair_fn *fn, void *ctx);
/*
 * A padded copy, as long, in which bytes that no JSON has (control bytes, no
 * UTF-8) are others that it may have: whatever else is good can be read.
 */
void json_mask(const char *text, size_t len, struct buf *to);
/* Is there such a byte in what was read of a masked text? */
bool json_masked(const char *text, size_t len);
/* An integer in [min, max] from a number (1e3 and 1.0 count as integers). */
int json_int(
    const struct json_val *v, long long min, long long max, long long *to);

#ifdef __cplusplus
}
#endif
#endif
