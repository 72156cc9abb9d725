/*
 * mock_lie_int -- the inside of mock_lie: an answer while it becomes a lie.
 *
 * mock_lie.c knows the description and which answer is whose; mock_lie_edit.c
 * changes an answer, mock_lie_made.c makes one that nobody asked for.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_LIE_INT_H
#define HA_MOCK_LIE_INT_H

#include "json/json.h"
#include "mock/server/mock_edit.h"
#include "mock/server/mock_gen.h"
#include "mock/server/mock_lie.h"
#include "source/source.h"

enum { ROWS, COUNT, STATUS, ENVELOPE };

struct list { /* a path of the description, and what its rows have */
	const char *path;
	const struct paging *paging;
	struct json_paths *times;
	size_t n_times;
};

struct first { /* the first answer of a path that is told again and again */
	char *path;
	struct buf rows, count;
};

struct mock_lies {
	struct source *s;
	struct json *json;
	struct json_paths *envelope;
	struct list *lists;
	size_t n_lists;
	struct first *firsts;
	size_t n_firsts;
	struct rng rng;
	uint64_t links;
};

struct telling { /* one answer while it becomes a lie */
	struct mock_lies *l;
	enum lie lie;
	const struct list *list;
	struct buf text; /* as it was, padded */
	struct json_val part[ENVELOPE];
	size_t n, no;	     /* rows, and the one that is looked at */
	size_t first, lying; /* of which it is told */
	const char *middle;  /* row of it */
	struct edits edits;
};

/* The rows, the count, the error; *body is made anew. */
void lie_change(struct telling *t, size_t rows, struct buf *body);
/* What this path was answered first; NULL: there was nothing yet. */
const struct first *lie_first(struct telling *t, const char *path);
/* Those rows, or none, and a next page that is another one each time. */
void lie_make(struct telling *t, const struct first *first, const char *host,
    const char *path, struct buf *to);

#endif
