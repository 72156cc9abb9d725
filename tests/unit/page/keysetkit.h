/*
 * keysetkit -- a description of resources paged by keyset, walks over a feed.
 * Included by the tests of it: setup is theirs.
 */
#ifndef KEYSETKIT_H
#define KEYSETKIT_H

#include <sysexits.h>

#include "feed.h"
#include "kits.h"

enum { PLAIN, SHORT, FILTERED, COUNTED, EXACT, TIMED };

#define RESOURCE(name, more)                                                   \
	"{\"name\":\"" name "\",\"path\":\"/Media\",\"page\":{\"style\":"      \
	"\"keyset\",\"size\":10,\"time\":\"At\",\"key\":\"Id\"" more           \
	"},\"position\":\".At\",\"key\":[\"id\"],"                             \
	"\"columns\":{\"id\":[\"text\",\".Id\"]}}"

static const char description[] =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"envelope\":{\"rows\":\".value\",\"count\":\".\\\"@odata.count\\\"\","
    "\"next\":\".\\\"@odata.nextLink\\\"\"},\"resources\":[" RESOURCE(
	"plain", ",\"overlap\":\"10s\"") "," RESOURCE("short",
	",\"short\":true,\"overlap\":\"10s\"") "," RESOURCE("filtered",
	",\"filter\":\"Id ne '{account}' or Id eq null\","
	"\"select\":\"Id,At,rev\"") "," RESOURCE("counted",
	",\"count\":true,\"nulls\":false") "," RESOURCE("exact",
	"") "," RESOURCE("timed", ",\"nulls\":false,\"overlap\":\"20m\"") "]}";

static inline int
setup(void **state)
{
	(void)state;
	return kits_open(description);
}

static struct feed *watched;

static inline struct feed *
feed(int n, unsigned seed)
{
	static struct feed f;

	watched = &f;
	free(f.asked);
	memset(&f, 0, sizeof(f));
	f.seed = seed;
	f.clock = FEED_DAY;
	for (int i = 0; i < n; i++)
		feed_add(&f);
	feed_watch(&f);
	return &f;
}

/* Our clock runs as fast as the far side's, and is a year ahead. */
static inline time_t
clock_of_ours(time_t *ignored)
{
	(void)ignored;
	return (time_t)(watched->clock / 1000000 + 365 * 86400);
}

/* The steady one knows no years. */
static inline int64_t
steady_of_ours(void)
{
	return (watched->clock - FEED_DAY) / 1000;
}

static inline struct page *
open_walk(int kind, const char *from, int size)
{
	struct page_of of = {.account = "a+b",
	    .from = from,
	    .size = size,
	    .now = clock_of_ours,
	    .steady = steady_of_ours};

	return kit_walk(kind, &of);
}

/* One question and its answer: 1, 0 if the walk is over, -1. */
static inline int
try_step(struct page *p, struct feed *f, struct why *why)
{
	static struct buf path, body;
	int asked = page_ask(p, &path, why);

	assert_int_not_equal(asked, -1);
	if (asked == 0)
		return 0;
	feed_get(f, path.at, &body);
	if (page_take(p, body.at, body.len, why) == -1)
		return -1;
	for (size_t i = 0; i < page_rows(p); i++)
		assert_non_null(feed_got(f, page_row(p, i).text));
	return 1;
}

static inline bool
step(struct page *p, struct feed *f)
{
	struct why why = {0};
	int rc = try_step(p, f, &why);

	if (rc == -1)
		fail_msg("%s", why.msg);
	return rc == 1;
}

static inline void
walk_through(struct page *p, struct feed *f)
{
	while (step(p, f))
		assert_true(f->calls < 3000);
	assert_true(page_sum(p).over && page_sum(p).complete);
}

static inline void
all_there(struct feed *f)
{
	for (int i = 0; i < f->n; i++)
		if (!f->at[i].gone && !f->at[i].hidden &&
		    f->at[i].got_rev != f->at[i].rev)
			fail_msg("%s is %d, not %d", f->at[i].key,
			    f->at[i].got_rev, f->at[i].rev);
}

/* The cursor of now, for the next run. */
static inline void
keep(char **from, struct page *p)
{
	if (page_cursor(p)->len == 0)
		return;
	free(*from);
	*from = strdup(page_cursor(p)->at);
}

#endif
