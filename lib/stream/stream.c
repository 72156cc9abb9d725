#include "stream/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"

struct stream {
	struct in *in;
	bool plain, guess;
	bool in_section, in_group, cut, miscounted;
	bool closing;	  /* the current item closes the group */
	bool any;	  /* a section has begun */
	uint64_t records; /* of the section */
	uint64_t group_records;
	struct mark begin, open, mark; /* mark: the current item's */
	uint64_t line;		       /* of the current item, for messages */
	struct why failed;	       /* a failure stays one */
};

struct stream *
stream_open(char *const *paths, size_t n, bool plain, struct why *why)
{
	struct stream *s;

	s = mem_new(1, sizeof(*s));
	s->plain = plain;
	mark_init(&s->begin);
	mark_init(&s->open);
	mark_init(&s->mark);
	if ((s->in = in_open(paths, n, why)) == NULL) {
		stream_close(s);
		return NULL;
	}
	in_cut_long(s->in);
	return s;
}

void
stream_guess(struct stream *s)
{
	s->guess = true;
}

/* A failed check: names file and line. */
static int
wrong(const struct stream *s, struct why *why)
{
	return why_in(
	    why, "%s: line %llu", in_name(s->in), (unsigned long long)s->line);
}

static int
cut_off(struct stream *s, struct why *why)
{
	s->cut = true;
	if (s->plain)
		why_set(why, EX_DATAERR,
		    "%s: the stream was cut in line %llu: no whole JSON, and "
		    "no line feed",
		    in_name(s->in), (unsigned long long)s->line);
	else if (!s->any)
		why_set(why, EX_DATAERR,
		    "%s: no stream came: it is empty, not even a begin mark",
		    in_name(s->in));
	else
		why_set(why, EX_DATAERR,
		    "%s: the stream was cut after line %llu: no end mark",
		    in_name(s->in), (unsigned long long)s->line);
	return -1;
}

static int
no_section(const struct stream *s, const struct line *line, struct why *why)
{
	if (s->any)
		return why_set(why, EX_DATAERR, "a line between end and begin");
	if (line->len >= 3 && memcmp(line->text, "\xef\xbb\xbf", 3) == 0)
		return why_set(why, EX_DATAERR,
		    "starts with a byte order mark, which no stream has");
	return why_set(why, EX_DATAERR,
	    "not a begin mark (a file without marks needs -P)");
}

static int
counted(struct stream *s, uint64_t came, const char *what, struct why *why)
{
	uint64_t stated = s->mark.records;

	if (stated == came)
		return 0;
	s->miscounted = true;
	return why_set(why, EX_DATAERR, "%s says %llu records, but %llu came",
	    what, (unsigned long long)stated, (unsigned long long)came);
}

static int
begin_section(struct stream *s, const struct line *line, struct why *why)
{
	if (s->in_section)
		return why_set(why, EX_DATAERR,
		    "a section begins before the last one ended");
	if (mark_parse(&s->begin, line->text, line->len, why) == -1)
		return -1;
	s->any = s->in_section = true;
	s->in_group = false;
	s->records = 0;
	return 0;
}

static int
apply(struct stream *s, struct item *item, struct why *why)
{
	item->mark = &s->mark;
	switch (s->mark.kind) {
	case MARK_BEGIN:
		item->mark = &s->begin;
		return begin_section(s, &item->line, why);
	case MARK_OPEN:
		s->in_group = true;
		s->group_records = 0;
		item->mark = &s->open;
		return mark_parse(
		    &s->open, item->line.text, item->line.len, why);
	case MARK_CLOSE:
		if (!s->in_group)
			return why_set(
			    why, EX_DATAERR, "close outside a group");
		s->closing = true;
		return counted(s, s->group_records, "close", why);
	case MARK_END:
		s->in_section = false;
		s->closing = s->in_group;
		return counted(s, s->records, "end", why);
	default:
		return 0;
	}
}

static int
take_mark(struct stream *s, struct item *item, struct why *why)
{
	if (mark_parse(&s->mark, item->line.text, item->line.len, why) == -1)
		return wrong(s, why);
	item->kind = s->mark.kind;
	if (!s->in_section && item->kind != MARK_BEGIN &&
	    item->kind != MARK_OTHER) {
		no_section(s, &item->line, why);
		return wrong(s, why);
	}
	return apply(s, item, why) == -1 ? wrong(s, why) : 1;
}

/* Is the last line of a plain file whole, though it has no LF? */
static bool
parses(struct stream *s, const struct line *line)
{
	struct why ignored;

	if (s->mark.json == NULL)
		s->mark.json = json_new();
	return json_check(
		   s->mark.json, line->text, line->len, NULL, &ignored) == 0;
}

/* It counts as the record that it was, and is told as a bad mark. */
static void
too_long(struct stream *s, struct item *item)
{
	const struct line *line = &item->line;
	char reason[96];

	snprintf(reason, sizeof(reason),
	    "longer than a line of %zu MiB" MARK_CUT, IN_MAX >> 20,
	    (unsigned long long)(line->len + line->lost));
	mark_bad(&s->mark, line->text, line->len, reason, NULL);
	item->kind = MARK_BAD;
	item->mark = &s->mark;
}

static int
take_record(struct stream *s, struct item *item, struct why *why)
{
	if (!s->plain && !s->in_section) {
		no_section(s, &item->line, why);
		return wrong(s, why);
	}
	item->kind = MARK_NONE;
	item->mark = NULL;
	s->records++;
	s->group_records++;
	if (item->line.lost > 0)
		too_long(s, item);
	return 1;
}

static int
next(struct stream *s, struct item *item, struct why *why)
{
	int got;

	if (s->closing)
		s->closing = s->in_group = false;
	if ((got = in_next(s->in, &item->line, why)) == -1)
		return -1;
	if (got == 0)
		return s->plain || (s->any && !s->in_section) ? 0
							      : cut_off(s, why);
	if (s->guess)
		s->plain = !mark_is(item->line.text, item->line.len);
	s->guess = false;
	if (!s->plain && !item->line.lf)
		return cut_off(s, why);
	s->line = item->line.no;
	if (!item->line.lf && !parses(s, &item->line))
		return cut_off(s, why);
	if (!mark_is(item->line.text, item->line.len))
		return take_record(s, item, why);
	if (!s->plain && item->line.lost == 0)
		return take_mark(s, item, why);
	why_set(why, EX_DATAERR,
	    s->plain ? "a mark, but -P says there are none"
		     : "a mark that is longer than a line may be");
	return wrong(s, why);
}

int
stream_next(struct stream *s, struct item *item, struct why *why)
{
	int got = -1;

	if (s->failed.status == 0 && (got = next(s, item, why)) == -1)
		s->failed = *why;
	else if (got == -1)
		*why = s->failed;
	return got;
}

bool
stream_cut(const struct stream *s)
{
	return s->cut;
}

bool
stream_miscounted(const struct stream *s)
{
	return s->miscounted;
}

bool
stream_ready(struct stream *s, int wait_ms)
{
	return in_ready(s->in, wait_ms);
}

const struct mark *
stream_section(const struct stream *s)
{
	return s->any ? &s->begin : NULL;
}

const struct mark *
stream_group(const struct stream *s)
{
	return s->in_group ? &s->open : NULL;
}

const char *
stream_name(const struct stream *s)
{
	return in_name(s->in);
}

int
stream_bad(const struct item *item, struct buf *bytes, struct line *line,
    struct why *why)
{
	if (mark_bytes(item->mark, bytes, why) == -1)
		return -1;
	*line = item->line;
	line->text = bytes->at;
	line->len = bytes->len;
	return 0;
}

void
stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	in_close(s->in);
	mark_release(&s->begin);
	mark_release(&s->open);
	mark_release(&s->mark);
	free(s);
}
