#include "page/blank.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct blank {
	struct json_paths *paths;
	struct json_val *vals;
	size_t n_always, n;
	const struct json_val **cut; /* what goes, in the record's order */
	size_t n_cut;
	struct buf text;
};

struct blank *
blank_new(const struct resource *r, struct why *why)
{
	size_t n = r->n_blank + r->n_fragile;
	const char **paths;
	struct blank *b;

	memset(why, 0, sizeof(*why));
	if (n == 0)
		return NULL;
	b = mem_new(1, sizeof(*b));
	paths = mem_new(n, sizeof(*paths));
	b->vals = mem_new(n, sizeof(*b->vals));
	b->cut = mem_new(n, sizeof(*b->cut));
	b->n_always = r->n_blank;
	b->n = n;
	for (size_t i = 0; i < n; i++)
		paths[i] =
		    i < r->n_blank ? r->blank[i] : r->fragile[i - r->n_blank];
	b->paths = json_paths_new(paths, n, why);
	free(paths);
	if (b->paths != NULL)
		return b;
	blank_free(b);
	return NULL;
}

void
blank_free(struct blank *b)
{
	if (b == NULL)
		return;
	json_paths_free(b->paths);
	free(b->vals);
	free(b->cut);
	buf_release(&b->text);
	free(b);
}

static int
by_place(const void *a, const void *b)
{
	const struct json_val *x = *(const struct json_val *const *)a;
	const struct json_val *y = *(const struct json_val *const *)b;

	return (x->text > y->text) - (x->text < y->text);
}

static bool
is_empty(const struct json_val *v)
{
	return v->type == JSON_NONE || v->type == JSON_NULL ||
	       (v->type == JSON_STRING &&
		   (v->len == 2 || (v->len == 3 && v->text[1] == '-')));
}

/* One inside another goes with it. */
static void
choose(struct blank *b)
{
	struct why ignored;

	b->n_cut = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct json_val *v = &b->vals[i];

		if (!is_empty(v) &&
		    (i < b->n_always ||
			json_pg_ok(v->text, v->len, &ignored) == -1))
			b->cut[b->n_cut++] = v;
	}
	if (b->n_cut > 1)
		qsort(b->cut, b->n_cut, sizeof(*b->cut), by_place);
}

int
blank_record(struct blank *b, struct json *j, const struct json_val *rec,
    struct json_val *to, struct why *why)
{
	const char *at = rec->text;

	if (rec->type != JSON_OBJECT)
		return 0;
	memset(b->vals, 0, b->n * sizeof(*b->vals));
	if (json_pick(j, rec->text, rec->len, b->paths, b->vals, false, why) ==
	    -1)
		return -1;
	choose(b);
	if (b->n_cut == 0)
		return 0;
	buf_clear(&b->text);
	for (size_t i = 0; i < b->n_cut; i++) {
		const struct json_val *v = b->cut[i];

		if (v->text < at)
			continue;
		buf_add(&b->text, at, (size_t)(v->text - at));
		buf_str(&b->text, "\"-\"");
		at = v->text + v->len;
	}
	buf_add(&b->text, at, (size_t)(rec->text + rec->len - at));
	memset(buf_room(&b->text, JSON_PADDING), 0, JSON_PADDING);
	*to = (struct json_val){JSON_OBJECT, b->text.at, b->text.len};
	return 1;
}
