#include "json/expr.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <jq.h>

#include "base/mem.h"

/*
 * The forms that descriptions use most are known here, since libjq takes
 * 15 ms to compile anything at all and reads 80 MB/s.
 */
enum form {
	FIRST,	 /* .a   .a // .b: the first path that holds something */
	EQUAL,	 /* .a == "x" */
	DIFFERS, /* .a != "x" */
	PROGRAM	 /* anything else */
};

#define PATHS_MAX 8

struct expr {
	char *source;
	enum form form;
	struct json_paths *paths;
	size_t n_paths;
	char *literal; /* JSON text, JSON_PADDING behind it */
	struct json_val wanted;
	struct json *json; /* made when first needed */
	jq_state *jq;	   /* the same */
};

static const struct json_val yes = {JSON_TRUE, "true", 4};
static const struct json_val no = {JSON_FALSE, "false", 5};

static bool
is_empty(const struct json_val *v)
{
	return v->type == JSON_NONE || v->type == JSON_NULL ||
	       v->type == JSON_FALSE;
}

/* A copy of s[0..n) without the spaces around it. */
static char *
trimmed(const char *s, size_t n)
{
	while (n > 0 && strchr(" \t\n", s[n - 1]) != NULL)
		n--;
	while (n > 0 && strchr(" \t\n", *s) != NULL)
		s++, n--;
	return mem_text(s, n);
}

/* The first `op` of the text outside of strings and brackets, or NULL. */
static const char *
find_operator(const char *s, const char *op)
{
	bool quoted = false;

	for (; *s != '\0'; s++) {
		if (quoted && *s == '\\' && s[1] != '\0')
			s++;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && strncmp(s, op, strlen(op)) == 0)
			return s;
	}
	return NULL;
}

/* ".a // .b // .c" into paths[]; how many, 0 if it is something else. */
static size_t
split_paths(const char *s, char *paths[PATHS_MAX])
{
	const char *next;
	bool ok = true;
	size_t n = 0;

	for (; ok && s != NULL && n < PATHS_MAX; s = next) {
		next = find_operator(s, "//");
		paths[n] = trimmed(s, next ? (size_t)(next - s) : strlen(s));
		ok = json_is_path(paths[n++]);
		if (next != NULL)
			next += 2;
	}
	if (ok && s == NULL)
		return n;
	while (n > 0)
		free(paths[--n]);
	return 0;
}

static bool
take_paths(struct expr *e, const char *s)
{
	char *paths[PATHS_MAX];
	struct why why;

	if ((e->n_paths = split_paths(s, paths)) == 0)
		return false;
	e->paths = json_paths_new((const char *const *)paths, e->n_paths, &why);
	for (size_t i = 0; i < e->n_paths; i++)
		free(paths[i]);
	return e->paths != NULL;
}

/* A string, an integer, true, false or null. */
static bool
take_literal(struct expr *e, const char *s)
{
	char *text = trimmed(s, strlen(s));
	struct json *j = json_new();
	struct buf padded = BUF_INIT;
	struct why why;
	long long n;
	bool ok;

	buf_str(&padded, text);
	memset(buf_room(&padded, JSON_PADDING), 0, JSON_PADDING);
	e->wanted.len = padded.len;
	e->literal = buf_take(&padded);
	e->wanted.text = e->literal;
	ok = json_check(j, e->literal, e->wanted.len, &e->wanted.type, &why) ==
	     0;
	if (ok && e->wanted.type == JSON_NUMBER)
		ok = json_int(&e->wanted, -(1LL << 53), 1LL << 53, &n) == 0;
	else if (ok)
		ok = e->wanted.type < JSON_ARRAY;
	json_free(j);
	free(text);
	return ok;
}

/* Finds the form; whatever does not fit is left to jq. */
static bool
take_simple(struct expr *e, const char *s)
{
	const char *op;
	char *left;
	bool ok;

	e->form = FIRST;
	if (take_paths(e, s))
		return true;
	if ((op = find_operator(s, "==")) != NULL)
		e->form = EQUAL;
	else if ((op = find_operator(s, "!=")) != NULL)
		e->form = DIFFERS;
	else
		return false;
	left = trimmed(s, (size_t)(op - s));
	ok = json_is_path(left) && take_paths(e, left) &&
	     take_literal(e, op + 2);
	free(left);
	return ok;
}

struct expr *
expr_new(const char *text, struct why *why)
{
	struct expr *e = mem_new(1, sizeof(*e));

	e->source = trimmed(text, strlen(text));
	if (e->source[0] == '\0') {
		why_set(why, EX_CONFIG, "an empty expression");
		expr_free(e);
		return NULL;
	}
	if (!take_simple(e, e->source)) {
		json_paths_free(e->paths);
		e->paths = NULL;
		e->form = PROGRAM;
	}
	return e;
}

void
expr_free(struct expr *e)
{
	if (e == NULL)
		return;
	if (e->jq != NULL)
		jq_teardown(&e->jq);
	json_paths_free(e->paths);
	json_free(e->json);
	free(e->literal);
	free(e->source);
	free(e);
}

const char *
expr_source(const struct expr *e)
{
	return e->source;
}

bool
expr_is_path(const struct expr *e)
{
	return e->form == FIRST && e->n_paths == 1;
}

const char *
expr_equal(const struct expr *e, struct buf *to)
{
	const char *op = find_operator(e->source, "==");

	if (e->form != EQUAL)
		return NULL;
	while (op > e->source && op[-1] == ' ')
		op--;
	buf_add(to, e->source, (size_t)(op - e->source));
	return e->literal;
}

/* jq's first complaint, on one line; the rest repeats it. */
static void
complaint(void *ctx, jv msg)
{
	static const char prefix[] = "jq: error: ";
	struct why *why = ctx;
	const char *s;

	msg = jq_format_error(msg);
	s = jv_string_value(msg);
	if (strncmp(s, prefix, strlen(prefix)) == 0)
		s += strlen(prefix);
	if (why->status == 0)
		why_set(why, EX_CONFIG, "%.*s", (int)strcspn(s, "\n"), s);
	jv_free(msg);
}

int
expr_check(struct expr *e, struct why *why)
{
	struct why said = {0, ""};

	if (e->form != PROGRAM || e->jq != NULL)
		return 0;
	if ((e->jq = jq_init()) == NULL)
		err(EX_OSERR, NULL);
	jq_set_error_cb(e->jq, complaint, &said);
	if (jq_compile(e->jq, e->source) == 0) {
		jq_teardown(&e->jq);
		e->jq = NULL;
		return why_set(why, EX_CONFIG, "jq: %s",
		    said.status ? said.msg : "does not compile");
	}
	jq_set_error_cb(e->jq, NULL, NULL);
	return 0;
}

/*
 * A jq message may hold a value, that is, a guest's data: only the words in
 * front of it are kept.
 */
static int
run_error(const struct expr *e, jv msg, struct why *why)
{
	const char *s = "";
	size_t n = 0;

	if (jv_get_kind(msg) == JV_KIND_STRING)
		s = jv_string_value(msg);
	if (strncmp(s, "Cannot ", 7) == 0)
		n = strspn(
		    s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ");
	while (n > 0 && s[n - 1] == ' ')
		n--;
	why_set(why, EX_DATAERR, "jq: %.*s in %s", n ? (int)n : 12,
	    n ? s : "wrong values", e->source);
	jv_free(msg);
	return -1;
}

static int
call_back(jv result, expr_fn *fn, void *ctx, struct why *why)
{
	jv text = jv_dump_string(result, 0);
	struct buf padded = BUF_INIT; /* jv promises no bytes behind it */
	struct json_val v;
	int rc;

	buf_add(&padded, jv_string_value(text),
	    (size_t)jv_string_length_bytes(jv_copy(text)));
	memset(buf_room(&padded, JSON_PADDING), 0, JSON_PADDING);
	v.text = padded.at;
	v.len = padded.len;
	v.type = json_type_of(padded.at[0]);
	rc = fn(ctx, &v, why);
	buf_release(&padded);
	jv_free(text);
	return rc;
}

static int
run_program(struct expr *e, const char *text, size_t len, expr_fn *fn,
    void *ctx, struct why *why)
{
	jv in, result;
	int rc = 0;

	if (expr_check(e, why) == -1)
		return -1;
	if (len > INT32_MAX)
		return why_set(why, EX_DATAERR, "too long for jq");
	in = jv_parse_sized(text, (int)len);
	if (!jv_is_valid(in)) {
		jv_free(in);
		return why_set(why, EX_DATAERR,
		    "jq cannot read it: no JSON, or nested deeper than 256");
	}
	jq_start(e->jq, in, 0);
	while (rc == 0 && jv_is_valid(result = jq_next(e->jq)))
		rc = call_back(result, fn, ctx, why);
	if (rc != 0)
		return rc;
	if (jv_invalid_has_msg(jv_copy(result)))
		return run_error(e, jv_invalid_get_msg(result), why);
	jv_free(result);
	return 0;
}

static bool
same_value(const struct json_val *a, const struct json_val *b)
{
	struct buf left = BUF_INIT, right = BUF_INIT;
	struct why why;
	long long n, m;
	bool same;

	if (a->type != b->type)
		return a->type == JSON_NONE && b->type == JSON_NULL;
	if (a->type == JSON_NUMBER)
		return json_int(a, INT64_MIN, INT64_MAX, &n) == 0 &&
		       json_int(b, INT64_MIN, INT64_MAX, &m) == 0 && n == m;
	if (a->type != JSON_STRING)
		return true;
	same = json_text(a, &left, &why) == 0 &&
	       json_text(b, &right, &why) == 0 && left.len == right.len &&
	       (left.len == 0 || memcmp(left.at, right.at, left.len) == 0);
	buf_release(&left);
	buf_release(&right);
	return same;
}

int
expr_each(struct expr *e, const char *text, size_t len, expr_fn *fn, void *ctx,
    struct why *why)
{
	struct json_val vals[PATHS_MAX];
	size_t i = 0;

	if (e->form == PROGRAM)
		return run_program(e, text, len, fn, ctx, why);
	if (e->json == NULL)
		e->json = json_new();
	if (json_pick(e->json, text, len, e->paths, vals, false, why) == -1)
		return -1;
	if (e->form != FIRST)
		return fn(ctx,
		    same_value(&vals[0], &e->wanted) == (e->form == EQUAL)
			? &yes
			: &no,
		    why);
	while (i + 1 < e->n_paths && is_empty(&vals[i]))
		i++;
	return fn(ctx, &vals[i], why);
}

struct first {
	struct buf *to;
	bool unquoted;
	bool is_true;
	bool found;
};

/* 1 stops after the first result. */
static int
keep_first(void *ctx, const struct json_val *v, struct why *why)
{
	struct first *f = ctx;

	f->is_true = !is_empty(v);
	f->found = v->type != JSON_NONE && v->type != JSON_NULL;
	if (f->to == NULL || !f->found)
		return 1;
	if (f->unquoted)
		return json_text(v, f->to, why) == -1 ? -1 : 1;
	buf_add(f->to, v->text, v->len);
	return 1;
}

int
expr_json(struct expr *e, const char *text, size_t len, struct buf *to,
    struct why *why)
{
	struct first f = {to, false, false, false};

	buf_clear(to);
	if (expr_each(e, text, len, keep_first, &f, why) == -1)
		return -1;
	return f.found;
}

int
expr_text(struct expr *e, const char *text, size_t len, struct buf *to,
    struct why *why)
{
	struct first f = {to, true, false, false};

	buf_clear(to);
	if (expr_each(e, text, len, keep_first, &f, why) == -1)
		return -1;
	return f.found;
}

int
expr_true(struct expr *e, const char *text, size_t len, struct why *why)
{
	struct first f = {NULL, false, false, false};

	if (expr_each(e, text, len, keep_first, &f, why) == -1)
		return -1;
	return f.is_true;
}
