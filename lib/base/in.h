/*
 * in -- lines from files or standard input, through a bounded reader.
 *
 * A line handed out is borrowed: good until the next in_next() or
 * in_close(). At least IN_PADDING bytes behind it can be read (their value
 * is undefined), as lib/json/json.h asks for. Memory is one block, or the
 * longest line met, at most IN_MAX.
 */
#ifndef HA_IN_H
#define HA_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

#define IN_MAX ((size_t)64 << 20) /* bytes of a line, LF not counted */
#define IN_HEAD ((size_t)1 << 20) /* what in_cut_long keeps of a longer one */
#define IN_PADDING 64

struct line {
	const char *text; /* without the LF; may hold NUL bytes */
	size_t len;
	uint64_t no;	 /* from 1, over all operands */
	uint64_t offset; /* bytes before it, within its file */
	bool lf;	 /* false: the last line, and it had no LF */
	uint64_t lost;	 /* bytes behind text: it was longer than IN_MAX */
};

struct in;

/* No path at all, or "-", is standard input. The array must outlive in. */
struct in *in_open(char *const *paths, size_t n, struct why *why);
/* From now on a line that is too long costs itself: its beginning is a line. */
void in_cut_long(struct in *in);
/* 1: a line, 0: end of all input, -1: see *why (74, 66, 65 if too long). */
int in_next(struct in *in, struct line *line, struct why *why);
/* true if in_next would not block for longer than wait_ms. */
bool in_ready(struct in *in, int wait_ms);
/* The file being read, for messages: "-" is "stdin". */
const char *in_name(const struct in *in);
void in_close(struct in *in); /* NULL is fine */

#endif
