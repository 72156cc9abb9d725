/*
 * emit -- the output side of a stage: marks with the counts that are true.
 *
 * A stage reads with stream.h and writes with this: what it emits is counted,
 * what it takes out is told by emit_drop, and `close` and `end` are written
 * with what flows now. plain: no marks are written. Owns a small buffer;
 * writes through out.h.
 */
#ifndef HA_EMIT_H
#define HA_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "stream/mark.h"

struct emit {
	bool plain;
	uint64_t records, group_records; /* of this section, of this group */
	uint64_t skipped, group_skipped;
	struct buf line;
};

void emit_init(struct emit *e, bool plain);
void emit_release(struct emit *e);
/* Starts a section; counts begin at zero. */
void emit_begin(struct emit *e, const struct mark *begin);
void emit_record(struct emit *e, const char *text, size_t len);
/* n records that came in do not go on. */
void emit_drop(struct emit *e, uint64_t n);
void emit_open(struct emit *e, const struct mark *open);
/* skipped of m is added to; NULL: nothing was skipped upstream. */
void emit_close(struct emit *e, const struct mark *m);
/* As it is: at, and marks of a later version. */
void emit_mark(struct emit *e, const struct mark *m);
/* A mark that was written before; nothing if plain. */
void emit_line(struct emit *e, const char *text, size_t len);
/*
 * In place of a record that is no JSON text; of more than 47 MiB its
 * beginning. key NULL: it could not be read. Not counted as a record.
 */
void emit_bad(struct emit *e, const char *text, size_t len, const char *reason,
    const char *key);
/* A mark of a stream whose records are not counted. */
void emit_alone(struct mark *m, enum mark_kind kind);
/* skipped of m is added to; its other members stay. */
void emit_end(struct emit *e, const struct mark *m);

#endif
