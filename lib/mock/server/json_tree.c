#include "mock/server/json_tree.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct tree_node {
	char *name; /* of the member; NULL: an element, or the root */
	int no;	    /* of the value; -1: none */
	struct tree_node *first, *next;
};

struct tree {
	struct tree_node root;
	int n;
};

struct tree *
tree_new(void)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (t == NULL)
		err(EX_OSERR, NULL);
	t->root.no = -1;
	return t;
}

static void
free_children(struct tree_node *n)
{
	struct tree_node *c;

	while ((c = n->first) != NULL) {
		n->first = c->next;
		free_children(c);
		free(c->name);
		free(c);
	}
}

void
tree_free(struct tree *t)
{
	if (t == NULL)
		return;
	free_children(&t->root);
	free(t);
}

/*
 * The next step of a path: 1 and its name (NULL for an index), 0 at the end,
 * -1 if it is no path. *at is moved behind it.
 */
static int
next_step(const char **at, const char **name, size_t *len)
{
	const char *p = *at;

	*name = NULL;
	if (*p == '\0')
		return 0;
	if (*p == '[') {
		*at = p + 1 + strspn(p + 1, "0123456789");
		return *at > p + 1 && *(*at)++ == ']' ? 1 : -1;
	}
	if (*p++ != '.')
		return -1;
	if (*p == '"') {
		*name = ++p;
		*len = strcspn(p, "\"");
		*at = p + *len + 1;
		return p[*len] == '"' ? 1 : -1;
	}
	*len = strcspn(p, ".[");
	*name = p;
	*at = p + *len;
	return *len > 0 ? 1 : -1;
}

static struct tree_node *
child(struct tree_node *of, const char *name, size_t len)
{
	struct tree_node **at = &of->first, *n;

	for (; (n = *at) != NULL; at = &n->next)
		if (name == NULL ? n->name == NULL
				 : n->name != NULL && strlen(n->name) == len &&
				       memcmp(n->name, name, len) == 0)
			return n;
	if ((n = calloc(1, sizeof(*n))) == NULL ||
	    (name != NULL && (n->name = strndup(name, len)) == NULL))
		err(EX_OSERR, NULL);
	n->no = -1;
	return *at = n;
}

int
tree_add(struct tree *t, const char *path)
{
	struct tree_node *n = &t->root;
	const char *name;
	size_t len = 0;
	int got;

	if (strcmp(path, ".") == 0)
		path = "";
	/* A look first, so that a refused path leaves nothing behind. */
	for (const char *p = path; (got = next_step(&p, &name, &len)) != 0;)
		if (got == -1)
			return -1;
	while (next_step(&path, &name, &len) == 1) {
		if (n->no != -1)
			return -1;
		n = child(n, name, len);
	}
	if (n->first != NULL)
		return -1;
	if (n->no == -1)
		n->no = t->n++;
	return n->no;
}

static void
write_node(const struct tree_node *n, struct buf *to, tree_fn *fn, void *ctx)
{
	bool array = n->first != NULL && n->first->name == NULL;

	if (n->no != -1) {
		fn(ctx, n->no, to);
		return;
	}
	buf_chr(to, array ? '[' : '{');
	for (const struct tree_node *c = n->first; c != NULL; c = c->next) {
		if (c != n->first)
			buf_chr(to, ',');
		if (!array) {
			buf_json(to, c->name, strlen(c->name));
			buf_chr(to, ':');
		}
		write_node(c, to, fn, ctx);
	}
	buf_chr(to, array ? ']' : '}');
}

void
tree_write(const struct tree *t, struct buf *to, tree_fn *fn, void *ctx)
{
	write_node(&t->root, to, fn, ctx);
}
