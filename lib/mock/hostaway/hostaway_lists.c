#include "mock/hostaway/hostaway_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/hostaway/hostaway_lists_json.h"
#include "mock/hostaway/hostaway_page.h"
#include "mock/server/mock_answer.h"

struct extra {
	struct hostaway *h;
	struct mock_table **tables; /* of the lists OF_ACCOUNT, else NULL */
};

struct row_facts {
	const struct hostaway *h;
	const struct extra_list *list;
	int64_t parent; /* 0: none */
	int64_t id;
	int no;
	struct rng r;
};

static const struct mock_order by_id = {-1, -1, false, false, false};

static bool
is(const char *name, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(name, what, len) == 0;
}

static void
put_rights(const struct row_facts *f, const char *const *rights, struct buf *to)
{
	for (size_t i = 0; rights[i] != NULL; i++)
		buf_fmt(to, "%s\"%s\":%d", i > 0 ? "," : "", rights[i],
		    (int)((f->id + (int64_t)i) % 3 == 0));
}

/* A code that no other row of the list has: "AA", "AB", ... */
static void
put_code(int no, struct buf *to)
{
	buf_fmt(to, "\"%c%c\"", 'A' + no / 26 % 26, 'A' + no % 26);
}

static bool
fact_ids(struct row_facts *f, const char *name, size_t len, struct buf *to)
{
	const struct estate *e = f->h->e;
	int64_t id;

	if (is(name, len, "id"))
		id = f->id;
	else if (is(name, len, "no"))
		id = f->no + 1;
	else if (is(name, len, "first"))
		id = 1001;
	else if (is(name, len, "account"))
		id = e->size.account;
	else if (is(name, len, "parent") && f->parent > 0)
		id = f->parent;
	else if (is(name, len, "listing") && e->n_listings > 0)
		id = e->listings[rng_next(&f->r) % e->n_listings]->id;
	else if (is(name, len, "booking") && e->n_bookings > 0)
		id = e->bookings[rng_next(&f->r) % e->n_bookings]->id;
	else
		return false;
	buf_fmt(to, "%lld", (long long)id);
	return true;
}

static bool
row_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	struct row_facts *f = ctx;
	int64_t then = f->h->o->size.now - 400 * DAY_S + f->no * 3601;

	if (fact_ids(f, name, len, to))
		return true;
	if (is(name, len, "noText"))
		buf_fmt(to, "\"%d\"", f->no + 1);
	else if (is(name, len, "inserted"))
		gen_time(to, then);
	else if (is(name, len, "updated"))
		gen_time(to, then + 86400);
	else if (is(name, len, "day"))
		gen_date(to, then / DAY_S);
	else if (is(name, len, "code"))
		put_code(f->no, to);
	else if (is(name, len, "zone"))
		buf_fmt(to, "\"Sample/Zone_%d\"", f->no + 1);
	else if (is(name, len, "email"))
		buf_fmt(to, "\"user%d@example.com\"", f->no + 1);
	else if (is(name, len, "given"))
		gen_quoted(to, gen_first_name(&f->r));
	else if (is(name, len, "family"))
		gen_quoted(to, gen_last_name(&f->r));
	else if (is(name, len, "rights"))
		put_rights(f, extra_rights, to);
	else if (is(name, len, "newer"))
		put_rights(f, extra_newer_rights, to);
	else
		return false;
	return true;
}

static void
put_row(struct row_facts *f, struct buf *to)
{
	struct rng r =
	    rng_of(f->h->e->size.seed, f->list->path, (uint64_t)f->id);

	f->r = rng_of(f->h->e->size.seed, f->list->path, ~(uint64_t)f->id);
	shape_fill(to, f->list->shape, &r, row_fact, f);
}

static void
render_row(void *ctx, const struct mock_row *row, int kind, struct buf *to)
{
	struct row_facts f = {.h = ((struct extra *)ctx)->h,
	    .id = row->id,
	    .no = (int)row->id - 1001};

	(void)kind;
	f.list = row->fact;
	put_row(&f, to);
}

struct extra *
extra_new(struct hostaway *h)
{
	struct extra *x = calloc(1, sizeof(*x));

	if (x == NULL ||
	    (x->tables = calloc(n_extra_lists, sizeof(*x->tables))) == NULL)
		err(EX_OSERR, NULL);
	x->h = h;
	for (size_t i = 0; i < n_extra_lists; i++) {
		const struct extra_list *list = &extra_lists[i];

		if (list->of != OF_ACCOUNT)
			continue;
		x->tables[i] = table_new(list->path + 1, render_row, x);
		for (int no = 0; no < list->rows; no++)
			table_put(x->tables[i],
			    row_new(1001 + no, (void *)(uintptr_t)list));
	}
	return x;
}

void
extra_free(struct extra *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < n_extra_lists; i++)
		table_free(x->tables[i]);
	free(x->tables);
	free(x);
}

/* Does the path fit "/a/{id}/b"? *id stays 0 where there is none. */
static bool
fits(const char *pattern, const char *path, int64_t *id)
{
	const char *hole = strchr(pattern, '{'), *rest;
	char before[64];

	*id = 0;
	if (hole == NULL)
		return strcmp(pattern, path) == 0;
	memcpy(before, pattern, (size_t)(hole - pattern));
	before[hole - pattern] = '\0';
	rest = path_id(path, before, id);
	return rest != NULL && strcmp(rest, hole + 4) == 0;
}

/* The rows of one listing or reservation, between commas or line ends. */
static void
put_children(struct extra *x, const struct extra_list *list, int64_t parent,
    int edits, char between, struct buf *to)
{
	struct row_facts f = {.h = x->h, .list = list, .parent = parent};
	struct rng r = rng_of(x->h->e->size.seed, list->path, (uint64_t)parent);
	int64_t n = list->rows == 1 ? 1 : rng_between(&r, 0, list->rows);

	for (f.no = 0; f.no < n; f.no++) {
		f.id = parent * 10 + f.no + (f.no == 0 ? edits % 2 * 9 : 0);
		if (f.no > 0)
			buf_chr(to, between);
		put_row(&f, to);
	}
}

static void
serve_children(struct extra *x, const struct extra_list *list, int64_t parent,
    struct mock_answer *a)
{
	bool of_listing = list->of == OF_LISTING;
	struct mock_row *row =
	    table_find(of_listing ? x->h->listings : x->h->bookings, parent);

	if (row == NULL) {
		mock_fail(a, 404, "Resource not found");
		return;
	}
	buf_fmt(&a->body, "{\"status\":\"success\",\"result\":%s",
	    list->of == ONE_OBJECT ? "" : "[");
	put_children(x, list, parent,
	    of_listing ? 0 : ((struct booking *)row->fact)->edits, ',',
	    &a->body);
	buf_str(&a->body, list->of == ONE_OBJECT ? "}" : "]}");
}

bool
extra_serve(struct extra *x, const struct request *r, const char *path,
    struct mock_answer *a)
{
	struct mock_table *t;
	struct hostaway_list l;
	int64_t id;
	size_t i = 0;

	while (i < n_extra_lists && !fits(extra_lists[i].path, path, &id))
		i++;
	if (i == n_extra_lists)
		return false;
	if (extra_lists[i].of == OF_ACCOUNT) {
		list_begin(&l, x->h->o, r, NULL, 0);
		l.query.after = false;
		list_answer(&l, x->tables[i], extra_lists[i].form, a, NULL);
	} else if (extra_lists[i].of == ONE_OF) {
		t = extra_table(x, extra_lists[i].shape + 1);
		list_one(t, table_find(t, id), 0, a);
	} else
		serve_children(x, &extra_lists[i], id, a);
	return true;
}

struct mock_table *
extra_table(struct extra *x, const char *path)
{
	for (size_t i = 0; i < n_extra_lists; i++)
		if (strcmp(extra_lists[i].path + 1, path) == 0)
			return x->tables[i];
	return NULL;
}

/* All children of a list, a line each, in the parents' order. */
bool
extra_dump(struct extra *x, const char *name, struct buf *to)
{
	const struct extra_list *list = NULL;
	struct mock_row *const *rows;
	struct mock_table *parents;
	size_t n, len = strlen(name);

	for (size_t i = 0; i < n_extra_lists; i++)
		if (strncmp(extra_lists[i].path + 1, name, len) == 0 &&
		    strncmp(extra_lists[i].path + 1 + len, "/{", 2) == 0)
			list = &extra_lists[i];
	if (list == NULL || (list->of != OF_LISTING && list->of != OF_BOOKING))
		return false;
	parents = list->of == OF_LISTING ? x->h->listings : x->h->bookings;
	rows = table_rows(parents, &by_id, &n);
	for (size_t i = 0; i < n; i++) {
		size_t before = to->len;

		put_children(x, list, rows[i]->id,
		    list->of == OF_LISTING
			? 0
			: ((struct booking *)rows[i]->fact)->edits,
		    '\n', to);
		if (to->len > before)
			buf_chr(to, '\n');
	}
	return true;
}
