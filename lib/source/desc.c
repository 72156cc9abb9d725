#include "source/desc.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/duration.h"
#include "source/template.h"

/* In parentheses: for the analyzer the name is a macro, too. */
int(desc_fail)(const struct desc *d, struct why *why, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return why_set(why, EX_CONFIG, "%s: %s: %s", d->file,
	    d->path[0] == '\0' ? "." : d->path, text);
}

static void
child_of(const struct desc *d, const char *name, size_t index,
    const struct json_val *val, struct desc *to)
{
	char path[sizeof(to->path)];

	if (name != NULL)
		snprintf(path, sizeof(path), "%.120s.%.60s", d->path, name);
	else
		snprintf(path, sizeof(path), "%.160s[%zu]", d->path, index);
	to->file = d->file;
	to->verify = d->verify;
	to->val = *val;
	memcpy(to->path, path, sizeof(path));
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
	child_of(w->of, name, 0, val, &d);
	return w->fn(w->ctx, name, &d, why);
}

static int
on_element(void *ctx, const struct json_val *val, struct why *why)
{
	struct visit *w = ctx;
	struct desc d;

	child_of(w->of, NULL, w->index++, val, &d);
	return w->fn(w->ctx, NULL, &d, why);
}

int
desc_members(const struct desc *d, desc_fn *fn, void *ctx, struct why *why)
{
	struct visit w = {d, fn, ctx, 0};

	if (d->val.type != JSON_OBJECT)
		return desc_fail(d, why, "must be an object");
	return json_members(&d->val, on_member, &w, why);
}

int
desc_elements(const struct desc *d, desc_fn *fn, void *ctx, struct why *why)
{
	struct visit w = {d, fn, ctx, 0};

	if (d->val.type != JSON_ARRAY)
		return desc_fail(d, why, "must be a list");
	return json_elements(&d->val, on_element, &w, why);
}

struct members {
	const char *const *names;
	unsigned long long seen;
};

static int
check_known(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	struct members *k = ctx;

	if (strcmp(name, "note") == 0)
		return 0;
	for (size_t i = 0; k->names[i] != NULL; i++) {
		if (strcmp(name, k->names[i]) != 0)
			continue;
		if (k->seen & (1ULL << i))
			return desc_fail(d, why, "is there twice");
		k->seen |= 1ULL << i;
		return 0;
	}
	return desc_fail(d, why, "unknown member");
}

int
desc_object(const struct desc *d, const char *const *known, struct why *why)
{
	struct members k = {known, 0};

	return desc_members(d, check_known, &k, why);
}

bool
desc_get(const struct desc *d, const char *name, struct desc *member)
{
	struct json_val v = json_get(&d->val, name);

	if (v.type == JSON_NONE || v.type == JSON_NULL)
		return false;
	child_of(d, name, 0, &v, member);
	return true;
}

int
desc_need(const struct desc *d, const char *name, struct desc *member,
    struct why *why)
{
	if (desc_get(d, name, member))
		return 0;
	return desc_fail(d, why, "\"%s\" is missing", name);
}

/* 1: there, 0: absent and allowed, -1 */
static int
member(const struct desc *d, const char *name, bool need, struct desc *m,
    struct why *why)
{
	if (desc_get(d, name, m))
		return 1;
	return need ? desc_need(d, name, m, why) : 0;
}

int
desc_this_text(const struct desc *d, char **to, struct why *why)
{
	struct buf b = BUF_INIT;

	if (d->val.type != JSON_STRING)
		return desc_fail(d, why, "must be a text");
	if (json_text(&d->val, &b, why) == -1) {
		buf_release(&b);
		return desc_fail(d, why, "is no valid text");
	}
	free(*to);
	*to = buf_take(&b);
	return 0;
}

int
desc_text(const struct desc *d, const char *name, bool need, char **to,
    struct why *why)
{
	struct desc m;
	int got = member(d, name, need, &m, why);

	return got == 1 ? desc_this_text(&m, to, why) : got;
}

int
desc_bool(const struct desc *d, const char *name, bool *to, struct why *why)
{
	struct desc m;

	if (!desc_get(d, name, &m))
		return 0;
	if (m.val.type != JSON_TRUE && m.val.type != JSON_FALSE)
		return desc_fail(&m, why, "must be true or false");
	*to = m.val.type == JSON_TRUE;
	return 0;
}

int
desc_int(const struct desc *d, const char *name, long long min, long long max,
    int *to, struct why *why)
{
	struct desc m;
	long long n;

	if (!desc_get(d, name, &m))
		return 0;
	if (m.val.type != JSON_NUMBER || json_int(&m.val, min, max, &n) == -1)
		return desc_fail(
		    &m, why, "must be a number from %lld to %lld", min, max);
	*to = (int)n;
	return 0;
}

int
desc_duration(
    const struct desc *d, const char *name, int64_t *ms, struct why *why)
{
	char *text = NULL;
	struct desc m;
	int rc = 0;

	if (!desc_get(d, name, &m))
		return 0;
	if (desc_this_text(&m, &text, why) == -1)
		return -1;
	if (duration_parse(text, ms) == -1)
		rc = desc_fail(&m, why,
		    "must be a duration such as \"250ms\", \"10s\" or \"1d\"");
	free(text);
	return rc;
}

int
desc_this_expr(
    const struct desc *d, const char *text, struct expr **to, struct why *why)
{
	struct why inner;

	if ((*to = expr_new(text, &inner)) == NULL ||
	    (d->verify && expr_check(*to, &inner) == -1))
		return desc_fail(d, why, "%s", inner.msg);
	return 0;
}

int
desc_expr(const struct desc *d, const char *name, bool need, struct expr **to,
    struct why *why)
{
	char *text = NULL;
	struct desc m;
	int got = member(d, name, need, &m, why);

	if (got != 1)
		return got;
	if ((got = desc_this_text(&m, &text, why)) == 0)
		got = desc_this_expr(&m, text, to, why);
	free(text);
	return got;
}

int
desc_choice(const struct desc *d, const char *name, const char *const *names,
    int *to, struct why *why)
{
	struct buf list = BUF_INIT;
	char *text = NULL;
	struct desc m;
	int rc = -1;

	if (!desc_get(d, name, &m))
		return 0;
	if (desc_this_text(&m, &text, why) == -1)
		return -1;
	for (int i = 0; names[i] != NULL && rc == -1; i++) {
		if (strcmp(text, names[i]) == 0) {
			*to = i;
			rc = 0;
		}
		buf_fmt(&list, "%s%s", i == 0 ? "" : ", ", names[i]);
	}
	if (rc == -1)
		desc_fail(&m, why, "must be one of: %s", list.at);
	buf_release(&list);
	free(text);
	return rc;
}

struct texts {
	char ***to;
	size_t *n;
};

static int
add_text(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	struct texts *t = ctx;
	char *text = NULL;

	(void)name;
	if (desc_this_text(d, &text, why) == -1)
		return -1;
	*t->to = reallocarray(*t->to, *t->n + 1, sizeof(char *));
	if (*t->to == NULL)
		err(EX_OSERR, NULL);
	(*t->to)[(*t->n)++] = text;
	return 0;
}

int
desc_texts(const struct desc *d, const char *name, char ***to, size_t *n,
    struct why *why)
{
	struct texts t = {to, n};
	struct desc m;

	if (!desc_get(d, name, &m))
		return 0;
	return desc_elements(&m, add_text, &t, why);
}

static int
add_pair(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	struct pairs *p = ctx;
	struct buf b = BUF_INIT;
	struct why inner;
	char *value;

	if (d->val.type != JSON_STRING && d->val.type != JSON_NUMBER)
		return desc_fail(d, why, "must be a text or a number");
	if (json_text(&d->val, &b, &inner) == -1) {
		buf_release(&b);
		return desc_fail(d, why, "is no valid text");
	}
	value = buf_take(&b);
	if (template_check(value, &inner) == -1) {
		free(value);
		return desc_fail(d, why, "%s", inner.msg);
	}
	p->at = reallocarray(p->at, p->n + 1, sizeof(*p->at));
	if (p->at == NULL || (p->at[p->n].name = strdup(name)) == NULL)
		err(EX_OSERR, NULL);
	p->at[p->n++].value = value;
	return 0;
}

int
desc_pairs(
    const struct desc *d, const char *name, struct pairs *to, struct why *why)
{
	struct desc m = *d;

	if (name != NULL && !desc_get(d, name, &m))
		return 0;
	return desc_members(&m, add_pair, to, why);
}

bool
desc_is_name(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && n <= 50 && text[n] == '\0' &&
	       (text[0] < '0' || text[0] > '9');
}

void
desc_pairs_release(struct pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->at[i].name);
		free(p->at[i].value);
	}
	free(p->at);
	p->at = NULL;
	p->n = 0;
}
