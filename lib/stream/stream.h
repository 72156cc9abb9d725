/*
 * stream -- reads ha-stream(5): sections of marks and records, counted.
 *
 * Owns the input and the current section. An item is borrowed until the
 * next stream_next(). The stream checks what marks promise: `close` and
 * `end` counts, nesting, one `begin` per section, and an `end` before the
 * input ends. A failed check is EX_DATAERR. After a cut (the input ended
 * inside a section, or a last line without LF) stream_cut() is true: the
 * caller stores what it has, moves no position, and exits 65.
 */
#ifndef HA_STREAM_H
#define HA_STREAM_H

#include "base/in.h"
#include "stream/mark.h"

struct item {
	enum mark_kind kind;	 /* MARK_NONE: a record */
	struct line line;	 /* the bytes that came in, both kinds */
	const struct mark *mark; /* NULL for a record */
};

struct stream;

/*
 * A record that is longer than a line may be is an item of kind bad, with its
 * beginning; line.lost tells it from the bad marks that came.
 *
 * plain: no marks are expected; then a line that looks like one is an error,
 * and a last line without LF is a record if it parses, else the stream was
 * cut. Without plain, a first line that is no mark is an error that names -P.
 */
struct stream *stream_open(
    char *const *paths, size_t n, bool plain, struct why *why);
/* Before the first stream_next: the first line tells whether it is plain. */
void stream_guess(struct stream *s);
/* 1: an item, 0: a proper end of all input, -1: see *why. */
int stream_next(struct stream *s, struct item *item, struct why *why);
bool stream_cut(const struct stream *s);
/* true if stream_next would not block for longer than wait_ms */
bool stream_ready(struct stream *s, int wait_ms);
/* The current (or last) section's begin mark; NULL before the first. */
const struct mark *stream_section(const struct stream *s);
/*
 * The open mark of the current group; NULL outside a group. While a close
 * is the current item, it is still the group that is closed.
 */
const struct mark *stream_group(const struct stream *s);
/* The failure is a count: somewhere on the way records were lost. */
bool stream_miscounted(const struct stream *s);
const char *stream_name(const struct stream *s);
void stream_close(struct stream *s);
/*
 * The record that a bad mark is about, as a line where the mark stood; its
 * text is in *bytes, the caller's. -1, EX_DATAERR: it is no base64.
 */
int stream_bad(const struct item *item, struct buf *bytes, struct line *line,
    struct why *why);

#endif
