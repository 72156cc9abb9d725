/*
 * filter -- passes the records whose parents are known.
 *
 * The stage behind ha-filter-parents. A record of an unknown parent goes to
 * ha.parked, or with a fixed set of keys on as a bad mark; one that cannot be
 * read goes on to the next stage, which keeps it with its reason. The reject
 * file has copies. Before a mark is passed on, everything taken out before it
 * is safe.
 */
#ifndef HA_FILTER_H
#define HA_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "stream/emit.h"
#include "stream/stream.h"
#include "base/why.h"

struct filter_options {	      /* texts are borrowed */
	const char *resource; /* "hostaway/messages"; NULL: as begin says */
	const char *account;  /* NULL: as begin says */
	const char *dbname;   /* -d; NULL: the defaults */
	const char *keys;     /* file of known keys; NULL: the database */
	const char *parent;   /* one of the parents, or a path; NULL: all */
	const char *reject;   /* file; NULL: none; never NULL with keys */
	bool plain;	      /* the input has no marks */
};

struct filter_counts {
	uint64_t passed, parked, rejected;
};

struct filter;

/* Checks what can be checked before the first line comes. */
struct filter *filter_new(const struct filter_options *o, struct why *why);
void filter_free(struct filter *f); /* NULL is fine */
/*
 * The stage: 0 at a proper end of the input, 1 if records were set aside,
 * or -1.
 */
int filter_stream(
    struct filter *f, struct stream *in, struct emit *out, struct why *why);
/*
 * The other direction: parked records of o->resource and o->account whose
 * parents have all come, as a section in mode "adopt". Their groups stay
 * open-ended, so that they replace nothing; whoever stores a record deletes
 * its parked row.
 */
int filter_adopt(struct filter *f, struct emit *out, struct why *why);
struct filter_counts filter_counts(const struct filter *f);

#endif
