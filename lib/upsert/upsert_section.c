#include "upsert/upsert_int.h"

/* Nobody else looks at the mode: what it means for a stage stands here. */

bool
keys_come(const struct upsert *u)
{
	return u->mode == MODE_KEYS;
}

/* Only where the source was asked for all children of a parent. */
bool
groups_come(const struct upsert *u)
{
	return u->mode == MODE_EACH || u->mode == MODE_EMBEDDED;
}

bool
groups_replace(const struct upsert *u)
{
	const struct resource *r = u->r;

	return (r->each != NULL && r->each->replace) ||
	       (r->embedded != NULL && r->embedded->replace);
}

/*
 * Children that are due again by time alone may be a part of all: those of
 * the days ahead, say.
 */
bool
groups_are_whole(const struct upsert *u)
{
	return groups_come(u) && u->target.parent != NULL &&
	       (groups_replace(u) ||
		   (u->r->each != NULL && u->r->each->change != NULL));
}

/* Then a row that does not come is gone. */
bool
section_is_whole(const struct upsert *u)
{
	return groups_are_whole(u) || keys_come(u) ||
	       (u->mode == MODE_FULL && u->from.len == 0);
}

/* Of parents that are as they were when it began. */
bool
section_has_children(const struct upsert *u)
{
	return u->r->each != NULL && u->mode == MODE_FULL && u->from.len == 0;
}

/* Did its records lie somewhere, in a file or parked, before they came? */
bool
section_is_old(const struct upsert *u)
{
	return u->o->resource != NULL || u->mode == MODE_ADOPT;
}

const char *
section_alive(const struct upsert *u)
{
	if (section_is_old(u))
		return NULL;
	return groups_come(u) || (u->mode == MODE_FULL && u->from.len == 0)
		   ? u->begun.at
		   : "";
}

/* A window, keys, and what was asked for by key speak of themselves alone. */
bool
section_moves(const struct upsert *u)
{
	return u->o->resource == NULL && !keys_come(u) &&
	       u->mode != MODE_LOOKUP && u->mode != MODE_WINDOW;
}

/* An incremental section that began nowhere says nothing of the list. */
bool
section_is_list(const struct upsert *u)
{
	return u->mode == MODE_FULL ||
	       (u->mode == MODE_SINCE && u->from.len > 0);
}
