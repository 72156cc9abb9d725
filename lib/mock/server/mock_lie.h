/*
 * mock_lie -- answers that are well made and not true.
 *
 * Where rows, counts, links and errors are in an answer, and which members of
 * a row are its times, is the description's to say; an answer to a path that
 * the description has not is left alone, and so is one that is no success.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_LIE_H
#define HA_MOCK_LIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "mock/server/mock_http.h"

enum lie {
	/* the times of some rows: position, version, what a list is read by */
	LIE_TIME_NONE,	 /* "n/a" */
	LIE_TIME_NULL,	 /* null */
	LIE_TIME_TYPE,	 /* false, a number, an array, an object */
	LIE_TIME_GONE,	 /* the members have other names */
	LIE_TIME_FUTURE, /* in 2097 */
	LIE_TIME_OLD,	 /* in 1997 */
	LIE_COUNT_SMALL, /* half of the truth */
	LIE_COUNT_LARGE, /* a thousand more */
	LIE_COUNT_PAGE,	 /* rows of this page */
	LIE_EMPTY,	 /* no row, and a next page all the same */
	LIE_REPEAT,	/* rows of the path's first such answer, as LIE_EMPTY */
	LIE_DOUBLE,	/* the member that has the rows comes twice */
	LIE_ERROR,	/* an error beside the rows, in over a mebibyte */
	LIE_DATE_AHEAD, /* the header, by a day */
	LIE_DATE_BEHIND,
	LIE_BYTE /* in some rows, one that no text has */
};

struct mock_lies;

/* "lie-time-null"; false: no such lie. */
bool lie_find(const char *name, enum lie *to);
/* Reads the source's description. */
struct mock_lies *lies_new(const char *source, uint64_t seed, struct why *why);
void lies_free(struct mock_lies *l); /* NULL is fine */
/* What was answered is forgotten. */
void lies_forget(struct mock_lies *l);
/*
 * The answer, which is made, becomes a lie. path: what the request asked for;
 * host: what links begin with; rows: of how many it is told, side by side from
 * a drawn one on.
 */
void lie_tell(struct mock_lies *l, enum lie lie, size_t rows, const char *host,
    const char *path, struct mock_answer *a);

#endif
