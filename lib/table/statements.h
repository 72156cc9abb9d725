/*
 * statements -- the SQL that stores one resource of one account.
 *
 * Built once per section: the COPY of new rows, the staging table of those
 * that may be known, and the statement that merges it. Owns its texts;
 * borrows the description.
 */
#ifndef HA_STATEMENTS_H
#define HA_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "db/db.h"
#include "source/source.h"
#include "base/why.h"

struct target {
	const struct source *source;
	const struct resource *r;
	const struct parent *parent;  /* of groups; NULL: none is declared */
	size_t n_fields;	      /* that cut_row gives */
	struct buf account, customer; /* SQL literals */
	struct buf table;	      /* "hostaway"."reservations" */
	struct buf key;		      /* SQL of the key's text, of row t */
	struct buf copy;	      /* COPY of new rows, binary */
	struct buf head;	      /* of such a row: account, customer */
	struct buf stage;	      /* makes pg_temp.ha_stage */
	struct buf stage_copy;
	struct buf orphans; /* takes staged rows without their parent out */
	struct buf merge;   /* one row for each staged: ord, fate, members */
	struct buf parts;   /* makes pg_temp.ha_parts; see lane_parts */
	struct buf load;    /* COPY out, binary: key's text, fingerprint */
	struct buf known;   /* the same, without rows that a list once lacked */
	struct buf keys;    /* SELECT: key, fingerprint of rows not deleted */
	struct buf remove;  /* UPDATE: soft delete of keys in $1::text[] */
};

/* Fates that the merge reports, one letter each. */
#define FATE_INSERT 'i'
#define FATE_UPDATE 'u'
#define FATE_BLIND 'w'	/* updated, without the version that it had */
#define FATE_KEEP 'k'	/* updated, what a thinner fetch lacks is kept */
#define FATE_PART 'm'	/* updated by a part of a record, the rest stays */
#define FATE_SAME 'e'	/* equal in value */
#define FATE_FILL 'f'	/* equal; its fingerprint was noted */
#define FATE_STALE 's'	/* older or thinner than what is stored */
#define FATE_ORPHAN 'o' /* its parent is not there; members: the column */
#define FATE_PASSED 'p' /* a later record of the batch has the same key */
/* Of ha_parts alone; members: the SQLSTATE, and the message behind it. */
#define FATE_REFUSED 'x' /* the database does not take it */
#define FATE_LONELY 'l'	 /* nor at the end, for what is not there (yet) */

/*
 * alive: what the records prove. NULL: nothing, they lay somewhere; "": a row
 * that was deleted for not coming is there after all; a time: so is any that
 * was marked as deleted before it, when the section began.
 * customer may be NULL. whole: records carry their full detail, so empty
 * members are meant. names: the merge lists which members change (dry run).
 */
int target_init(struct target *t, const struct source *s,
    const struct resource *r, const char *account, const char *customer,
    const char *alive, bool whole, bool names, struct why *why);
void target_release(struct target *t);
/*
 * Adds: SELECT of the key and fingerprint of each row that is not deleted, of
 * its parent's key, and whether that one is deleted. Only where the target
 * has a parent.
 */
int target_children(const struct target *t, struct buf *to, struct why *why);

#endif
