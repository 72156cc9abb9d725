/*
 * mark -- the marks of ha-stream(5): how they look, read and written.
 *
 * A mark is a line that starts with {"@ha":" exactly. Texts in a struct mark
 * are owned by it until the next mark_parse or mark_release. JSON members
 * (parent, cursor, from) are kept as their exact text.
 */
#ifndef HA_MARK_H
#define HA_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/json.h"
#include "base/why.h"

enum mark_kind {
	MARK_NONE,  /* not a mark: a record */
	MARK_BEGIN, /* a section starts */
	MARK_OPEN,  /* children of one parent follow */
	MARK_CLOSE, /* that parent's children are complete */
	MARK_AT,    /* safe to resume from here once stored */
	MARK_CLOCK, /* what time it is at the far side */
	MARK_BAD,   /* bytes that are no JSON text, in place of a record */
	MARK_END,   /* the section ends */
	MARK_OTHER  /* a mark of a later version: pass it on */
};

enum mark_mode {       /* what a section holds: its word is in the begin mark */
	MODE_NONE,     /* the mark does not say */
	MODE_FULL,     /* the whole collection, unless it goes on from */
	MODE_SINCE,    /* what changed since a position */
	MODE_WINDOW,   /* what changed in a time */
	MODE_KEYS,     /* the keys of what exists, nothing more */
	MODE_LOOKUP,   /* records fetched by their keys */
	MODE_EACH,     /* children asked for, parent by parent */
	MODE_EMBEDDED, /* children that stood in their parents */
	MODE_ADOPT,    /* parked ones whose parents have come */
	MODE_PARENTS,  /* whose children are to be fetched */
	MODE_PLAIN,    /* lines of a file, without marks */
	MODE_OTHER     /* of a later version: mark.other_mode */
};

#define MARK_CUT "; of %llu bytes the beginning is kept"

struct mark {
	enum mark_kind kind;
	/* begin */
	struct buf source, resource, account, run;
	enum mark_mode mode;
	struct buf other_mode; /* the word of MODE_OTHER, empty else */
	struct buf from;       /* JSON text, empty if absent or null */
	bool whole;	  /* "whole":true: records carry their full detail */
	struct buf begun; /* of a walk over all of it: when, RFC 3339 */
	/* open */
	struct buf parent; /* JSON object text */
	/* at, end; a null or absent cursor is empty */
	struct buf cursor;
	/* close */
	bool gone; /* the parent is no more, and its children are not known */
	/* close, end */
	uint64_t records; /* records that flow in this section or group */
	/* end */
	bool complete;
	struct buf why; /* "time", "limit", ...; of bad: what is wrong */
	/* bad */
	struct buf text; /* base64 */
	struct buf key;	 /* of the record, if it could be read */
	struct buf of;	 /* resource of the bytes, if it is not the section's */
	uint64_t skipped, parked, rejected; /* taken out on the way;
					       close has skipped too */
	uint64_t repaired;	 /* of the records that were stored */
	uint64_t calls, retries; /* of the producer */
	uint64_t waited_ms;	 /* behind the limiter */
	uint64_t count;		 /* what the API stated */
	bool has_count;
	struct buf extra;  /* members not known here, as ",\"k\":v" text */
	struct buf date;   /* clock: RFC 3339 */
	struct buf other;  /* of MARK_OTHER: its kind, as JSON text */
	struct json *json; /* mark_parse's own */
};

void mark_init(struct mark *m);
void mark_release(struct mark *m);
/* The first bytes tell; nothing else is looked at. */
bool mark_is(const char *text, size_t len);
/*
 * Parses a mark line (with IN_PADDING readable bytes behind it); -1 and
 * EX_DATAERR if it is not a JSON object of the right shape.
 */
int mark_parse(struct mark *m, const char *text, size_t len, struct why *why);
/*
 * Writes the mark as one line without LF. Parsing it again gives the same
 * mark: members a tool does not know are kept (extra).
 */
void mark_write(const struct mark *m, struct buf *to);
/*
 * Becomes of kind bad, with these bytes, or the beginning of very many, which
 * the reason says then.
 */
void mark_bad(struct mark *m, const char *text, size_t len, const char *reason,
    const char *key);
/* Adds the bytes of a mark of kind bad; -1 and EX_DATAERR: no base64. */
int mark_bytes(const struct mark *m, struct buf *to, struct why *why);
/* Its word; "" for MODE_NONE and MODE_OTHER. */
const char *mode_word(enum mark_mode mode);

#endif
