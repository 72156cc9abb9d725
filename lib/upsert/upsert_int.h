/*
 * upsert_int -- what the files of upsert share.
 *
 * Inside of lib/upsert.
 *
 * Its files stand on each other in this order; each calls those below it:
 *   upsert.c         the loop over the stream, a section's begin and end
 *   upsert_take.c    a record into the batch: what becomes of it
 *   upsert_write.c   a batch into the database, again if need be, by halves
 *   upsert_emit.c    what goes to standard output
 *   upsert_finish.c  what is committed with the rows: rejects, position, counts
 *   upsert_kept.c    what was set aside or repaired before, and is stored now
 *   upsert_prune.c   what is gone from a whole collection
 *   upsert_group.c   groups of children, what is gone from them
 *   upsert_keys.c    keys instead of records: what is gone, what is missing
 *   upsert_echo.c    a record that is there twice
 *   upsert_odd.c     which rows have versions and times that decide nothing
 *   upsert_load.c    the fingerprints of what is stored
 *   upsert_gone.c    soft deletes, and rows of what was never there
 *   upsert_section.c what the section's mode says
 *   upsert_entry.c   one record of the batch
 *   upsert_refuse.c  groups that the database takes nothing of
 *   upsert_follow.c  a row whose parent is deleted
 *   upsert_key_set.c sets of keys, by their hashes
 *   upsert_late.c    a row of a time that is still to come
 *   upsert_trouble.c what an error of the database is about
 */
#ifndef HA_UPSERT_INT_H
#define HA_UPSERT_INT_H

#include "stream/aside.h"
#include "upsert/batch.h"
#include "table/cut.h"
#include "stream/emit.h"
#include "upsert/lane.h"
#include "upsert/reasons.h"
#include "upsert/upsert.h"

struct key_set { /* hashes */
	uint64_t *at;
	size_t n, room;
	bool sorted;
};

struct group {		   /* children of one parent */
	struct buf parent; /* JSON text of the open mark */
	uint32_t number;   /* in the batch; NO_PARENT: not told it yet */
	struct key_set keys;
	bool unsure;	 /* a record's key could not be read */
	struct why lost; /* why nobody knows whose group it is; status 0 */
	bool part;	 /* since a position: not all of the parent's */
};

struct closed { /* a complete one, to be noted with the batch */
	char *parent_key, *change;
	char *name;	       /* its parent's key as an object: {"id":7} */
	char *refused;	       /* why the database takes none of it; or NULL */
	uint64_t line, offset; /* of its end, in the input */
	uint32_t number;       /* its records' parent in the batch */
	struct key_set keys;
	bool replace;
	bool gone;  /* the parent is; of its children nothing is known */
	bool aside; /* written to the -r file */
};

struct echo { /* a record like one that may be of the same batch */
	uint64_t key;
	struct fingerprint fp;
	uint64_t line, offset;
	size_t at; /* its entry; NO_ENTRY: it is only counted */
};

#define NO_ENTRY SIZE_MAX

struct odd { /* rows that were stored, and decide nothing */
	uint64_t n;
	char key[64]; /* of the first */
};

struct upsert {
	const struct upsert_options *o;
	struct stream *in;
	struct lane *lane[UPSERT_JOBS_MAX];
	size_t n_lanes, n_spread; /* this section's rows go to so many */
	struct aside *aside;
	struct emit emit;
	struct upsert_sum *sum; /* of all sections */

	/* the section */
	bool in_section;
	int64_t since_ms; /* when waiting for it began */
	struct source *source;
	const struct resource *r;
	struct state_of of;
	struct buf account, customer, run, from;
	enum mark_mode mode;
	struct buf mode_word; /* as the log has it */
	bool whole;
	struct target target;
	struct cut *cut;
	struct fpmap *map;    /* NULL: not loaded yet */
	uint64_t table_bytes; /* size of the table as it began */
	uint64_t section_bytes;
	struct key_set open;   /* keys with open rejects, or repaired rows */
	struct key_set parked; /* of the resource, as the section began */
	bool skipped; /* records were taken out that prune must not miss */
	bool moved;   /* a position inside of it was committed */
	bool rewind;  /* it lost records somewhere: back to where it began */
	struct state_counts counts; /* committed */
	struct reasons reasons;	    /* of what was rejected here */
	int64_t far_ms;	    /* the far side's clock, by its mark; 0: unknown */
	struct buf begun;   /* the section, by the database's clock */
	struct buf horizon; /* room */
	struct odd late, blind;
	struct buf steers;   /* a byte for each column: is it 1? */
	struct key_set dead; /* parents, whose children follow them */
	bool in_group;
	struct group group;
	struct buf began;    /* the walk, by the database's clock; or empty */
	struct key_set told; /* prune: parents whose groups were closed */

	/* the batch */
	struct batch batch;
	size_t puts; /* records of it whose fingerprints are in the map */
	struct echo *echo;
	size_t n_echo, room_echo;
	struct closed *closed;
	size_t n_closed, room_closed;
	struct fpmap *closing; /* whose groups they are */
	struct buf cursor;     /* of the last at or end; empty: none */
	bool has_cursor, cursor_complete;
	const struct mark *end; /* the section ends with this batch */
	uint64_t deleted;	/* rows, by groups and pruning */
	unsigned committed;	/* bit i: lane i has done its part */
	uint64_t kept_rows;	/* gone, but the database keeps them */
	struct buf kept_names;	/* of these, as many as fit a line */
	bool careful;		/* it is written again, by parts */
	bool broken;		/* streaming failed: see why_broken */
	struct why why_broken;
	int64_t begun_ms;
	struct json *json;	/* NULL: none yet */
	struct buf key, fields; /* room for cut */
	struct buf would;	/* dry run: what would be done */
};

/* upsert_entry.c; of a record nothing can fail but the record itself. */
uint64_t key_hash(const struct buf *key);
struct lane *entry_lane(const struct upsert *u, const struct entry *e);
void entry_reject(struct entry *e, const char *reason);
/* Columns are cut with the entry's parent from now on, or without one. */
int entry_parent(struct upsert *u, const struct entry *e, struct why *why);
/* The entry's key as text in u->key, or NULL if it has none to show. */
const char *entry_key(struct upsert *u, const struct entry *e);
/* Cuts the columns into u->fields: 1, or 0 and the entry is rejected. */
int entry_cut(struct upsert *u, struct entry *e, struct lane_row *row);
/* What the map said of its key before. */
void entry_restore(struct upsert *u, struct entry *e);
/* Decides how a waiting entry goes in, by what the map knows of its key. */
void entry_route(struct upsert *u, struct entry *e);
/* Dry run: a line of what would be done; texts may be NULL. */
void entry_would(
    struct upsert *u, const char *what, const char *key, const char *members);

/* upsert_section.c */
bool keys_come(const struct upsert *u);
/* The source was asked for all children of each parent. */
bool groups_come(const struct upsert *u);
/* What a parent's closed group lacks is gone. */
bool groups_replace(const struct upsert *u);
/* A parent's closed group holds all its children there are. */
bool groups_are_whole(const struct upsert *u);
/* What a complete section lacks is gone. */
bool section_is_whole(const struct upsert *u);
/* Its records lay somewhere, in a file or parked, before they came. */
bool section_is_old(const struct upsert *u);
/* What its records prove of rows that are marked as deleted: statements.h. */
const char *section_alive(const struct upsert *u);
/* A later run goes on from where it ends. */
bool section_moves(const struct upsert *u);
/* All children of all parents, though they were asked for by no parent. */
bool section_has_children(const struct upsert *u);
/* Complete without a position, it sends the next run to the beginning. */
bool section_is_list(const struct upsert *u);

/* upsert_gone.c: gathers keys in an array, then deletes their rows. */
void gone_add(struct upsert *u, const char *key, struct buf *keys);
int gone_delete(struct upsert *u, struct buf *keys, struct why *why);
/* The same, and a row that the database refuses costs itself: it is named. */
int gone_prune(struct upsert *u, struct buf *keys, struct why *why);
/* Closed groups are rows that were asked for by key, and are gone. */
bool gone_come(const struct upsert *u);
/* A row that is deleted for each of the keys that parked records wait for. */
int gone_place(struct upsert *u, struct buf *keys, struct why *why);

/* upsert_load.c: the account's fingerprints; then routes what waits. */
int load_map(struct upsert *u, struct why *why);
/* Which keys are parked now: into u->parked. */
int parked_load(struct upsert *u, struct why *why);
/* A parked record exists, though its row may be an older one of ours. */
int see_parked(struct upsert *u, struct why *why);

/* upsert_keys.c: when the walk began, if the mark says so; what is stored. */
int section_began(struct upsert *u, const struct mark *begin, struct why *why);
int keys_begin(struct upsert *u, struct why *why);
/* A key whose row is not there: it is not lost, see --emit missing. */
void keys_missing(struct upsert *u, const struct line *line, uint64_t key);
/* Adds " AND ...": only rows that were there when the walk began. */
void keys_limit(const struct upsert *u, struct buf *sql);
void keys_note(struct upsert *u); /* missing ones that nobody will fetch */

/*
 * upsert_echo.c: a record is stored as it is, says the map: by this batch,
 * maybe. at: its entry, or NO_ENTRY. Then: what became of the batch's records
 * is known; who is like a refused one is refused as well.
 */
void echo_add(struct upsert *u, const struct line *line, uint64_t key,
    const struct fingerprint *fp, size_t at);
void echo_settle(struct upsert *u);

/* upsert_follow.c: is the row cut last, maybe, of a parent that is deleted? */
int follow_begin(struct upsert *u, struct why *why);
bool follow_is(struct upsert *u);

/* upsert_late.c: is the row cut last of a time that is still to come? */
void late_begin(struct upsert *u);
bool late_is(const struct upsert *u);

/* upsert_odd.c: counts those of the batch, once it is committed; says so. */
void odd_count(struct upsert *u);
void odd_note(struct upsert *u);

/* upsert_group.c; 1: the batch is to be written first, then call again. */
int group_open(struct upsert *u, const struct mark *open, struct why *why);
void group_key(struct upsert *u, uint64_t key, bool known);
int group_close(struct upsert *u, const struct item *item, struct why *why);
/* Was that parent's group closed in this section? */
bool group_was_told(struct upsert *u, const char *parent_key);
/* All that were not refused; those are noted. */
int groups_write(struct upsert *u, struct why *why);
/* The careful way, before it: finds the bad ones. How many more, or -1. */
int groups_try(struct upsert *u, struct why *why);
void groups_clear(struct upsert *u);
void groups_release(struct upsert *u);

/* upsert_refuse.c */
/* Records of refused groups, which wait again, are refused as well. */
void groups_refuse(struct upsert *u);
size_t groups_refused(const struct upsert *u);

/* upsert_key_set.c */
void key_set_add(struct key_set *k, uint64_t key);
bool key_set_has(struct key_set *k, uint64_t key);

/* upsert_trouble.c */
enum trouble {
	FATAL,
	AGAIN, /* lost connection, deadlock, no room: the same once more */
	ROWS   /* the database refuses what is in the batch */
};
enum trouble trouble(const struct upsert *u);
/* Classes of SQLSTATE, a blank behind each; all but XX000 is no row's fault. */
#define TROUBLE_AGAIN "08 40 53 55 57 "
#define TROUBLE_FATAL                                                          \
	"00 01 02 03 0A 0B 0L 0P 0Z 20 24 25 26 28 2B 2D 34 3B 3D 3F 42 58 "   \
	"72 F0 HA HV XX "
#define TROUBLE_STOPS TROUBLE_AGAIN TROUBLE_FATAL

/* upsert_kept.c: keys of ha.rejects and ha.repaired that a store ends. */
int kept_load(struct upsert *u, struct why *why);
bool kept_open(struct upsert *u, uint64_t key);
/* Of a batch that is written, in its transaction. */
int kept_write(struct upsert *u, struct why *why);
/* A row of ha.rejects; key may be NULL. */
int kept_reject(struct upsert *u, const struct line *at, const char *key,
    const char *reason, struct why *why);

/* upsert_prune.c: soft-deletes what a complete section lacked. */
int prune(struct upsert *u, struct why *why);

/* upsert_finish.c: into lane 0, before its commit. */
int finish_batch(struct upsert *u, struct why *why);
/* Adds the batch's counts, once it is committed. */
void finish_counts(struct upsert *u, struct state_counts *to);
void finish_reasons(const struct upsert *u, struct reasons *to);

/* upsert_emit.c: after the commit. */
void pass_mark(struct upsert *u, const struct line *line);
int pass_batch(struct upsert *u, struct why *why);

/* upsert_write.c: writes and commits what has gathered; end: the section's, or
 * NULL. */
int write_batch(struct upsert *u, const struct mark *end, struct why *why);

/* upsert_take.c: nothing of a record fails but the stream itself. */
int take_record(struct upsert *u, const struct line *line, struct why *why);
/* Bytes that are no record: set aside, with the reason that the mark gives. */
int take_bad(struct upsert *u, const struct item *item, struct why *why);

#endif
