/*
 * batch -- what ha-upsert keeps in memory until it is committed.
 *
 * Inside of lib/upsert.
 *
 * The text of each record that travels, so that the batch can be written
 * again; the marks between them, if they are passed on; and the parents of
 * its groups. Owns all of it, reuses the memory.
 */
#ifndef HA_BATCH_H
#define HA_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "upsert/fpmap.h"
#include "base/in.h"

enum entry_fate {
	ENTRY_WAITS,
	ENTRY_INSERTED,
	ENTRY_UPDATED,
	ENTRY_UNCHANGED,
	ENTRY_STALE,
	ENTRY_REJECTED,
	ENTRY_MISSING, /* a key whose row is not stored */
	ENTRY_MARK,    /* no record */
	ENTRY_FATES
};

#define NO_PARENT UINT32_MAX

struct entry {
	size_t at; /* of its text in the batch's */
	size_t len;
	size_t mended;	       /* where its repaired text is; 0: it is good */
	uint64_t line, offset; /* in the input */
	uint64_t key;	       /* hash */
	struct fingerprint fp; /* of the text and what the parent adds */
	struct fp_entry was;   /* in the map, before; if put */
	uint32_t parent;       /* number of it in the batch, or NO_PARENT */
	enum entry_fate fate;
	bool has_key;
	bool fixed;  /* rejected for what it is: writing again will not help */
	bool lonely; /* or maybe for what was not there yet */
	bool fresh;  /* goes straight into the table */
	bool sent;   /* and has been handed to its lane */
	bool put;    /* its fingerprint is in the map */
	bool aside;  /* written to the -r file */
	bool orphan; /* rejected, since its parent is not there */
	bool late;   /* of a time that is still to come */
	bool blind;  /* without the version that the stored row had */
	char *name;  /* of an unreadable record: its key after all */
	char *note;  /* why rejected; members that change (dry run) */
};

struct batch {
	struct buf text;
	struct entry *at;
	size_t n, room;
	struct buf *parents; /* JSON texts, JSON_PADDING behind */
	size_t n_parents, room_parents;
	uint64_t unchanged; /* records that are not kept */
	uint64_t records;   /* all that came, kept or not */
	uint64_t bytes;	    /* of them */
};

void batch_release(struct batch *b);
void batch_clear(struct batch *b);
/* The new entry, waiting; the text is copied, JSON_PADDING behind it. */
struct entry *batch_add(struct batch *b, const struct line *line);
/* The number of a parent for entries that follow. */
uint32_t batch_parent(struct batch *b, const struct buf *text);
static inline const char *
batch_text(const struct batch *b, const struct entry *e)
{
	return b->text.at + e->at;
}
/* What is stored of it: the text that came, or the repaired one. */
static inline const char *
batch_stored(const struct batch *b, const struct entry *e)
{
	return b->text.at + (e->mended > 0 ? e->mended : e->at);
}
/* The entry's repaired text, as long as its own; copied. */
void batch_mend(struct batch *b, struct entry *e, const char *text);
/* note is copied, NULL is fine. */
void entry_note(struct entry *e, const char *note);

#endif
