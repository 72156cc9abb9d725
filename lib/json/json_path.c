#include "json/json_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define STEPS_MAX 64
#define PATHS_MAX 60000

struct json_paths {
	struct json_node root;
};

struct step {
	struct buf name;
	bool is_index;
	size_t index;
};

static inline size_t
name_hash(const char *name, size_t len)
{
	if (len == 0)
		return 0;
	return (len * 7 + (unsigned char)name[0] * 3 +
		   (unsigned char)name[len - 1] * 5 +
		   (unsigned char)name[len / 2]) %
	       JSON_NODE_HASH;
}

const struct json_node *
json_node_named(const struct json_node *node, const char *name, size_t len)
{
	unsigned i = node->first[name_hash(name, len)];

	while (i != 0) {
		const struct json_node *c = node->children[i - 1];

		if (c->name.len == len && memcmp(c->name.at, name, len) == 0)
			return c;
		i = c->same;
	}
	return NULL;
}

const struct json_node *
json_node_at(const struct json_node *node, size_t index)
{
	for (size_t i = 0; i < node->n_children; i++)
		if (node->children[i]->is_index &&
		    node->children[i]->index == index)
			return node->children[i];
	return NULL;
}

void
json_node_clear(const struct json_node *node, struct json_val *vals)
{
	for (size_t i = 0; i < node->n_slots; i++)
		vals[node->slots[i]] = (struct json_val){JSON_NONE, "", 0};
	for (size_t i = 0; i < node->n_children; i++)
		json_node_clear(node->children[i], vals);
}

static bool
is_word(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

/* "any name" behind a dot; the byte behind it, or NULL. */
static const char *
quoted_name(const char *s, struct buf *name)
{
	const char *p = s + 1;
	struct json_val v = {JSON_STRING, s, 0};
	struct why why;

	for (; *p != '"'; p++) {
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p == '\\' && *++p == '\0')
			return NULL;
	}
	v.len = (size_t)(p + 1 - s);
	return json_text(&v, name, &why) == -1 ? NULL : p + 1;
}

/* "[17]"; the byte behind it, or NULL. */
static const char *
index_step(const char *s, struct step *st)
{
	const char *p = s + 1;

	st->is_index = true;
	st->index = 0;
	for (; *p >= '0' && *p <= '9' && p - s < 10; p++)
		st->index = st->index * 10 + (size_t)(*p - '0');
	return p > s + 1 && *p == ']' ? p + 1 : NULL;
}

/* Reads the next step at s; the byte behind it, or NULL. */
static const char *
read_step(const char *s, bool first, struct step *st)
{
	const char *p = s;

	st->is_index = false;
	buf_clear(&st->name);
	if (*s == '[')
		return index_step(s, st);
	if (*s != '.')
		return NULL;
	if (s[1] == '"')
		return quoted_name(s + 1, &st->name);
	if (s[1] == '[' && first)
		return index_step(s + 1, st);
	for (p = s + 1; is_word(*p, p == s + 1); p++)
		buf_chr(&st->name, *p);
	return p > s + 1 ? p : NULL;
}

bool
json_is_path(const char *expr)
{
	struct step st = {BUF_INIT, false, 0};
	const char *p = expr;
	size_t steps = 0;

	if (strcmp(expr, ".") == 0)
		return true;
	while (p != NULL && *p != '\0' && steps++ < STEPS_MAX)
		p = read_step(p, p == expr, &st);
	buf_release(&st.name);
	return p != NULL && *p == '\0' && p != expr;
}

static struct json_node *
child_for(struct json_node *node, const struct step *st)
{
	struct json_node *c;
	uint16_t *first;

	for (size_t i = 0; i < node->n_children; i++) {
		c = node->children[i];
		if (c->is_index == st->is_index &&
		    (st->is_index ? c->index == st->index
				  : c->name.len == st->name.len &&
					(c->name.len == 0 ||
					    memcmp(c->name.at, st->name.at,
						c->name.len) == 0)))
			return c;
	}
	node->children = mem_grow(
	    node->children, node->n_children + 1, sizeof(struct json_node *));
	c = mem_new(1, sizeof(*c));
	node->children[node->n_children++] = c;
	c->is_index = st->is_index;
	c->index = st->index;
	buf_add(&c->name, st->name.at, st->name.len);
	if (!c->is_index) {
		first = &node->first[name_hash(c->name.at, c->name.len)];
		c->same = *first;
		*first = (uint16_t)node->n_children;
	}
	return c;
}

static void
add_path(struct json_node *node, const char *path, size_t slot)
{
	struct step st = {BUF_INIT, false, 0};
	const char *p = path;

	if (strcmp(path, ".") == 0)
		p = "";
	while (*p != '\0') {
		p = read_step(p, p == path, &st);
		node = child_for(node, &st);
	}
	node->slots = mem_grow(node->slots, node->n_slots + 1, sizeof(size_t));
	node->slots[node->n_slots++] = slot;
	buf_release(&st.name);
}

struct json_paths *
json_paths_new(const char *const *paths, size_t n, struct why *why)
{
	struct json_paths *p = mem_new(1, sizeof(*p));

	for (size_t i = 0; i < n; i++) {
		if (n > PATHS_MAX || !json_is_path(paths[i])) {
			why_set(why, EX_CONFIG, "\"%s\" is no path", paths[i]);
			json_paths_free(p);
			return NULL;
		}
		add_path(&p->root, paths[i], i);
	}
	return p;
}

static void
node_release(struct json_node *node)
{
	for (size_t i = 0; i < node->n_children; i++) {
		node_release(node->children[i]);
		free(node->children[i]);
	}
	free(node->children);
	free(node->slots);
	buf_release(&node->name);
}

void
json_paths_free(struct json_paths *p)
{
	if (p == NULL)
		return;
	node_release(&p->root);
	free(p);
}

const struct json_node *
json_paths_root(const struct json_paths *p)
{
	return &p->root;
}
