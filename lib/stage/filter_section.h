/*
 * filter_section -- what a section of records is filtered by: its resource,
 * the links to its parents, and what is known of them.
 *
 * Inside of lib/stage.
 *
 * Opens the database only when there is a parent to ask for.
 */
#ifndef HA_FILTER_SECTION_H
#define HA_FILTER_SECTION_H

#include "table/cut.h"
#include "db/db.h"
#include "stage/filter.h"
#include "stage/known_set.h"
#include "stage/known.h"
#include "stage/links.h"
#include "state/parked.h"
#include "source/source.h"

enum verdict {
	PASS,
	WAIT,	/* not before section_lookup */
	ORPHAN, /* *missing is unknown */
	BAD	/* why says what is wrong with it */
};

struct section {
	const struct filter_options *o;
	struct known_set *keys; /* of o->keys; NULL: the database knows */
	struct db *db;
	struct source *source; /* NULL: filtered by a path */
	const struct resource *resource;
	char *account;
	struct links *links;
	struct known **known; /* one for each link */
	struct cut *cut;
	struct park *park;
	struct buf key, version;
};

/* Reads the file of keys, if there is one. */
int section_init(
    struct section *s, const struct filter_options *o, struct why *why);
void section_release(struct section *s);
/* Filtered by a path alone (o->parent); no resource, no account. */
int section_path(struct section *s, struct why *why);
/* A section of another resource or account may come after the first. */
int section_start(struct section *s, const char *source, const char *resource,
    const char *account, struct why *why);
/* The group's parent object; NULL: outside of groups. */
int section_group(struct section *s, const struct mark *open, struct why *why);
enum verdict section_judge(struct section *s, const char *rec, size_t len,
    const struct link **missing, struct why *why);
int section_lookup(struct section *s, struct why *why);
/* The stage of filter_adopt, in filter_adopt.c, after section_start. */
int section_adopt(struct section *s, struct emit *out,
    struct filter_counts *counts, struct why *why);

#endif
