/*
 * described_table -- rows of a resource that is known by its description only.
 *
 * Columns and their paths make the object, types and keys the values; or
 * the rows come from RESOURCE.ndjson. A kind owns its table. The description
 * must outlive it.
 *
 * Inside of lib/mock/described.
 */
#ifndef HA_DESCRIBED_TABLE_H
#define HA_DESCRIBED_TABLE_H

#include "mock/server/mock_backend.h"
#include "mock/server/mock_gen.h"
#include "mock/server/mock_store.h"
#include "mock/server/json_tree.h"
#include "source/source.h"

/* The numbers of a row. */
enum { KIND_NO, KIND_GROUP, KIND_POSITION, KIND_EDITS };

enum role { ROLE_PLAIN, ROLE_KEY, ROLE_PARENT, ROLE_POSITION, ROLE_CHILDREN };

struct described_kind;

struct value { /* a place in the object */
	char *path;
	enum column_type type;
	enum role role;
	bool wanted; /* never null */
	const struct described_kind
	    *of;	     /* ROLE_PARENT: whose key; ROLE_CHILDREN: what */
	const char *of_path; /* ROLE_PARENT: where it stands there */
};

struct described_kind {
	const struct resource *r;
	const struct mock_options *o;
	struct tree *shape;
	struct value *values;
	size_t n_values;
	struct mock_table *table;
	const struct described_kind *above; /* the parent of `each`, or NULL */
	const char *above_path; /* what the request names of a parent */
	int64_t rows;
	char **lines; /* of a file: the texts by number; NULL: generated */
	int64_t *clock;
};

/*
 * Makes the kinds of all resources, parents first; kinds[i] is for
 * s->resources[i] (table NULL for an embedded one). EX_NOINPUT, EX_DATAERR
 * for a file under --data.
 */
int kinds_open(const struct source *s, const struct mock_options *o,
    int64_t *clock, struct described_kind *kinds, struct why *why);
void kinds_close(struct described_kind *kinds, size_t n);
/* A further row, changed one, deleted one (its children go with it). */
void kind_add(struct described_kind *k);
void kind_change(struct described_kind *k, struct mock_row *row);
void kind_delete(struct described_kind *kinds, size_t n,
    struct described_kind *k, struct mock_row *row);

#endif
