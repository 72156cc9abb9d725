/*
 * links -- the parents that a record names: which, and with what key.
 *
 * Inside of lib/stage.
 *
 * Compiled from a resource's `parents`, or from one path. A key is a text in
 * the form in which PostgreSQL prints the parent's column, so that "041" and
 * 41 name the same listing. Owns its parser; what links_cut gives is good
 * until the next links_cut.
 */
#ifndef HA_LINKS_H
#define HA_LINKS_H

#include <stdbool.h>
#include <stddef.h>

#include "source/source.h"
#include "base/why.h"

struct link {
	const struct parent *parent; /* NULL: of links_path */
	const struct column *column; /* the parent's key column, or NULL */
	bool named;		     /* false: null, absent, or not `when` */
	const char *key;	     /* not NUL-terminated */
	size_t len;
};

struct links;

/* only: a parent's resource name, the others are left out; NULL: all. */
struct links *links_new(const struct source *s, const struct resource *r,
    const char *only, struct why *why);
/* One nameless parent, whose key is at a path of the record (".listing"). */
struct links *links_path(const char *path, struct why *why);
void links_free(struct links *l); /* NULL is fine */
size_t links_n(const struct links *l);
/* The array that links_cut fills, for parent and column. */
const struct link *links_all(const struct links *l);

/* The group's parent object, for "$parent" columns; NULL and 0: none. */
int links_parent(
    struct links *l, const char *parent, size_t len, struct why *why);
/*
 * Validates the whole record (JSON_PADDING behind it) and finds its parents:
 * links_n of them, or NULL and EX_DATAERR; no value is in the message.
 */
const struct link *links_cut(
    struct links *l, const char *rec, size_t len, struct why *why);

#endif
