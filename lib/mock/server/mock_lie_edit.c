#include "mock/server/mock_lie_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mock/server/json_tree.h"
#include "base/mem.h"

#define BIG ((size_t)5 << 18) /* a quarter above a mebibyte */

static void
edit(struct telling *t, const char *at, size_t cut, const char *text)
{
	edits_add(&t->edits, (size_t)(at - t->text.at), cut, text);
}

/* "updatedOn": becomes "updatedOn_": */
static void
rename_member(struct telling *t, const struct json_val *v)
{
	const char *p = v->text;

	while (p > t->text.at && *--p != '"')
		;
	edit(t, p, 0, "_");
}

static void
another_year(struct telling *t, const struct json_val *v, const char *year)
{
	if (v->type == JSON_STRING &&
	    strspn(v->text + 1, "0123456789") == strlen(year)) {
		edit(t, v->text + 1, strlen(year), year);
		return;
	}
	edit(t, v->text, v->len, "\"");
	edit(t, v->text + v->len, 0, year);
	edit(t, v->text + v->len, 0, "-01-01T00:00:00Z\"");
}

static void
lie_about_time(struct telling *t, const struct json_val *v)
{
	static const char *const types[] = {"false", "17", "[]", "{}"};

	if (t->lie == LIE_TIME_GONE)
		rename_member(t, v);
	else if (t->lie == LIE_TIME_FUTURE)
		another_year(t, v, "2097");
	else if (t->lie == LIE_TIME_OLD)
		another_year(t, v, "1997");
	else
		edit(t, v->text, v->len,
		    t->lie == LIE_TIME_NONE ? "\"n/a\""
		    : t->lie == LIE_TIME_NULL
			? "null"
			: types[rng_between(&t->l->rng, 0, 3)]);
}

/* Before the row's last quote: no string begins or ends there anew. */
static void
break_byte(struct telling *t, const struct json_val *row)
{
	const char *p = row->text + row->len;

	while (p > row->text && *--p != '"')
		;
	if (p > row->text)
		edit(t, p, 0, "\xff");
}

static int
lie_about_row(void *ctx, const struct json_val *row, struct why *why)
{
	struct telling *t = ctx;
	const struct list *list = t->list;
	struct json_val *times;

	if ((t->no++ + t->n - t->first) % t->n >= t->lying)
		return 0;
	if (t->lie == LIE_BYTE) {
		break_byte(t, row);
		return 0;
	}
	times = mem_new(list->n_times, sizeof(*times));
	if (row->type == JSON_OBJECT && list->n_times > 0 &&
	    json_pick(t->l->json, row->text, row->len, list->times, times,
		false, why) == 0)
		for (size_t i = 0; i < list->n_times; i++)
			if (times[i].type != JSON_NONE)
				lie_about_time(t, &times[i]);
	free(times);
	return 0;
}

static void
lie_about_rows(struct telling *t, size_t rows)
{
	struct why ignored;

	if (t->n == 0)
		return;
	t->first = (size_t)rng_between(&t->l->rng, 0, (int64_t)t->n - 1);
	t->lying = rows;
	json_elements(&t->part[ROWS], lie_about_row, t, &ignored);
}

/* A number, or a text that is one. */
static void
lie_about_count(struct telling *t)
{
	const struct json_val *v = &t->part[COUNT];
	size_t quote = v->type == JSON_STRING;
	long long n;
	char text[32];

	if (t->l->s->count == NULL || v->type == JSON_NONE)
		return;
	n = strtoll(v->text + quote, NULL, 10);
	snprintf(text, sizeof(text), "%lld",
	    t->lie == LIE_COUNT_SMALL	? n / 2
	    : t->lie == LIE_COUNT_LARGE ? n + 1000
					: (long long)t->n);
	edit(t, v->text + quote, v->len - 2 * quote, text);
}

/* The last name of a path: `.a."b"` is "b". */
static void
last_name(const struct expr *e, struct buf *to)
{
	const char *text = expr_source(e), *dot = strrchr(text, '.');

	dot = dot != NULL ? dot + 1 : text;
	if (text[strlen(text) - 1] == '"') /* a dot may be in it */
		for (dot = text + strlen(text) - 1;
		     dot > text && dot[-1] != '"';)
			dot--;
	buf_set(to, dot, strcspn(dot, "\""));
}

static int
split_rows(void *ctx, const struct json_val *row, struct why *why)
{
	struct telling *t = ctx;

	(void)why;
	if (t->no++ == t->n / 2)
		t->middle = row->text;
	return 0;
}

/* Half of the rows in each, so that neither is all. */
static void
double_rows(struct telling *t)
{
	const struct json_val *rows = &t->part[ROWS];
	struct buf name = BUF_INIT, text = BUF_INIT;
	const char *at;
	struct why ignored;

	last_name(t->l->s->rows, &name);
	buf_str(&text, "],");
	buf_json(&text, name.at, name.len);
	buf_str(&text, ":[");
	json_elements(rows, split_rows, t, &ignored);
	if (t->n > 1) { /* instead of the comma before the middle row */
		for (at = t->middle - 1; *at != ',';)
			at--;
		edit(t, at, 1, text.at);
	} else
		edit(t, rows->text + rows->len - 1, 0, text.at);
	buf_release(&name);
	buf_release(&text);
}

static void
put_error(void *ctx, int no, struct buf *to)
{
	const struct source *s = ctx;

	(void)no;
	if (s->status_ok != NULL)
		buf_str(to, "\"fail\"");
	else
		buf_str(to,
		    "{\"code\":\"1111\",\"message\":\"Something went wrong\"}");
}

/* The rows are there: who does not look for the error takes them. */
static void
add_error(struct telling *t)
{
	const struct json_val *was = &t->part[STATUS];
	const struct source *s = t->l->s;
	struct buf text = BUF_INIT;
	struct tree *tree;

	if (s->status == NULL || !expr_is_path(s->status))
		return;
	buf_str(&text, "{\"filler\":\"");
	memset(buf_room(&text, BIG), 'x', BIG);
	text.len += BIG;
	buf_str(&text, "\",");
	if (s->status_ok != NULL && was->type == JSON_STRING) {
		edit(t, was->text, was->len, "\"fail\"");
	} else {
		struct buf member = BUF_INIT;

		tree = tree_new();
		tree_add(tree, expr_source(s->status));
		tree_write(tree, &member, put_error, t->l->s);
		tree_free(tree);
		buf_add(&text, member.at + 1, member.len - 2);
		buf_chr(&text, ',');
		buf_release(&member);
	}
	edit(t, strchr(t->text.at, '{'), 1, text.at);
	buf_release(&text);
}

void
lie_change(struct telling *t, size_t rows, struct buf *body)
{
	if (t->lie <= LIE_TIME_OLD || t->lie == LIE_BYTE)
		lie_about_rows(t, rows);
	else if (t->lie <= LIE_COUNT_PAGE)
		lie_about_count(t);
	else if (t->lie == LIE_DOUBLE)
		double_rows(t);
	else
		add_error(t);
	edits_make(&t->edits, t->text.at, body->len, body);
}
