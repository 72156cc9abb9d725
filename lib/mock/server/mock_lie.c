#include "mock/server/mock_lie_int.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

static const char *const names[] = {[LIE_TIME_NONE] = "lie-time-none",
    [LIE_TIME_NULL] = "lie-time-null",
    [LIE_TIME_TYPE] = "lie-time-type",
    [LIE_TIME_GONE] = "lie-time-gone",
    [LIE_TIME_FUTURE] = "lie-time-future",
    [LIE_TIME_OLD] = "lie-time-old",
    [LIE_COUNT_SMALL] = "lie-count-small",
    [LIE_COUNT_LARGE] = "lie-count-large",
    [LIE_COUNT_PAGE] = "lie-count-page",
    [LIE_EMPTY] = "lie-empty",
    [LIE_REPEAT] = "lie-repeat",
    [LIE_DOUBLE] = "lie-double",
    [LIE_ERROR] = "lie-error",
    [LIE_DATE_AHEAD] = "lie-date-ahead",
    [LIE_DATE_BEHIND] = "lie-date-behind",
    [LIE_BYTE] = "lie-byte"};

bool
lie_find(const char *name, enum lie *to)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0) {
			*to = (enum lie)i;
			return true;
		}
	return false;
}

static size_t
add_path(const char **paths, size_t n, const struct expr *e)
{
	if (e == NULL || !expr_is_path(e))
		return n;
	for (size_t i = 0; i < n; i++)
		if (strcmp(paths[i], expr_source(e)) == 0)
			return n;
	paths[n] = expr_source(e);
	return n + 1;
}

/* Position and versions; what a keyset is read by is its position. */
static int
add_list(struct mock_lies *l, const struct resource *r, const char *path,
    const struct paging *paging, struct why *why)
{
	const char **paths = mem_new(r->n_version + 1, sizeof(*paths));
	struct list list = {.path = path, .paging = paging};

	list.n_times = add_path(paths, 0, r->position);
	for (size_t i = 0; i < r->n_version; i++) {
		const struct column *c = resource_column(r, r->version[i]);

		if (c != NULL && !c->of_parent)
			list.n_times = add_path(paths, list.n_times, c->from);
	}
	list.times = json_paths_new(paths, list.n_times, why);
	free(paths);
	if (list.times == NULL)
		return -1;
	l->lists = mem_grow(l->lists, l->n_lists + 1, sizeof(*l->lists));
	l->lists[l->n_lists++] = list;
	return 0;
}

static int
read_source(struct mock_lies *l, const char *source, struct why *why)
{
	const char *paths[ENVELOPE];

	if ((l->s = source_load(source, why)) == NULL)
		return -1;
	for (size_t i = 0; i < ENVELOPE; i++)
		paths[i] = expr_source(l->s->rows); /* where there is none */
	add_path(&paths[COUNT], 0, l->s->count);
	add_path(&paths[STATUS], 0, l->s->status);
	if ((l->envelope = json_paths_new(paths, ENVELOPE, why)) == NULL)
		return -1;
	for (size_t i = 0; i < l->s->n_resources; i++) {
		const struct resource *r = &l->s->resources[i];

		if ((r->path != NULL &&
			add_list(l, r, r->path, &r->paging, why) == -1) ||
		    (r->each != NULL && add_list(l, r, r->each->path,
					    &r->each->paging, why) == -1))
			return -1;
	}
	return 0;
}

struct mock_lies *
lies_new(const char *source, uint64_t seed, struct why *why)
{
	struct mock_lies *l = mem_new(1, sizeof(*l));

	l->json = json_new();
	l->rng = rng_of(seed, "lie", 0);
	if (read_source(l, source, why) == -1) {
		lies_free(l);
		return NULL;
	}
	return l;
}

void
lies_forget(struct mock_lies *l)
{
	for (size_t i = 0; i < l->n_firsts; i++) {
		free(l->firsts[i].path);
		buf_release(&l->firsts[i].rows);
		buf_release(&l->firsts[i].count);
	}
	l->n_firsts = 0;
}

void
lies_free(struct mock_lies *l)
{
	if (l == NULL)
		return;
	lies_forget(l);
	free(l->firsts);
	for (size_t i = 0; i < l->n_lists; i++)
		json_paths_free(l->lists[i].times);
	free(l->lists);
	json_paths_free(l->envelope);
	json_free(l->json);
	source_free(l->s);
	free(l);
}

/* "/conversations/{parent.id}/messages" fits "/conversations/7/messages". */
static bool
fits(const char *template, const char *path)
{
	while (*template != '\0') {
		size_t part;

		if (*template == '{') {
			template += strcspn(template, "}");
			template += *template == '}';
			part = strcspn(path, "/");
			if (part == 0)
				return false;
			path += part;
		} else if (*template ++ != *path++)
			return false;
	}
	return *path == '\0';
}

static const struct list *
list_of(const struct mock_lies *l, const char *path)
{
	/* behind whatever the base URL has: "/v1/listings", "/listings" */
	for (; path != NULL; path = strchr(path + 1, '/'))
		for (size_t i = 0; i < l->n_lists; i++)
			if (fits(l->lists[i].path, path))
				return &l->lists[i];
	return NULL;
}

static int
count_row(void *ctx, const struct json_val *row, struct why *why)
{
	struct telling *t = ctx;

	(void)row, (void)why;
	t->n++;
	return 0;
}

static void
date(struct mock_answer *a, int64_t days)
{
	time_t then = (time_t)(clock_wall_us() / 1000000 + days * DAY_S);
	char text[64];
	struct tm tm;

	gmtime_r(&then, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	answer_header(a, "Date", "%s", text);
}

/* false: there is no list of rows in it. */
static bool
look_at(struct telling *t, const struct mock_answer *a)
{
	struct why ignored;

	json_put(&t->text, a->body.len > 0 ? a->body.at : "", a->body.len);
	if (a->status != 200 ||
	    json_pick(t->l->json, t->text.at, a->body.len, t->l->envelope,
		t->part, true, &ignored) == -1) {
		t->part[ROWS].type = JSON_NONE;
		return false;
	}
	if (t->part[ROWS].type != JSON_ARRAY)
		return false;
	json_elements(&t->part[ROWS], count_row, t, &ignored);
	return true;
}

void
lie_tell(struct mock_lies *l, enum lie lie, size_t rows, const char *host,
    const char *path, struct mock_answer *a)
{
	struct telling t = {.l = l, .lie = lie, .list = list_of(l, path)};
	const struct first *first = NULL;
	bool good;

	if (lie == LIE_DATE_AHEAD || lie == LIE_DATE_BEHIND) {
		date(a, lie == LIE_DATE_AHEAD ? 1 : -1);
		return;
	}
	/* a cursor of ours is bad (400, 404) to everybody else */
	if (t.list == NULL ||
	    (a->status != 200 && a->status != 400 && a->status != 404))
		return;
	good = look_at(&t, a);
	if (lie == LIE_REPEAT)
		first = lie_first(&t, path);
	if (lie == LIE_EMPTY || first != NULL) {
		a->status = 200;
		lie_make(&t, first, host, path, &a->body);
	} else if (good)
		lie_change(&t, rows, &a->body);
	edits_release(&t.edits);
	buf_release(&t.text);
}
