/*
 * desc -- reads a description by tables of what its objects may hold.
 *
 * Inside of lib/source.
 *
 * A table stands for a value and the struct that it fills, a line for each
 * member: what it is and where in the struct it goes. Known names, reading,
 * what is usual and what is freed all follow from that line. What members
 * promise each other is code: the `check` of the line that ends the table.
 *
 * A struct desc is one value and its place (".resources[3].columns.id"),
 * held by the caller; it borrows the file's text and the value it is in.
 * Every failure is EX_CONFIG and reads
 * "FILE:LINE:COLUMN: PATH: what is wrong".
 */
#ifndef HA_DESC_H
#define HA_DESC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/why.h"
#include "json/expr.h"
#include "json/json.h"

struct desc {
	const char *file;
	const char *text;      /* the whole, for line and column */
	bool verify;	       /* compile jq programs now: 15 ms each */
	const struct desc *in; /* NULL: it is the whole */
	const char *name;      /* in an object; NULL: in a list */
	size_t index;	       /* in a list */
	struct json_val val;
};

/* Reads a value into *of, or looks at what was read: 0 or -1. */
typedef int desc_fn(const struct desc *d, void *of, struct why *why);

enum desc_kind {
	DESC_NONE,     /* nothing */
	DESC_TEXT,     /* char *: a copy */
	DESC_NAME,     /* char *: what the value is called in its object */
	DESC_EXPR,     /* struct expr * */
	DESC_PATH,     /* struct expr *: a plain path, such as `like` */
	DESC_PATHS,    /* struct json_paths *, always later */
	DESC_BOOL,     /* bool */
	DESC_NOT,      /* bool: true for false */
	DESC_INT,      /* int, from min to max */
	DESC_DURATION, /* int64_t, in milliseconds, of a text such as "10m" */
	DESC_CHOICE,   /* an enum, or a bool: which of `choices` it is */
	DESC_TEXTS,    /* char **, counted: a list of texts */
	DESC_LIST,     /* an array of structs, counted: a list, each by `of` */
	DESC_NAMED,    /* the same of an object's members */
	DESC_PART,     /* a struct in this one, by `of` */
	DESC_NEW       /* a pointer to a struct, by `of`; NULL if absent */
};

/* An absent member, and null is absent, leaves what is usual, or 0. */
struct desc_member {
	const char
	    *name; /* ".": the value is no object, and goes here itself */
	enum desc_kind kind;
	size_t at, size; /* by the macros below, as the count's distance */
	ptrdiff_t count;
	bool need;  /* its absence is a mistake */
	bool later; /* `check` reads it */
	bool alone; /* of a list: one without brackets is one, too */
	long long usual, min, max;
	const char *const *choices; /* ended by NULL */
	const char *like;	    /* for the message */
	const struct desc_member *of;
	/* In the line that ends a table, without a name: {.size = sizeof(struct
	   x), .check = ...}. Looks at what was read, or reads more. */
	desc_fn *check;
};

#define DESC_TO(type, member)                                                  \
	.at = offsetof(type, member), .size = sizeof(((type *)NULL)->member)
#define DESC_ALL(type, list, n)                                                \
	.at = offsetof(type, list), .size = sizeof(*((type *)NULL)->list),     \
	.count =                                                               \
	    (ptrdiff_t)offsetof(type, n) - (ptrdiff_t)offsetof(type, list)
/* A part that goes into the same struct. */
#define DESC_SAME(type) .at = 0, .size = sizeof(type)
#define DESC_OF(...)                                                           \
	.choices = (const char *const[])                                       \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

/* The value into *of, which is zero: 0, or -1; to be released either way. */
int desc_read(const struct desc *d, const struct desc_member *table, void *of,
    struct why *why);
/* What the lines of the table have allocated, not the struct. */
void desc_release(const struct desc_member *table, void *of);

/* The member as a value of its own; false if absent or null. */
bool desc_get(const struct desc *d, const char *name, struct desc *member);
struct desc desc_child(
    const struct desc *d, const char *name, size_t index, struct json_val val);
/*
 * It must be an object, or a list, by type: calls back for each inside, in
 * order, until that returns non-zero, and returns that.
 */
int desc_each(const struct desc *d, enum json_type type, desc_fn *fn, void *ctx,
    struct why *why);

/* The value itself. */
int desc_text(const struct desc *d, char **to, struct why *why);
int desc_int(const struct desc *d, long long min, long long max, int *to,
    struct why *why);
/* A list of two texts, such as "[type, expression]"; both to be freed. */
int desc_two(
    const struct desc *d, const char *such, char *to[2], struct why *why);
/* Of the text; d is its place in messages. */
int desc_expr(
    const struct desc *d, const char *text, struct expr **to, struct why *why);
/* A name that SQL takes without quotes: [a-z_][a-z0-9_]*, up to 50. */
bool desc_is_name(const char *text);

/* Adds "FILE:LINE:COLUMN" of a byte of the text; both count from 1. */
void desc_place(
    const char *file, const char *text, const char *at, struct buf *to);
/*
 * Of d, which it moves: where the member is that a message begins with, as
 * ".columns.id: no such column" or ".parents[1]: ..." do.
 */
void desc_follow(struct desc *d, const char *message);
int desc_fail(const struct desc *d, struct why *why, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* as in why.h */
#define desc_fail(...) ((desc_fail)(__VA_ARGS__), -1)
#endif

#endif
