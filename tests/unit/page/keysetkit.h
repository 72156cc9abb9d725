/*
 * keysetkit -- a description of resources paged by keyset, walks over a feed.
 * Included by the tests of it: setup and teardown are theirs.
 */
#ifndef KEYSETKIT_H
#define KEYSETKIT_H

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "feed.h"
#include "page/page.h"

enum { PLAIN, SHORT, FILTERED, COUNTED, EXACT, TIMED, KINDS };

static char dir[] = "/tmp/ha-keyset-XXXXXX";
static struct source *source;
static struct page_kit *kits[KINDS];
static const char *const names[] = {
    "plain", "short", "filtered", "counted", "exact", "timed"};

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
	char path[64];
	struct why why = {0};
	FILE *f;

	(void)state;
	if (mkdtemp(dir) == NULL || setenv("HA_SOURCES", dir, 1) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/t.json", dir);
	if ((f = fopen(path, "w")) == NULL || fputs(description, f) < 0 ||
	    fclose(f) != 0)
		return -1;
	if ((source = source_load("t", &why)) == NULL) {
		fprintf(stderr, "%s\n", why.msg);
		return -1;
	}
	for (int i = 0; i < KINDS; i++)
		if ((kits[i] = page_kit_new(source,
			 source_resource(source, names[i], &why), false,
			 &why)) == NULL)
			return -1;
	return 0;
}

static inline int
teardown(void **state)
{
	char path[64];

	(void)state;
	for (int i = 0; i < KINDS; i++)
		page_kit_free(kits[i]);
	source_free(source);
	snprintf(path, sizeof(path), "%s/t.json", dir);
	unlink(path);
	return rmdir(dir);
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

static inline struct page *
open_walk(int kind, const char *from, int size)
{
	struct page_of of = {
	    .account = "a+b", .from = from, .size = size, .now = clock_of_ours};
	struct why why = {0};
	struct page *p = page_new(kits[kind], &of, &why);

	if (p == NULL)
		fail_msg("%s", why.msg);
	return p;
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
