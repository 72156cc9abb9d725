/*
 * template -- fills {names} in paths, queries and forms of a description.
 *
 * {account} {secret} {token} {position} {key} {parent.NAME} {today}
 * {today@NAME},
 * the day where the parent's member NAME says what time it is; and filters
 * behind a bar: {position|-1d|date} {today|+365d|date} {position|literal}.
 * `date` gives YYYY-MM-DD, `+N`/`-N` with s m h d moves a time, `time` gives
 * SQL form in UTC, `rfc3339` that form. Values that go into a URL are
 * percent-encoded by the caller's choice, {secret} never lands in messages.
 * "{{" and "}}" are a brace each.
 */
#ifndef HA_TEMPLATE_H
#define HA_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/buf.h"
#include "base/why.h"

struct pair { /* of a query or form */
	char *name;
	char *value; /* a template */
};

struct pairs {
	struct pair *at;
	size_t n;
};

struct template_values { /* NULL: not known here, using it is an error */
	const char *account;
	const char *secret;
	const char *token;
	const char *position; /* as it stands in the data */
	const char *key;      /* of the one row that is asked for */
	const char *parent;   /* JSON object text (JSON_PADDING behind) */
	time_t today;	      /* 0: now */
};

/* Adds the text to *to. encode: values (not the text around) as %XX. */
int template_fill(const char *text, const struct template_values *v,
    bool encode, struct buf *to, struct why *why);
/* As part of a query or a form: values as %XX, and the text around. */
int template_query(const char *text, const struct template_values *v,
    struct buf *to, struct why *why);
/* For each {name}: 0, or what fn gives where that is not 0. */
int template_names(const char *text,
    int (*fn)(const char *name, void *ctx, struct why *why), void *ctx,
    struct why *why);
/* Checks names and filters only; what source_load uses. EX_CONFIG. */
int template_check(const char *text, struct why *why);

#endif
