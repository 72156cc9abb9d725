/*
 * linkkit -- a list whose answers name the next page, and its kits. Included
 * by the tests of paging by link: the rows are moving.h's, setup is theirs.
 */
#ifndef LINKKIT_H
#define LINKKIT_H

#include "json/json.h"
#include "kits.h"
#include "moving.h"

enum { LINKED, CURSORS, WALKS, CURSOR_WALKS, KEPT, BARE, KITS };

#define SECRET "EAAGsecret"
#define BASE "https://api.example.com/v1"
#define REST                                                                   \
	"\"key\":[\"id\"],\"position\":\".updatedOn\",\"version\":["           \
	"\"updated_on\"],\"columns\":{\"id\":[\"bigint\",\".id\"],"            \
	"\"updated_on\":[\"timestamptz\",\".updatedOn\"]}}"
#define CURSOR "\"cursor\":[\"after\",\".paging.cursors.after\"]"
#define SINCE "\"since\":[{\"$filter\":\"At ge {position|literal}\"}],"

static const char description[] =
    "{\"v\":1,\"source\":\"t\",\"base\":\"" BASE "\","
    "\"hosts\":[\"pages.example.net\"],"
    "\"envelope\":{\"rows\":\".data\",\"count\":\".count\","
    "\"next\":\".paging.next\"},\"resources\":["
    "{\"name\":\"links\",\"path\":\"/l\",\"page\":{\"style\":\"link\","
    "\"count\":true},\"query\":{\"$filter\":\"A eq 'x+y z'\"}," SINCE REST ","
    "{\"name\":\"cursors\",\"path\":\"/c\",\"page\":{\"style\":\"link\"," CURSOR
    "}," REST ","
    "{\"name\":\"walks\",\"path\":\"/w\",\"page\":{\"style\":\"walk\","
    "\"by\":\"link\",\"overlap\":\"10s\"}," REST ","
    "{\"name\":\"cursor_walks\",\"path\":\"/cw\",\"page\":{\"style\":"
    "\"walk\",\"by\":\"link\",\"overlap\":\"10s\"," CURSOR "}," REST ","
    "{\"name\":\"kept\",\"path\":\"/k\",\"page\":{\"style\":\"link\","
    "\"overlap\":\"10s\",\"resume\":true}," SINCE REST ","
    "{\"name\":\"bare\",\"path\":\"/b\",\"page\":{\"style\":\"link\","
    "\"limit\":\"\"}," REST "]}";

/* How the server links its pages. */
struct linked {
	struct moving list;
	bool skips;	/* by offset, else behind a row */
	bool dies;	/* a link behind a row that is gone is an error */
	int hollow;	/* one page in so many is empty, and links on */
	int calls;	/* so far */
	int tokens;	/* questions that had the token in them: none may */
	bool again;	/* not the first run: rows may have come before */
	char last[256]; /* what was asked */
};

/* What the rows behind this question start with; -1: the row is gone. */
static inline int
linked_from(struct linked *s, const char *path)
{
	long after = moving_param(path, "after", -1);

	if (after == -1)
		return (int)moving_param(path, "%24skip", 0);
	for (int i = 0; i < s->list.n; i++)
		if (s->list.at[s->list.list[i]].id == after)
			return i + 1;
	return s->dies ? -1 : 0;
}

static inline void
linked_rows(struct linked *s, int from, int to, struct buf *body)
{
	char when[64];

	buf_clear(body);
	buf_str(body, "{\"data\":[");
	for (int i = from; i < to; i++) {
		struct thing *t = &s->list.at[s->list.list[i]];

		moving_time(t->updated, when, sizeof(when));
		buf_fmt(body, "%s{\"id\":%d,\"rev\":%d,\"updatedOn\":\"%s\"}",
		    i > from ? "," : "", t->id, t->rev, when);
	}
	buf_chr(body, ']');
	if (s->list.counts)
		buf_fmt(body, ",\"count\":%d", s->list.n);
}

/* 200, or 400 for a link that died. */
static inline long
linked_get(struct linked *s, const char *path, struct buf *body)
{
	int from = linked_from(s, path), limit, to, id;
	char place[64];

	s->calls++;
	snprintf(s->last, sizeof(s->last), "%s", path);
	s->tokens += strstr(path, SECRET) != NULL;
	if (from == -1)
		return 400;
	limit = (int)moving_param(path, "limit", 100);
	if (s->hollow > 0 && s->calls % s->hollow == 0)
		limit = 0; /* and yet there is more */
	to = from + limit < s->list.n ? from + limit : s->list.n;
	linked_rows(s, from, to, body);
	if (to < s->list.n) {
		id = to > 0 ? s->list.at[s->list.list[to - 1]].id : -1;
		if (s->skips || id == -1)
			snprintf(place, sizeof(place), "%%24skip=%d", to);
		else
			snprintf(place, sizeof(place), "after=%d", id);
		buf_fmt(body,
		    ",\"paging\":{\"next\":\"" BASE "%.*s?access_token=" SECRET
		    "&%%24filter=A+eq+%%27x%%2by+z%%27"
		    "&limit=%ld&h=%d&%s\",\"cursors\":{\"after\":\"%d.%d\"}}",
		    (int)strcspn(path, "?"), path,
		    moving_param(path, "limit", 100), s->calls, place, id,
		    s->calls);
	}
	buf_chr(body, '}');
	(void)buf_room(body, JSON_PADDING);
	return 200;
}

static inline struct linked *
linked(int n, unsigned seed)
{
	static struct linked s;

	memset(&s, 0, sizeof(s));
	s.list.order = BY_NEWEST;
	s.list.seed = seed;
	for (int i = 0; i < n; i++)
		moving_insert(&s.list);
	moving_watch(&s.list);
	return &s;
}

static inline struct page *
open_walk(int kind, const char *from, int size)
{
	struct page_of of = {.account = "1", .from = from, .size = size};

	return kit_walk(kind, &of);
}

/* One question and its answer; rows are noted. False: the walk is over. */
static inline bool
step(struct page *p, struct linked *s)
{
	static struct buf path, body;
	struct why why = {0};
	int asked = page_ask(p, &path, &why);

	assert_int_not_equal(asked, -1);
	if (asked == 0)
		return false;
	if (linked_get(s, path.at, &body) != 200) {
		assert_true(page_refused(p, 400));
		return true;
	}
	if (page_take(p, body.at, body.len, &why) == -1)
		fail_msg("%s", why.msg);
	for (size_t i = 0; i < page_rows(p); i++) {
		int rev = -1;
		struct thing *t =
		    moving_got(&s->list, page_row(p, i).text, &rev);

		assert_non_null(t);
		assert_true(
		    rev > t->got_rev || (s->again && rev == t->got_rev));
		t->got_rev = rev;
	}
	if (page_cursor(p)->len > 0)
		assert_null(strstr(page_cursor(p)->at, SECRET));
	return true;
}

static inline struct page_sum
walk_through(struct page *p, struct linked *s, int stir_below)
{
	for (int pages = 0; step(p, s); pages++) {
		assert_true(pages < 3000);
		if (stir_below > 0)
			moving_stir(&s->list,
			    (int)roll(&s->list, (unsigned)stir_below));
	}
	assert_int_equal(s->tokens, 0);
	return page_sum(p);
}

static inline int
missing(const struct linked *s)
{
	int n = 0;

	for (int i = 0; i < s->list.n_at; i++)
		n += s->list.at[i].there_all_the_time &&
		     s->list.at[i].got_rev == -1;
	return n;
}

/* The same without rows that changed: these are newer than where it began. */
static inline int
missing_old(const struct linked *s)
{
	int n = 0;

	for (int i = 0; i < s->list.n_at; i++)
		n += s->list.at[i].there_all_the_time &&
		     !s->list.at[i].touched && s->list.at[i].got_rev == -1;
	return n;
}

static inline int
setup(void **state)
{
	(void)state;
	return kits_open(description);
}

#endif
