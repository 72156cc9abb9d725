/* What each kind of member is, how it is read and freed; and the tables. */
#include "source/desc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/timeval.h"
#include "base/mem.h"

#define MEMBERS_MAX 32 /* lines of a table */

struct fill { /* a value, its line, and where it goes */
	const struct desc *d;
	const struct desc_member *m;
	void *to;
};

static int
read_text(struct fill *f, struct why *why)
{
	return desc_text(f->d, f->to, why);
}

static int
read_name(struct fill *f, struct why *why)
{
	(void)why;
	*(char **)f->to = mem_str(f->d->name);
	return 0;
}

static int
read_expr(struct fill *f, struct why *why)
{
	struct expr **e = f->to;
	char *text;
	int rc;

	if (desc_text(f->d, &text, why) == -1)
		return -1;
	rc = desc_expr(f->d, text, e, why);
	free(text);
	if (rc == 0 && f->m->kind == DESC_PATH && !expr_is_path(*e))
		rc = desc_fail(f->d->in, why,
		    "\"%s\" must be a plain path such as %s", expr_source(*e),
		    f->m->like);
	return rc;
}

static int
read_bool(struct fill *f, struct why *why)
{
	if (f->d->val.type != JSON_TRUE && f->d->val.type != JSON_FALSE)
		return desc_fail(f->d, why, "must be true or false");
	*(bool *)f->to =
	    (f->d->val.type == JSON_TRUE) == (f->m->kind == DESC_BOOL);
	return 0;
}

static int
read_int(struct fill *f, struct why *why)
{
	return desc_int(f->d, f->m->min, f->m->max, f->to, why);
}

static int
read_duration(struct fill *f, struct why *why)
{
	char *text;
	int rc;

	if (desc_text(f->d, &text, why) == -1)
		return -1;
	if ((rc = duration_parse(text, f->to)) == -1)
		desc_fail(f->d, why,
		    "must be a duration such as \"250ms\", \"10s\" or \"1d\"");
	free(text);
	return rc;
}

/* An enum has the size of an int, whatever its sign. */
static void
put(const struct desc_member *m, void *to, long long value)
{
	int n = (int)value;

	if (m->size == sizeof(bool))
		*(bool *)to = value != 0;
	else if (m->size == sizeof(int64_t))
		*(int64_t *)to = value;
	else
		memcpy(to, &n, m->size);
}

static int
read_choice(struct fill *f, struct why *why)
{
	const struct desc_member *m = f->m;
	struct buf list = BUF_INIT;
	char *text;
	int i;

	if (desc_text(f->d, &text, why) == -1)
		return -1;
	for (i = 0; m->choices[i] != NULL; i++) {
		if (strcmp(text, m->choices[i]) == 0)
			break;
		buf_fmt(&list, "%s%s", i == 0 ? "" : ", ", m->choices[i]);
	}
	if (m->choices[i] == NULL)
		i = desc_fail(f->d, why, "must be one of: %s", list.at);
	else
		put(m, f->to, i);
	buf_release(&list);
	free(text);
	return i < 0 ? -1 : 0;
}

static const struct desc_member texts_members[] = {
    {".", DESC_TEXT, .size = sizeof(char *)},
    {.size = sizeof(char *)},
};

static const struct desc_member *
table_of(const struct desc_member *m)
{
	return m->kind == DESC_TEXTS ? texts_members : m->of;
}

static size_t
size_of(const struct desc_member *table)
{
	while (table->name != NULL)
		table++;
	return table->size;
}

static size_t *
count_of(const struct desc_member *m, void *list)
{
	return (size_t *)((char *)list + m->count);
}

/* A pointer to any struct: C lets void * not stand for it in place. */
static void *
pointer_at(const void *at)
{
	void *p;

	memcpy(&p, at, sizeof(p));
	return p;
}

/* One more zeroed struct at the end of the list. */
static void *
grow(struct fill *f)
{
	size_t *n = count_of(f->m, f->to);
	void *list = mem_grow(pointer_at(f->to), *n + 1, f->m->size);

	memcpy(f->to, &list, sizeof(list));
	return memset((char *)list + (*n)++ * f->m->size, 0, f->m->size);
}

static int
add_to_list(const struct desc *d, void *ctx, struct why *why)
{
	struct fill *f = ctx;

	return desc_read(d, table_of(f->m), grow(f), why);
}

static int
read_list(struct fill *f, struct why *why)
{
	enum json_type type =
	    f->m->kind == DESC_NAMED ? JSON_OBJECT : JSON_ARRAY;

	if (f->m->alone && f->d->val.type != type)
		return add_to_list(f->d, f, why);
	return desc_each(f->d, type, add_to_list, f, why);
}

static int
read_new(struct fill *f, struct why *why)
{
	void *one = mem_new(1, size_of(f->m->of));

	memcpy(f->to, &one, sizeof(one));
	return desc_read(f->d, f->m->of, one, why);
}

static int read_part(struct fill *f, struct why *why);

static void
free_list(const struct desc_member *m, void *at)
{
	char *list = pointer_at(at);
	size_t n = m->kind == DESC_NEW ? list != NULL : *count_of(m, at);

	for (size_t i = 0; i < n; i++)
		desc_release(table_of(m), list + i * m->size);
	free(list);
}

static const struct {
	size_t size; /* 0: that of the table, or an enum's */
	int (*read)(struct fill *f, struct why *why);
} kinds[] = {
    [DESC_TEXT] = {sizeof(char *), read_text},
    [DESC_NAME] = {sizeof(char *), read_name},
    [DESC_EXPR] = {sizeof(struct expr *), read_expr},
    [DESC_PATH] = {sizeof(struct expr *), read_expr},
    [DESC_PATHS] = {sizeof(struct json_paths *), NULL},
    [DESC_BOOL] = {sizeof(bool), read_bool},
    [DESC_NOT] = {sizeof(bool), read_bool},
    [DESC_INT] = {sizeof(int), read_int},
    [DESC_DURATION] = {sizeof(int64_t), read_duration},
    [DESC_CHOICE] = {0, read_choice},
    [DESC_TEXTS] = {sizeof(char *), read_list},
    [DESC_LIST] = {0, read_list},
    [DESC_NAMED] = {0, read_list},
    [DESC_PART] = {0, read_part},
    [DESC_NEW] = {sizeof(void *), read_new},
};

static int
read_value(const struct desc *d, const struct desc_member *m, void *of,
    struct why *why)
{
	struct fill f = {d, m, (char *)of + m->at};

	if (m->later)
		return 0;
	assert(kinds[m->kind].size == 0 || kinds[m->kind].size == m->size);
	assert(
	    m->of == NULL || m->kind == DESC_NEW || m->size == size_of(m->of));
	return kinds[m->kind].read(&f, why);
}

struct members {
	const struct desc_member *known;
	struct json_val at[MEMBERS_MAX];
};

static int
note_member(const struct desc *d, void *ctx, struct why *why)
{
	struct members *m = ctx;

	if (strcmp(d->name, "note") == 0) /* a comment, anywhere */
		return 0;
	for (size_t i = 0; m->known[i].name != NULL; i++) {
		if (strcmp(d->name, m->known[i].name) != 0)
			continue;
		assert(i < MEMBERS_MAX);
		if (m->at[i].type != JSON_NONE)
			return desc_fail(d, why, "is there twice");
		m->at[i] = d->val;
		return 0;
	}
	return desc_fail(d, why, "unknown member");
}

static int
read_member(const struct desc *in, const struct desc_member *m,
    struct json_val val, void *of, struct why *why)
{
	struct desc d = desc_child(in, m->name, 0, val);

	if (val.type != JSON_NONE && val.type != JSON_NULL)
		return read_value(&d, m, of, why);
	if (m->need)
		return desc_fail(in, why, "\"%s\" is missing", m->name);
	return 0;
}

/* In the order of the table: so are mistakes found. */
static int
read_lines(const struct desc *d, const struct desc_member *m, void *of,
    struct why *why)
{
	bool object = m->name != NULL && m->name[0] != '.';
	struct members found = {.known = m};
	int rc = 0;

	if (object)
		rc = desc_each(d, JSON_OBJECT, note_member, &found, why);
	for (; rc == 0 && m->name != NULL; m++)
		rc = object
			 ? read_member(d, m, found.at[m - found.known], of, why)
			 : read_value(d, m, of, why);
	return rc == 0 && m->check != NULL ? m->check(d, of, why) : rc;
}

static int
read_part(struct fill *f, struct why *why)
{
	return read_lines(f->d, f->m->of, f->to, why);
}

/* Of an absent part, too. */
static void
put_usual(const struct desc_member *m, void *of)
{
	for (; m->name != NULL; m++)
		if (m->kind == DESC_PART)
			put_usual(m->of, (char *)of + m->at);
		else if (m->usual != 0)
			put(m, (char *)of + m->at, m->usual);
}

int
desc_read(const struct desc *d, const struct desc_member *table, void *of,
    struct why *why)
{
	put_usual(table, of);
	return read_lines(d, table, of, why);
}

static void
release(const struct desc_member *m, void *at)
{
	switch (m->kind) {
	case DESC_TEXT:
	case DESC_NAME:
		free(*(char **)at);
		break;
	case DESC_EXPR:
	case DESC_PATH:
		expr_free(*(struct expr **)at);
		break;
	case DESC_PATHS:
		json_paths_free(*(struct json_paths **)at);
		break;
	case DESC_PART:
		desc_release(m->of, at);
		break;
	case DESC_TEXTS:
	case DESC_LIST:
	case DESC_NAMED:
	case DESC_NEW:
		free_list(m, at);
		break;
	default: /* it is in its place */
		break;
	}
}

void
desc_release(const struct desc_member *table, void *of)
{
	for (; table->name != NULL; table++)
		release(table, (char *)of + table->at);
}
