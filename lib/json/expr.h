/*
 * expr -- expressions of a description: a plain path, or a jq program.
 *
 * Paths (json_is_path), `.a // .b` and `.a == "x"` (or !=; a string, an
 * integer, true, false, null) take the fast lane and keep the exact text of
 * values; anything else is compiled by libjq when it is first run. libjq 1.6
 * rounds integers over 2^53: use a path where numbers matter. jv stays inside
 * expr.c.
 */
#ifndef HA_EXPR_H
#define HA_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/json.h"
#include "base/why.h"

struct expr;

/* NULL and EX_CONFIG if it is empty. */
struct expr *expr_new(const char *text, struct why *why);
/*
 * Compiles now what else waits for its first run, since that takes 15 ms:
 * -1 and EX_CONFIG with jq's reason.
 */
int expr_check(struct expr *e, struct why *why);
void expr_free(struct expr *e);
const char *expr_source(const struct expr *e); /* the text it came from */
bool expr_is_path(const struct expr *e);
/* Of `.a == "x"` the path in *to, and as result the JSON text; else NULL. */
const char *expr_equal(const struct expr *e, struct buf *to);

typedef int expr_fn(void *ctx, const struct json_val *val, struct why *why);
/*
 * Runs it on one JSON text and calls back for each result, in order. A
 * result's text is good until the callback returns; a result other than 0
 * of the callback stops and is returned. A jq run-time error is -1 with
 * EX_DATAERR, and never quotes a value. (A path gives one result, maybe
 * JSON_NONE.)
 */
int expr_each(struct expr *e, const char *text, size_t len, expr_fn *fn,
    void *ctx, struct why *why);
/*
 * The first result: 1 and its JSON text in *to (cleared before), 0 if there
 * is none or it is null, -1 on error.
 */
int expr_json(struct expr *e, const char *text, size_t len, struct buf *to,
    struct why *why);
/* As expr_json, but a string comes without quotes, unescaped. */
int expr_text(struct expr *e, const char *text, size_t len, struct buf *to,
    struct why *why);
/* 1 if the first result is neither null nor false, 0 if it is, -1. */
int expr_true(struct expr *e, const char *text, size_t len, struct why *why);

#endif
