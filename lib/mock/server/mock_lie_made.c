#include "mock/server/mock_lie_int.h"

#include <stdio.h>
#include <string.h>

#include "mock/server/json_tree.h"
#include "base/mem.h"

struct made { /* an answer that was nobody's */
	const struct source *s;
	const struct first *first; /* NULL: no row */
	int rows, count, status, next, cursor;
	char link[512], mark[32];
};

static void
put_made(void *ctx, int no, struct buf *to)
{
	struct made *m = ctx;

	if (no == m->rows)
		buf_str(to, m->first != NULL ? m->first->rows.at : "[]");
	else if (no == m->count)
		buf_str(to, m->first != NULL && m->first->count.len > 0
				? m->first->count.at
				: "1000");
	else if (no == m->status)
		gen_quoted(to, m->s->status_ok);
	else
		gen_quoted(to, no == m->next ? m->link : m->mark);
}

static int
place(struct tree *tree, const struct expr *e)
{
	return e == NULL || !expr_is_path(e) ? -1
					     : tree_add(tree, expr_source(e));
}

/* Whatever was asked for; the next page is another one each time. */
void
lie_make(struct telling *t, const struct first *first, const char *host,
    const char *path, struct buf *to)
{
	const struct source *s = t->l->s;
	const struct paging *how = t->list->paging;
	struct made m = {.s = s, .first = first};
	struct tree *tree = tree_new();

	snprintf(m.mark, sizeof(m.mark), "bGll%llu",
	    (unsigned long long)++t->l->links);
	snprintf(m.link, sizeof(m.link), "http://%s%s?%s=%s",
	    host != NULL ? host : "127.0.0.1", path,
	    how->cursor_param != NULL ? how->cursor_param : "from", m.mark);
	m.status = s->status_ok != NULL ? place(tree, s->status) : -1;
	m.rows = place(tree, s->rows);
	m.count = place(tree, s->count);
	m.cursor = place(tree, how->cursor);
	m.next = place(tree, s->next);
	buf_clear(to);
	tree_write(tree, to, put_made, &m);
	tree_free(tree);
}

const struct first *
lie_first(struct telling *t, const char *path)
{
	struct mock_lies *l = t->l;
	struct first *f;

	for (size_t i = 0; i < l->n_firsts; i++)
		if (strcmp(l->firsts[i].path, path) == 0)
			return &l->firsts[i];
	if (t->part[ROWS].type != JSON_ARRAY)
		return NULL;
	l->firsts = mem_grow(l->firsts, l->n_firsts + 1, sizeof(*l->firsts));
	f = &l->firsts[l->n_firsts++];
	*f = (struct first){.path = mem_str(path)};
	buf_add(&f->rows, t->part[ROWS].text, t->part[ROWS].len);
	if (l->s->count != NULL)
		buf_add(&f->count, t->part[COUNT].text, t->part[COUNT].len);
	return f;
}
