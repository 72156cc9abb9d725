/* page by key alone, and rows that are named by key, over a feed that moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sysexits.h>

#include "feed.h"
#include "kits.h"

enum { IN, OR, PLAIN, TWO, OFFSET };

static struct feed f;

#define RESOURCE(name, page, key)                                              \
	"{\"name\":\"" name "\",\"path\":\"/Media\",\"query\":{\"$expand\":"   \
	"\"x\"},\"page\":{" page "},\"key\":[" key "],\"columns\":{\"id\":"    \
	"[\"text\",\".Id\"],\"rev\":[\"bigint\",\".rev\"]}}"
#define KEYSET "\"style\":\"keyset\",\"size\":10,\"time\":\"At\",\"key\":\"Id\""

static const char description[] =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"envelope\":{\"rows\":\".value\",\"count\":\".\\\"@odata.count\\\"\","
    "\"next\":\".\\\"@odata.nextLink\\\"\"},\"resources\":[" RESOURCE("in",
	KEYSET ",\"keys\":{\"size\":7,\"group\":4}",
	"\"id\"") "," RESOURCE("or",
	KEYSET ",\"filter\":\"Id ne 'z' or Id eq null\",\"select\":"
	       "\"Id,At,rev\",\"keys\":{\"by\":\"or\",\"count\":false}",
	"\"id\"") "," RESOURCE("plain", KEYSET ",\"short\":true",
	"\"id\"") "," RESOURCE("two", KEYSET,
	"\"id\",\"rev\"") "," RESOURCE("offset",
	"\"style\":\"offset\",\"size\":10", "\"id\"") "]}";

static int
setup(void **state)
{
	(void)state;
	return kits_open(description);
}

static int
teardown(void **state)
{
	free(f.asked);
	return kits_close(state);
}

static void
feed(int n, unsigned seed)
{
	free(f.asked);
	memset(&f, 0, sizeof(f));
	f.seed = seed;
	f.clock = FEED_DAY;
	for (int i = 0; i < n; i++)
		feed_add(&f);
	feed_watch(&f);
}

static struct page *
open_aim(int kind, enum page_aim aim)
{
	struct page_of of = {.aim = aim, .account = "a"};

	return kit_walk(kind, &of);
}

/* One question and its answer: 1, 0 if there is none, -1. */
static int
step(struct page *p, struct why *why)
{
	static struct buf path, body;
	int asked = page_ask(p, &path, why);

	assert_int_not_equal(asked, -1);
	if (asked == 0)
		return 0;
	feed_get(&f, path.at, &body);
	if (page_take(p, body.at, body.len, why) == -1)
		return -1;
	for (size_t i = 0; i < page_rows(p); i++)
		assert_non_null(feed_got(&f, page_row(p, i).text));
	return 1;
}

static void
walk_through(struct page *p)
{
	struct why why = {0};
	int rc;

	while ((rc = step(p, &why)) == 1)
		assert_true(f.calls < 3000);
	if (rc == -1)
		fail_msg("%s", why.msg);
}

/* Of those that were there all the time, none is missing. */
static void
all_came(void)
{
	for (int i = 0; i < f.n; i++)
		if (f.at[i].there_all_the_time && f.at[i].got_rev == -1)
			fail_msg("%s did not come", f.at[i].key);
}

static void
test_asks_for_keys_alone(void **state)
{
	struct page *p = open_aim(IN, PAGE_KEYS);
	struct buf path = BUF_INIT;
	struct why why;

	(void)state;
	feed(8, 1);
	for (int i = 0; i < 8; i++)
		snprintf(f.at[i].key, sizeof(f.at[i].key), "O'B %d", i);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(
	    path.at, "/Media?$orderby=Id&$top=7&$select=Id&$count=true");
	assert_int_equal(step(p, &why), 1);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(path.at,
	    "/Media?$filter=Id%20gt%20%27O%27%27B%206%27&$orderby=Id&$top=7"
	    "&$select=Id&$count=true");
	assert_int_equal(page_cursor(p)->len, 0);
	page_free(p);
	p = open_aim(OR, PAGE_KEYS);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(path.at,
	    "/Media?$filter=Id%20ne%20%27z%27%20or%20Id%20eq%20null&$orderby="
	    "Id&$top=10&$select=Id");
	page_free(p);
	p = open_aim(TWO, PAGE_KEYS);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(
	    feed_param(path.at, "$select"), "Id,rev"); /* the table's key */
	page_free(p);
	buf_release(&path);
}

/* A request for each page and one more, whatever the times are. */
static void
test_calls_are_few(void **state)
{
	(void)state;
	for (int n = 0; n < 60; n++) {
		struct page *p;

		feed(n, 3);
		f.numbers = n % 2 != 0;
		for (int i = 0; i < n; i++) {
			snprintf(f.at[i].key, sizeof(f.at[i].key), "%d", 9 + i);
			f.at[i].us = FEED_DAY;
			f.at[i].no_time = i % 5 == 0;
		}
		p = open_aim(IN, PAGE_KEYS);
		walk_through(p);
		all_came();
		assert_true(page_sum(p).complete && page_sum(p).full);
		assert_int_equal(page_sum(p).distinct, n);
		assert_int_equal(page_sum(p).count, n);
		assert_int_equal(f.calls, (n + 6) / 7 + 1);
		page_free(p);
		f.calls = 0;
		p = open_aim(PLAIN, PAGE_KEYS); /* a short page is the end */
		walk_through(p);
		assert_int_equal(f.calls, n / 10 + 1);
		page_free(p);
	}
}

/* Rows come, change and go; pages are shorter than asked for. */
static void
test_a_feed_that_moves(void **state)
{
	struct why why = {0};

	(void)state;
	for (unsigned seed = 1; seed <= 300; seed++) {
		struct page *p = open_aim(IN, PAGE_KEYS);

		feed(40 + (int)(seed % 60), seed);
		f.numbers = false;
		f.short_of = seed % 3 == 0 ? 2 : 0;
		f.cap = seed % 5 == 0 ? 3 : 0;
		while (step(p, &why) == 1) {
			if (f.n < FEED_MAX - 100 && f.calls < 40)
				feed_stir(&f, (int)(seed % 7));
			assert_true(f.calls < 3000);
		}
		all_came();
		assert_true(page_sum(p).over);
		page_free(p);
	}
}

static void
test_fewer_keys_than_stated(void **state)
{
	struct page *p;
	struct why why = {0};

	(void)state;
	feed(30, 1);
	f.lies = 1;
	p = open_aim(IN, PAGE_KEYS);
	walk_through(p);
	assert_true(page_sum(p).over && !page_sum(p).complete);
	assert_string_equal(page_sum(p).why, "count");
	page_free(p);
	/* a key that comes twice does not stand for another */
	feed(30, 1);
	f.lies = 5;
	f.twice = true;
	p = open_aim(IN, PAGE_KEYS);
	walk_through(p);
	assert_false(page_sum(p).complete);
	assert_int_equal(page_sum(p).distinct, 30);
	page_free(p);
	/* rows that go while we walk were never owed */
	feed(30, 1);
	p = open_aim(IN, PAGE_KEYS);
	assert_int_equal(step(p, &why), 1);
	for (int i = 0; i < 30; i++)
		f.at[i].gone |= i % 2 == 0 && f.at[i].got_rev == -1;
	walk_through(p);
	assert_true(page_sum(p).complete);
	page_free(p);
}

static void
test_a_server_that_does_not_obey(void **state)
{
	struct page *p = open_aim(IN, PAGE_KEYS);
	struct why why = {0};
	int rc;

	(void)state;
	feed(30, 1);
	f.deaf = true;
	while ((rc = step(p, &why)) == 1)
		assert_true(f.calls < 9);
	assert_int_equal(rc, -1);
	assert_int_equal(why.status, EX_PROTOCOL);
	page_free(p);
}

static void
test_answers_that_cannot_be(void **state)
{
	static const char *const bad[] = {"{\"value\":[{\"At\":\"2026\"}]}",
	    "{\"value\":[{\"Id\":null}]}", "{\"value\":[7]}", "{}",
	    "{\"value\":[{\"Id\":[1]}]}",
	    "{\"value\":[],\"@odata.nextLink\":\"https://x.example/\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct page *p = open_aim(IN, PAGE_KEYS);
		struct buf body = BUF_INIT;
		struct why why = {0};

		buf_str(&body, bad[i]);
		(void)buf_room(&body, JSON_PADDING);
		assert_int_equal(page_take(p, body.at, body.len, &why), -1);
		assert_int_equal(why.status, EX_PROTOCOL);
		page_free(p);
		buf_release(&body);
	}
}

static void
test_only_by_keyset_and_from_nothing(void **state)
{
	struct page_of of = {.aim = PAGE_KEYS, .account = "a"};
	struct why why = {0};

	(void)state;
	assert_null(page_new(kits[OFFSET], &of, &why));
	assert_int_equal(why.status, EX_USAGE);
	of.from = "{\"position\":\"2026-01-01T00:00:00Z\"}";
	assert_null(page_new(kits[IN], &of, &why));
	assert_int_equal(why.status, EX_USAGE);
}

static int
want(struct page *p, const char *json, struct why *why)
{
	struct buf rec = BUF_INIT;
	int rc;

	buf_fmt(&rec, "{\"Id\":%s}", json);
	(void)buf_room(&rec, JSON_PADDING);
	rc = page_want(p, rec.at, rec.len, why);
	buf_release(&rec);
	return rc;
}

static void
test_rows_are_asked_for_in_groups(void **state)
{
	static const char *const keys[] = {
	    "\"O'B 1\"", "\"\\u004f'B 2\"", "\"gone\"", "\"O'B 3\""};
	struct page *p = open_aim(IN, PAGE_LOOKUP);
	struct buf path = BUF_INIT;
	struct why why = {0};

	(void)state;
	feed(8, 1);
	for (int i = 0; i < 8; i++)
		snprintf(f.at[i].key, sizeof(f.at[i].key), "O'B %d", i);
	assert_int_equal(page_ask(p, &path, &why), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(want(p, keys[i], &why), i == 3);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(feed_param(path.at, "$filter"),
	    "Id in ('O''B 1','O''B 2','gone','O''B 3')");
	assert_string_equal(feed_param(path.at, "$top"), "4");
	f.cap = 2; /* what did not come is asked for again */
	walk_through(p);
	assert_int_equal(f.calls, 3);
	assert_string_equal(f.asked, "Id in ('gone')");
	assert_int_equal(page_sum(p).distinct, 3);
	assert_int_equal(page_sum(p).gone, 1);
	/* the next group; a number stays one, a key twice is one */
	assert_int_equal(want(p, "12", &why), 0);
	assert_int_equal(want(p, "\"O'B 7\"", &why), 0);
	assert_int_equal(want(p, "\"O'B 7\"", &why), 0);
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_string_equal(
	    feed_param(path.at, "$filter"), "Id in (12,'O''B 7','O''B 7')");
	page_free(p);
	buf_release(&path);
}

static void
test_rows_by_or(void **state)
{
	struct page *p = open_aim(OR, PAGE_LOOKUP);
	struct buf path = BUF_INIT;
	struct why why = {0};
	char key[8];

	(void)state;
	feed(40, 1);
	for (int i = 0; i < 40; i++)
		snprintf(f.at[i].key, sizeof(f.at[i].key), "k%d", i);
	for (int i = 0; i < 20; i++) {
		snprintf(key, sizeof(key), "\"k%d\"", i);
		assert_int_equal(want(p, key, &why), i == 19);
	}
	assert_int_equal(page_ask(p, &path, &why), 1);
	assert_memory_equal(feed_param(path.at, "$filter"),
	    "(Id ne 'z' or Id eq null) and (Id eq 'k0' or Id eq 'k1' or ", 58);
	assert_string_equal(feed_param(path.at, "$select"), "Id,At,rev");
	/* too heavy for the far side: by halves */
	assert_true(page_smaller(p));
	walk_through(p);
	assert_int_equal(f.calls, 2);
	assert_int_equal(page_sum(p).distinct, 20);
	/* a row that nobody asked for */
	assert_int_equal(want(p, "\"k21\"", &why), 0);
	f.deaf = true;
	assert_int_equal(step(p, &why), -1);
	assert_int_equal(why.status, EX_PROTOCOL);
	/* a record that has no key */
	assert_int_equal(want(p, "null", &why), -1);
	assert_int_equal(why.status, EX_DATAERR);
	page_free(p);
	buf_release(&path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_asks_for_keys_alone),
	    cmocka_unit_test(test_calls_are_few),
	    cmocka_unit_test(test_a_feed_that_moves),
	    cmocka_unit_test(test_fewer_keys_than_stated),
	    cmocka_unit_test(test_a_server_that_does_not_obey),
	    cmocka_unit_test(test_answers_that_cannot_be),
	    cmocka_unit_test(test_only_by_keyset_and_from_nothing),
	    cmocka_unit_test(test_rows_are_asked_for_in_groups),
	    cmocka_unit_test(test_rows_by_or),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
