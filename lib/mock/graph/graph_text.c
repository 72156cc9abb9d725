#include "mock/graph/graph_int.h"

#include <string.h>
#include <time.h>

#include "base/timeval.h"

#define LONG_TEXT 20000

void
graph_key(struct buf *to, const char *name)
{
	char last = to->len > 0 ? to->at[to->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_chr(to, ',');
	buf_fmt(to, "\"%s\":", name);
}

/* One character of UTF-8 that is known to be well formed. */
static uint32_t
character(const unsigned char **p)
{
	uint32_t c = *(*p)++;
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	if (more > 0)
		c &= 0x3fu >> more;
	while (more-- > 0)
		c = c << 6 | (*(*p)++ & 0x3fu);
	return c;
}

void
graph_escape(struct buf *to, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	const unsigned char *end = p + len;

	while (p < end) {
		uint32_t c = character(&p);

		if (c == '/' || c == '"' || c == '\\')
			buf_fmt(to, "\\%c", (int)c);
		else if (c == '\n')
			buf_str(to, "\\n");
		else if (c >= 0x10000)
			buf_fmt(to, "\\u%04x\\u%04x",
			    0xd800 + ((c - 0x10000) >> 10),
			    0xdc00 + ((c - 0x10000) & 0x3ff));
		else if (c < ' ' || c >= 0x7f)
			buf_fmt(to, "\\u%04x", c);
		else
			buf_chr(to, (char)c);
	}
}

void
graph_string(struct buf *to, const char *text)
{
	buf_chr(to, '"');
	graph_escape(to, text, strlen(text));
	buf_chr(to, '"');
}

void
graph_time(struct buf *to, int64_t at)
{
	buf_chr(to, '"');
	time_text(at * 1000000, 'T', to);
	buf_str(to, "+0000\"");
}

const char *
graph_odd(const struct graph *m, uint32_t thread, uint32_t no)
{
	uint64_t of;

	if (m->s.odd == 0)
		return NULL;
	of = graph_hash(m, thread, no, 20) % (uint64_t)m->s.odd;
	return of == 0 ? "nul" : of == 1 ? "surrogate" : NULL;
}

/* What breaks who escapes, counts or cuts carelessly. */
static const char *const bits[] = {"\xf0\x9f\x98\x80\xf0\x9f\x91\x8d",
    "caf\xc3\xa9 na\xc3\xafve", "\"quoted\" \\back\\", "two\nlines",
    "https://www.example.com/a?b=c&d", "\xe6\x97\xa5\xe6\x9c\xac",
    "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7", "<b>&amp;</b>", "O'Brien",
    "\xe2\x80\xa8"};

void
graph_put_text(
    const struct graph *m, uint32_t thread, uint32_t no, struct buf *to)
{
	const struct graph_mark *mark = graph_mark(m, thread, no);
	const char *odd = graph_odd(m, thread, no);
	struct rng r = {graph_hash(m, thread, no, 21)};
	struct buf words = BUF_INIT;

	if (rng_chance(&r, 0.0005)) {
		while (words.len < LONG_TEXT) {
			gen_words(&words, &r, 50);
			buf_chr(&words, '\n');
		}
		words.len = LONG_TEXT;
	} else
		gen_words(&words, &r, (int)rng_between(&r, 1, 15));
	if (rng_chance(&r, 0.2)) {
		buf_chr(&words, ' ');
		buf_str(&words,
		    bits[rng_next(&r) % (sizeof(bits) / sizeof(bits[0]))]);
	}
	buf_chr(to, '"');
	graph_escape(to, words.at, words.len);
	if (odd != NULL)
		buf_str(to, *odd == 'n' ? "a\\u0000b" : "a\\ud83db");
	if (mark != NULL && mark->edits > 0)
		buf_fmt(to, " (edited %u)", mark->edits);
	buf_chr(to, '"');
	buf_release(&words);
}

void
graph_put_name(const struct graph *m, uint32_t thread, struct buf *to)
{
	struct rng r = {graph_hash(m, thread, 0, 22)};
	const char *first = gen_first_name(&r);
	uint32_t renamed = m->threads[thread].renamed;

	buf_str(to, "");
	if (thread % 37 == 11)
		return;
	buf_fmt(to, "%s %s", first, gen_last_name(&r));
	if (renamed > 0)
		buf_fmt(to, "-%s", gen_last_name(&r));
	if (renamed > 1)
		buf_fmt(to, " %u", renamed);
}

static void
put_username(struct buf *to, const char *name, const char *id)
{
	size_t from;

	graph_key(to, "username");
	buf_chr(to, '"');
	from = to->len;
	for (const char *p = name; *p != '\0'; p++)
		if ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')
			buf_chr(to, (char)(*p | 0x20));
	if (to->len == from)
		buf_str(to, "user");
	buf_fmt(to, "_%.4s\"", id + strlen(id) - 4);
}

void
graph_put_party(const struct graph *m, uint32_t thread, uint32_t who,
    const struct graph_field *sub, struct buf *to)
{
	uint32_t page = m->threads[thread].page;
	struct buf name = BUF_INIT, id = BUF_INIT;
	bool instagram = graph_instagram(m, thread);

	if (who == NO_THREAD) {
		buf_str(&id, m->pages[page].id);
		buf_fmt(&name, "Example Page %u", page + 1);
	} else {
		graph_put_person_id(m, who, &id);
		graph_put_name(m, who, &name);
	}
	buf_chr(to, '{');
	if (instagram && graph_field_wants(sub, "username"))
		put_username(to, name.at, id.at);
	if (!instagram && name.len > 0 && graph_field_wants(sub, "name")) {
		graph_key(to, "name");
		graph_string(to, name.at);
	}
	if (!instagram && graph_field_wants(sub, "email")) {
		graph_key(to, "email");
		buf_fmt(to, "\"%s@facebook.com\"", id.at);
	}
	graph_key(to, "id");
	buf_fmt(to, "\"%s\"}", id.at);
	buf_release(&name);
	buf_release(&id);
}
