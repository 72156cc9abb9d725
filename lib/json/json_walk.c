#include "json/json_walk.h"

#include <ctype.h>
#include <string.h>

#include "json/json_refuse.h"

#define DEPTH_MAX 512
#define LONG_NUMBER 16000 /* bytes: near a limit of numeric */

/* 0 is never a token's successor, so it stands for failure. */
static uint32_t
fail(struct walk *w, uint32_t i, const char *what)
{
	if (i >= w->n)
		what = "the text ends too early";
	w->where = w->at[i < w->n ? i : w->n];
	w->what = what;
	return 0;
}

static inline bool
is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* The end of the number at p, or NULL. */
static inline const char *
number_end(const char *p, const char *end, bool *odd)
{
	if (p < end && *p == '-')
		p++;
	if (p >= end || !is_digit(*p))
		return NULL;
	if (*p == '0')
		p++;
	else
		while (p < end && is_digit(*p))
			p++;
	if (p < end && *p == '.') {
		if (++p >= end || !is_digit(*p))
			return NULL;
		while (p < end && is_digit(*p))
			p++;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		*odd = true;
		if (++p < end && (*p == '+' || *p == '-'))
			p++;
		if (p >= end || !is_digit(*p))
			return NULL;
		while (p < end && is_digit(*p))
			p++;
	}
	return p;
}

/* Checks the string, number or literal at token i. */
static inline uint32_t
check_scalar(struct walk *w, uint32_t i, char c)
{
	const char *p = w->text + w->at[i], *end;
	size_t len;

	if (c == '"')
		return i + 1;
	if (i >= w->n)
		return fail(w, i, "");
	end = walk_end(w, i + 1);
	len = (size_t)(end - p);
	if (c == '-' || is_digit(c)) {
		if (number_end(p, end, &w->odd) != end)
			return fail(w, i, "not a number of JSON");
		if (len > LONG_NUMBER)
			w->odd = true;
		return i + 1;
	}
	if ((c == 't' && len == 4 && memcmp(p, "true", 4) == 0) ||
	    (c == 'n' && len == 4 && memcmp(p, "null", 4) == 0) ||
	    (c == 'f' && len == 5 && memcmp(p, "false", 5) == 0))
		return i + 1;
	return fail(w, i, "a value is wanted");
}

/*
 * Checks the value at token i with everything in it, which lies `depth`
 * containers deep; the token behind it, or 0. One loop instead of recursion:
 * nesting costs one byte.
 */
static uint32_t
check_value(struct walk *w, uint32_t i, unsigned depth)
{
	char open[DEPTH_MAX + 1];
	unsigned top = depth;
	char c;

value:
	c = walk_token(w, i);
	if (c == '{' || c == '[') {
		if (++top > DEPTH_MAX)
			return fail(w, i, "nested deeper than 512");
		open[top] = c;
		if (walk_token(w, ++i) == c + 2) /* } and ] in ASCII */
			goto closed;
		if (c == '{')
			goto key;
		goto value;
	}
	if ((i = check_scalar(w, i, c)) == 0)
		return 0;
	goto after;
key:
	if (walk_token(w, i) != '"')
		return fail(w, i, "a key is wanted");
	if (walk_token(w, i + 1) != ':')
		return fail(w, i + 1, "a colon is wanted");
	i += 2;
	goto value;
closed:
	top--;
	i++;
after:
	if (top == depth)
		return i;
	c = walk_token(w, i);
	if (c == ',') {
		i++;
		if (open[top] == '{')
			goto key;
		goto value;
	}
	if (c == open[top] + 2)
		goto closed;
	return fail(w, i,
	    open[top] == '{' ? "a comma or } is wanted"
			     : "a comma or ] is wanted");
}

/* Looks at brackets only. */
uint32_t
walk_skip(struct walk *w, uint32_t i)
{
	unsigned depth = 0;

	for (; i < w->n; i++) {
		char c = w->text[w->at[i]];

		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth-- == 0)
			break;
		else if (depth == 0 && (c == ',' || c == ':'))
			break;
		if (depth == 0)
			return i + 1;
	}
	return fail(w, i, "a value is wanted");
}

static inline uint32_t
step_over(struct walk *w, uint32_t i, unsigned depth)
{
	char c = walk_token(w, i);

	if (c == '"')
		return i + 1;
	if (w->whole)
		return c == '{' || c == '[' ? check_value(w, i, depth)
					    : check_scalar(w, i, c);
	return walk_skip(w, i);
}

static uint32_t pick_value(
    struct walk *w, uint32_t i, const struct json_node *node, unsigned depth);

static inline const struct json_node *
child_named(struct walk *w, uint32_t i, const struct json_node *node)
{
	const char *key = w->text + w->at[i] + 1;
	const char *end = walk_end(w, i + 1) - 1;
	size_t len = (size_t)(end - key);

	if (w->escapes && memchr(key, '\\', len) != NULL) {
		struct json_val v = {JSON_STRING, key - 1, len + 2};
		struct why why;

		buf_clear(w->key);
		if (json_text(&v, w->key, &why) == -1)
			return NULL;
		key = w->key->at;
		len = w->key->len;
	}
	return json_node_named(node, key, len);
}

static uint32_t
pick_object(
    struct walk *w, uint32_t i, const struct json_node *node, unsigned depth)
{
	const struct json_node *child;

	if (walk_token(w, ++i) == '}')
		return i + 1;
	for (;; i++) {
		if (walk_token(w, i) != '"')
			return fail(w, i, "a key is wanted");
		if (walk_token(w, i + 1) != ':')
			return fail(w, i + 1, "a colon is wanted");
		child = child_named(w, i, node);
		i = child != NULL ? pick_value(w, i + 2, child, depth)
				  : step_over(w, i + 2, depth);
		if (i == 0)
			return 0;
		if (walk_token(w, i) == '}')
			return i + 1;
		if (walk_token(w, i) != ',')
			return fail(w, i, "a comma or } is wanted");
	}
}

static uint32_t
pick_array(
    struct walk *w, uint32_t i, const struct json_node *node, unsigned depth)
{
	const struct json_node *child;

	if (walk_token(w, ++i) == ']')
		return i + 1;
	for (size_t no = 0;; no++, i++) {
		child = json_node_at(node, no);
		i = child != NULL ? pick_value(w, i, child, depth)
				  : step_over(w, i, depth);
		if (i == 0)
			return 0;
		if (walk_token(w, i) == ']')
			return i + 1;
		if (walk_token(w, i) != ',')
			return fail(w, i, "a comma or ] is wanted");
	}
}

/* Also clears what an earlier member of the same name had given. */
static uint32_t
pick_value(
    struct walk *w, uint32_t i, const struct json_node *node, unsigned depth)
{
	char c = walk_token(w, i);
	enum json_type type = json_type_of(c);
	uint32_t next;

	if (w->once && w->vals[0].type != JSON_NONE)
		return fail(w, i, "a second value of the same name");
	if (node->n_children > 0)
		json_node_clear(node, w->vals);
	if ((c == '{' || c == '[') && node->n_children > 0) {
		if (depth >= DEPTH_MAX)
			return fail(w, i, "nested deeper than 512");
		next = c == '{' ? pick_object(w, i, node, depth + 1)
				: pick_array(w, i, node, depth + 1);
	} else if (c == '{' || c == '[') {
		next = step_over(w, i, depth);
	} else {
		next = check_scalar(w, i, c);
	}
	if (next == 0)
		return 0;
	for (size_t k = 0; k < node->n_slots; k++) {
		struct json_val *v = &w->vals[node->slots[k]];

		v->type = type;
		v->text = w->text + w->at[i];
		v->len = (size_t)(walk_end(w, next) - v->text);
	}
	return next;
}

/*
 * Checks all escapes at once: a backslash outside of a string is a token that
 * the walk refuses, so it does not matter here where one stands.
 */
static int
check_escapes(struct walk *w, size_t len)
{
	const char *end = w->text + len;
	const char *p = w->text;

	while ((p = memchr(p, '\\', end - p)) != NULL) {
		size_t want = 2;

		w->where = (size_t)(p - w->text);
		if (end - p >= 6 && p[1] == 'u') {
			for (; want < 6; want++)
				if (!isxdigit((unsigned char)p[want]))
					break;
			if (p[2] == '0' || ((p[2] | 0x20) == 'd'))
				w->odd = true;
		}
		if (end - p < 2 || strchr("\"\\/bfnrtu", p[1]) == NULL ||
		    p[1] == '\0' || (p[1] == 'u' && want != 6)) {
			w->what = "not an escape of JSON";
			return -1;
		}
		p += want;
	}
	return 0;
}

int
walk_text(
    struct walk *w, size_t len, const struct json_node *root, struct why *why)
{
	uint32_t next;

	if (w->whole && w->escapes && check_escapes(w, len) == -1)
		next = 0;
	else if (root == NULL)
		next = check_value(w, 0, 0);
	else
		next = pick_value(w, 0, root, 0);
	if (next != 0 && next != w->n)
		next = fail(w, next, "something stands behind the value");
	if (next != 0)
		return 0;
	if (json_bom(w->text, len))
		w->what = "starts with a byte order mark";
	else if (w->where < len && w->text[w->where] == '\0')
		w->what = "a NUL byte";
	return why_set(why, EX_DATAERR, "byte %zu: %s", w->where + 1, w->what);
}
