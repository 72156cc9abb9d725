/*
 * desc -- reads values out of a description file, with their place in it.
 *
 * Inside of lib/source.
 *
 * A struct desc is one value and its path (".resources[3].columns.id"),
 * held by the caller; it borrows the file's text. Every failure is
 * EX_CONFIG and reads "FILE: PATH: what is wrong". Texts and lists handed
 * out are the caller's to free.
 */
#ifndef HA_DESC_H
#define HA_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "json/expr.h"
#include "json/json.h"
#include "source/template.h"

struct desc {
	const char *file;
	struct json_val val;
	char path[192];
	bool verify; /* compile jq programs now: 15 ms each */
};

int desc_fail(const struct desc *d, struct why *why, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/*
 * It must be an object whose members are all in `known` (ended by NULL) and
 * none twice. "note" is always known: a comment.
 */
int desc_object(
    const struct desc *d, const char *const *known, struct why *why);
/* The member as a value of its own; false if absent or null. */
bool desc_get(const struct desc *d, const char *name, struct desc *member);
/* As desc_get, but its absence is an error: 0 or -1. */
int desc_need(const struct desc *d, const char *name, struct desc *member,
    struct why *why);

typedef int desc_fn(
    void *ctx, const char *name, const struct desc *d, struct why *why);
/* Members of an object, in order; name is theirs. */
int desc_members(const struct desc *d, desc_fn *fn, void *ctx, struct why *why);
/* Elements of an array, in order; name is NULL. */
int desc_elements(
    const struct desc *d, desc_fn *fn, void *ctx, struct why *why);

/*
 * A member's value into *to. An absent one leaves *to as it is, unless
 * `need`. Bounds are inclusive; durations are texts such as "10m".
 */
int desc_text(const struct desc *d, const char *name, bool need, char **to,
    struct why *why);
int desc_bool(
    const struct desc *d, const char *name, bool *to, struct why *why);
int desc_int(const struct desc *d, const char *name, long long min,
    long long max, int *to, struct why *why);
int desc_duration(
    const struct desc *d, const char *name, int64_t *ms, struct why *why);
int desc_expr(const struct desc *d, const char *name, bool need,
    struct expr **to, struct why *why);
/* One of `names` (ended by NULL): its index into *to. */
int desc_choice(const struct desc *d, const char *name,
    const char *const *names, int *to, struct why *why);
int desc_texts(const struct desc *d, const char *name, char ***to, size_t *n,
    struct why *why);
/* An object of templates; a value may be a text or a number. */
int desc_pairs(
    const struct desc *d, const char *name, struct pairs *to, struct why *why);

/* This value itself as text or as an expression. */
int desc_this_text(const struct desc *d, char **to, struct why *why);
int desc_this_expr(
    const struct desc *d, const char *text, struct expr **to, struct why *why);
/* A name that SQL takes without quotes: [a-z_][a-z0-9_]*, up to 50. */
bool desc_is_name(const char *text);
void desc_pairs_release(struct pairs *p);

#ifdef __clang_analyzer__ /* as in why.h */
#define desc_fail(...) ((desc_fail)(__VA_ARGS__), -1)
#endif

#endif
