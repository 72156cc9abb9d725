#include "source/desc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define PATH_SIZE 192

static void
path_of(const struct desc *d, char path[PATH_SIZE])
{
	char in[PATH_SIZE];

	path[0] = '\0';
	if (d->in == NULL)
		return;
	path_of(d->in, in);
	if (d->name != NULL)
		snprintf(path, PATH_SIZE, "%.120s.%.60s", in, d->name);
	else
		snprintf(path, PATH_SIZE, "%.160s[%zu]", in, d->index);
}

void
desc_place(const char *file, const char *text, const char *at, struct buf *to)
{
	size_t line = 1;
	const char *start = text;

	for (const char *p = text; p < at; p++)
		if (*p == '\n') {
			line++;
			start = p + 1;
		}
	buf_fmt(to, "%s:%zu:%zu", file, line, (size_t)(at - start) + 1);
}

/* The nearest value around it that is in the text: it may be absent. */
static const char *
start_of(const struct desc *d)
{
	while (d->in != NULL && (d->val.type == JSON_NONE || d->val.len == 0))
		d = d->in;
	return d->val.text;
}

/* In parentheses: for the analyzer the name is a macro, too. */
int(desc_fail)(const struct desc *d, struct why *why, const char *fmt, ...)
{
	char text[512], path[PATH_SIZE];
	struct buf place = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	path_of(d, path);
	desc_place(d->file, d->text, start_of(d), &place);
	why_set(why, EX_CONFIG, "%s: %s: %s", place.at,
	    path[0] == '\0' ? "." : path, text);
	buf_release(&place);
	return -1;
}

struct desc
desc_child(
    const struct desc *d, const char *name, size_t index, struct json_val val)
{
	return (struct desc){d->file, d->text, d->verify, d, name, index, val};
}

bool
desc_get(const struct desc *d, const char *name, struct desc *member)
{
	*member = desc_child(d, name, 0, json_get(&d->val, name));
	return member->val.type != JSON_NONE && member->val.type != JSON_NULL;
}

struct visit {
	const struct desc *of;
	desc_fn *fn;
	void *ctx;
	size_t index;
};

static int
on_member(void *ctx, const char *key, size_t keylen, const struct json_val *val,
    struct why *why)
{
	struct visit *w = ctx;
	char name[64];
	struct desc d;

	snprintf(name, sizeof(name), "%.*s", (int)keylen, key);
	d = desc_child(w->of, name, 0, *val);
	return w->fn(&d, w->ctx, why);
}

static int
on_element(void *ctx, const struct json_val *val, struct why *why)
{
	struct visit *w = ctx;
	struct desc d = desc_child(w->of, NULL, w->index++, *val);

	return w->fn(&d, w->ctx, why);
}

int
desc_each(const struct desc *d, enum json_type type, desc_fn *fn, void *ctx,
    struct why *why)
{
	struct visit w = {d, fn, ctx, 0};

	if (d->val.type != type)
		return desc_fail(d, why, "must be %s",
		    type == JSON_OBJECT ? "an object" : "a list");
	return type == JSON_OBJECT
		   ? json_members(&d->val, on_member, &w, why)
		   : json_elements(&d->val, on_element, &w, why);
}

int
desc_text(const struct desc *d, char **to, struct why *why)
{
	struct buf b = BUF_INIT;

	if (d->val.type != JSON_STRING)
		return desc_fail(d, why, "must be a text");
	if (json_text(&d->val, &b, why) == -1) {
		buf_release(&b);
		return desc_fail(d, why, "is no valid text");
	}
	*to = buf_take(&b);
	return 0;
}

int
desc_int(const struct desc *d, long long min, long long max, int *to,
    struct why *why)
{
	long long n;

	if (d->val.type != JSON_NUMBER || json_int(&d->val, min, max, &n) == -1)
		return desc_fail(
		    d, why, "must be a number from %lld to %lld", min, max);
	*to = (int)n;
	return 0;
}

struct two {
	const char *such;
	char **to;
};

static int
add_of_two(const struct desc *d, void *ctx, struct why *why)
{
	const struct two *two = ctx;

	if (d->index == 2)
		return desc_fail(d, why, "must be %s", two->such);
	return desc_text(d, &two->to[d->index], why);
}

int
desc_two(const struct desc *d, const char *such, char *to[2], struct why *why)
{
	struct two two = {such, to};

	if (desc_each(d, JSON_ARRAY, add_of_two, &two, why) == -1)
		return -1;
	return to[1] != NULL ? 0 : desc_fail(d, why, "must be %s", such);
}

int
desc_expr(
    const struct desc *d, const char *text, struct expr **to, struct why *why)
{
	struct why inner;

	if ((*to = expr_new(text, &inner)) == NULL ||
	    (d->verify && expr_check(*to, &inner) == -1))
		return desc_fail(d, why, "%s", inner.msg);
	return 0;
}

bool
desc_is_name(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && n <= 50 && text[n] == '\0' &&
	       (text[0] < '0' || text[0] > '9');
}

struct nth {
	size_t left;
	struct json_val val;
};

static int
find_nth(void *ctx, const struct json_val *val, struct why *why)
{
	struct nth *n = ctx;

	(void)why;
	n->val = *val;
	return n->left-- == 0;
}

void
desc_follow(struct desc *d, const char *message)
{
	char name[64];
	struct why ignored;
	size_t n;

	for (;; message += n) {
		struct json_val val = {JSON_NONE, "", 0};

		if (*message == '.') {
			n = strcspn(++message, ".[: ");
			if (n == 0 || n >= sizeof(name) ||
			    d->val.type != JSON_OBJECT)
				return;
			memcpy(name, message, n);
			name[n] = '\0';
			val = json_get(&d->val, name);
		} else if (*message == '[' && d->val.type == JSON_ARRAY) {
			struct nth nth = {
			    (size_t)strtoul(message + 1, NULL, 10), val};

			if (json_elements(&d->val, find_nth, &nth, &ignored) ==
			    1)
				val = nth.val;
			n = strcspn(message, "]") + 1;
		}
		if (val.type == JSON_NONE)
			return;
		d->val = val;
	}
}
