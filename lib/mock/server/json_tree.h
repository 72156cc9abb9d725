/*
 * json_tree -- builds JSON objects whose values stand at given paths.
 *
 * Paths are those of lib/json/json.h: `.id`, `.guest.name`, `."odd name"`,
 * `.rows[0].id`. Members come in the order in which they were added; an
 * index makes an array of that element alone.
 */
#ifndef HA_JSON_TREE_H
#define HA_JSON_TREE_H

#include "base/buf.h"

struct tree;

struct tree *tree_new(void);
void tree_free(struct tree *t); /* NULL is fine */
/*
 * A place for a value; the return is its number, from 0. The same path gives
 * the same number again. -1: it is no path, or it leads through a value.
 */
int tree_add(struct tree *t, const char *path);
typedef void tree_fn(void *ctx, int no, struct buf *to);
/* Adds the JSON text; the callback adds each value. */
void tree_write(const struct tree *t, struct buf *to, tree_fn *fn, void *ctx);

#endif
