/* page: single answers, what is taken and what is handed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pagekit.h"

static int
take_bytes(struct page *p, const char *text, size_t len)
{
	static struct buf body;
	struct why why = {0};
	int rc;

	buf_set(&body, text, len);
	(void)buf_room(&body, JSON_PADDING);
	rc = page_take(p, body.at, body.len, &why);
	if (rc == -1)
		assert_int_equal(why.status, EX_PROTOCOL);
	return rc;
}

static int
take(struct page *p, const char *text)
{
	return take_bytes(p, text, strlen(text));
}

static void
test_rows_without_a_position_do_not_stop_a_walk(void **state)
{
	struct page *p =
	    open_walk(WALKS, "{\"position\":\"2026-01-01 12:00:00\"}", 3);

	(void)state;
	assert_int_equal(take(p, "{\"result\":[{\"id\":1,\"updatedOn\":null},"
				 "{\"id\":2},{\"id\":3,\"updatedOn\":"
				 "\"2026-01-01 12:30:00\"}],\"count\":9}"),
	    0);
	assert_int_equal(page_rows(p), 3);
	assert_false(page_sum(p).over);
	assert_int_equal(take(p, "{\"result\":[{\"id\":3,\"updatedOn\":"
				 "\"2026-01-01 12:30:00\"},"
				 "{\"id\":4,\"updatedOn\":"
				 "\"2026-01-01 11:59:40\"},"
				 "{\"id\":6,\"updatedOn\":"
				 "\"2026-01-01 11:59:39\"},{\"id\":5}],"
				 "\"count\":9}"),
	    0);
	assert_int_equal(page_rows(p), 1);
	assert_int_equal(page_row(p, 0).len, strlen("{\"id\":5}"));
	assert_true(page_sum(p).complete);
	assert_string_equal(
	    page_cursor(p)->at, "{\"position\":\"2026-01-01 12:30:00\"}");
	page_free(p);
}

static void
test_a_list_out_of_order_is_read_on(void **state)
{
	struct page *p =
	    open_walk(WALKS, "{\"position\":\"2026-01-01 12:00:00\"}", 2);

	(void)state;
	assert_int_equal(take(p, "{\"result\":[{\"id\":1,\"updatedOn\":"
				 "\"2026-01-01 10:00:00\"},{\"id\":2,"
				 "\"updatedOn\":\"2026-01-01 13:00:00\"}],"
				 "\"count\":9}"),
	    0);
	assert_int_equal(page_rows(p), 2);
	assert_false(page_sum(p).over);
	page_free(p);
}

static void
test_keeps_the_newest_of_doubles(void **state)
{
	struct page *p = open_walk(WALKS, NULL, 10);

	(void)state;
	assert_int_equal(
	    take(p, "{\"result\":["
		    "{\"id\":1,\"updatedOn\":\"2026-01-01 10:00:00\"},"
		    "{\"id\":1,\"updatedOn\":\"2026-01-01 10:00:00\"},"
		    "{\"id\":1,\"updatedOn\":\"2026-01-01 10:00:01\"},"
		    "{\"id\":1,\"updatedOn\":\"2026-01-01 09:00:00\"}"
		    "],\"count\":4}"),
	    0);
	assert_int_equal(page_rows(p), 2);
	assert_non_null(strstr(page_row(p, 1).text, "10:00:01"));
	assert_int_equal(page_sum(p).distinct, 1);
	assert_int_equal(page_sum(p).again, 2);
	assert_true(page_sum(p).complete);
	page_free(p);
}

static void
test_texts_are_passed_byte_for_byte(void **state)
{
	static const char row[] =
	    "{ \"id\" : 12345678901234567890, \"x\":1.10,\"x\":\"\\u00e9\" }";
	struct page *p = open_walk(OFFSETS, NULL, 10);
	struct buf body = BUF_INIT;

	(void)state;
	buf_fmt(
	    &body, "{\"result\":[\n %s ,\n{\"id\":2,\n\"y\":\"a  b\"}]}", row);
	assert_int_equal(take(p, body.at), 0);
	assert_int_equal(page_rows(p), 2);
	assert_int_equal(page_row(p, 0).len, strlen(row));
	assert_memory_equal(page_row(p, 0).text, row, strlen(row));
	assert_null(memchr(page_row(p, 1).text, '\n', page_row(p, 1).len));
	assert_non_null(strstr(page_row(p, 1).text, "\"a  b\""));
	buf_release(&body);
	page_free(p);
}

static void
assert_row(struct page *p, size_t i, const char *text, bool bad)
{
	struct page_row row = page_row(p, i);

	assert_int_equal(row.len, strlen(text));
	assert_memory_equal(row.text, text, row.len);
	assert_int_equal(row.bad != NULL, bad);
}

static void
test_a_bad_row_costs_itself(void **state)
{
	static const char *const bad[] = {"{\"id\":2,\"x\":\"\xff\"}",
	    "{\"id\":2,\"x\":\"\1\"}", "{\"id\":2,\"x\":tru}", "{\"id\":2,,}",
	    "{\"@ha\":\"end\",\"records\":0}", "{\"id\":2,\"\xc3\":1}",
	    "x{\"id\":2}"};
	struct page *p = NULL;
	struct buf body = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]);
	     i++) { /* first, in the middle, last */
		for (int at = 0; at < 3; at++) {
			const char *row[] = {
			    "{\"id\":1}", "{\"id\":3}", "{\"id\":4}"};

			row[at] = bad[i];
			page_free(p);
			p = open_walk(OFFSETS, NULL, 10);
			buf_clear(&body);
			buf_fmt(&body, "{\"result\":[\n %s ,\n%s\n,%s\n]}",
			    row[0], row[1], row[2]);
			assert_int_equal(take(p, body.at), 0);
			assert_int_equal(page_rows(p), 3);
			for (int k = 0; k < 3; k++)
				assert_row(p, (size_t)k, row[k], k == at);
		}
	}
	buf_release(&body);
	page_free(p);
}

static void
test_a_bad_row_in_an_object_or_alone(void **state)
{
	static const char body[] = "{\"result\":{\"0\":{\"id\":1,\"x\":\"\0\"},"
				   "\"7\":{\"id\":2,\n\"x\":\"\"}}}";
	struct page *p = open_walk(OFFSETS, NULL, 10);

	(void)state;
	assert_int_equal(take_bytes(p, body, sizeof(body) - 1), 0);
	assert_int_equal(page_rows(p), 2);
	assert_non_null(page_row(p, 0).bad);
	assert_string_equal(page_row(p, 0).key, "1");
	assert_row(p, 1, "{\"id\":2, \"x\":\"\"}", false);
	page_free(p);
	p = open_walk(NONES, NULL, 0);
	assert_int_equal(take(p, "{\"result\":{\"id\":\"\xff\"}}"), 0);
	assert_row(p, 0, "{\"id\":\"\xff\"}", true);
	assert_null(page_row(p, 0).key);
	page_free(p);
}

/* What comes behind a tear would be lost without a word. */
static void
test_a_torn_list_is_no_page(void **state)
{
	static const char *const bodies[] = {
	    "{\"result\":[{\"id\":1},{\"id\":2}{\"id\":3},{\"id\":4}]}",
	    "{\"result\":[{\"id\":1},{\"id\":2}},{\"id\":3}]}",
	    "{\"result\":[{\"id\":1}x,{\"id\":3}]}",
	    "{\"result\":[{\"id\":1},]}",
	    "{\"result\":[{\"id\":1,\"x\":[1},{\"id\":3}]}",
	    "{\"result\":[,{\"id\":1}]}",
	    "{\"result\":[{\"id\":\"\xff\"}],\"result\":[{\"id\":2}]}",
	    "{\"result\":[{\"id\":1},{\"id\":2,\"x\":\"\xff}]}",
	    "{\"result\":[{\"id\":\"\xff\"}],\"count\":1"};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct page *p = open_walk(OFFSETS, NULL, 10);

		if (take(p, bodies[i]) != -1)
			fail_msg("%s", bodies[i]);
		page_free(p);
	}
}

static void
test_what_is_no_page(void **state)
{
	static const char *const bodies[] = {"", "[]", "{}", "{\"result\":7}",
	    "{\"result\":[{\"id\":1}", "{\"result\":{\"id\":1}}"};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct page *p = open_walk(OFFSETS, NULL, 10);

		if (take(p, bodies[i]) != -1)
			fail_msg("taken: %s", bodies[i]);
		page_free(p);
	}
}

static void
test_one_object_is_a_page_of_one(void **state)
{
	struct page *p = open_walk(NONES, NULL, 0);

	(void)state;
	assert_int_equal(take(p, "{\"result\":{\n\"id\":1\r\n}}"), 0);
	assert_int_equal(page_rows(p), 1);
	assert_memory_equal(page_row(p, 0).text, "{ \"id\":1  }", 11);
	assert_true(page_sum(p).complete);
	page_free(p);
}

static void
test_since_reads_each_variant(void **state)
{
	static const char *const want[] = {
	    "/o?all=1&start=2026-01-01&limit=10&offset=0",
	    "/o?reply=1&all=2&limit=10&offset=0"};
	struct page *p =
	    open_walk(OFFSETS, "{\"position\":\"2026-01-02 10:00:00\"}", 10);
	struct buf path = BUF_INIT;
	struct why why;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(page_ask(p, &path, &why), 1);
		assert_string_equal(path.at, want[i]);
		assert_int_equal(
		    take(p, "{\"result\":[{\"id\":1,\"updatedOn\":"
			    "\"2026-01-02 11:00:00\"}],\"count\":1}"),
		    0);
		assert_int_equal(page_rows(p), i == 0 ? 1 : 0);
	}
	assert_true(page_sum(p).complete);
	assert_false(page_sum(p).full);
	assert_string_equal(
	    page_cursor(p)->at, "{\"position\":\"2026-01-02 11:00:00\"}");
	buf_release(&path);
	page_free(p);
}

static void
test_cursors_that_are_none(void **state)
{
	static const char *const bad[] = {"7", "{", "[]", "{\"x\":1}",
	    "{\"position\":7}", "{\"keys\":[1]}",
	    "{\"keys\":[\"1\",\"2\",\"3\",\"4\"]}", "{\"offset\":-1}",
	    "{\"keys\":\"1\"}"};
	struct why why = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct page_of of = {.from = bad[i]};

		assert_null(page_new(kits[OFFSETS], &of, &why));
		assert_int_equal(why.status, EX_USAGE);
	}
	page_free(open_walk(OFFSETS, "{}", 10));
	page_free(open_walk(OFFSETS, "null", 10));
	page_free(open_walk(OFFSETS, "", 10));
}

/* NULL where there are none. */
static const char *
example_file(const char *name)
{
	const char *shared = getenv("HA_SHARED");
	static char path[512];

	snprintf(path, sizeof(path), "%s/data/hostaway/%s",
	    shared != NULL ? shared : "../shared", name);
	return access(path, R_OK) == 0 ? path : NULL;
}

/* Real pages, where they are at hand: every element is a row, as it stands. */
static void
example(const struct source *s, const char *name, bool each, const char *file)
{
	struct buf body = BUF_INIT;
	struct page_of of = {
	    .account = "1", .parent = each ? "{\"id\":1}" : NULL};
	struct why why = {0};
	struct page_kit *kit;
	struct page *p;
	FILE *f;
	int ch;

	if ((f = fopen(example_file(file), "r")) == NULL)
		fail_msg("%s cannot be read", file);
	while ((ch = getc(f)) != EOF)
		buf_chr(&body, (char)ch);
	fclose(f);
	(void)buf_room(&body, JSON_PADDING);
	kit = page_kit_new(s, source_resource(s, name, &why), each, &why);
	assert_non_null(kit);
	p = page_new(kit, &of, &why);
	assert_non_null(p);
	if (page_take(p, body.at, body.len, &why) == -1)
		fail_msg("%s: %s", file, why.msg);
	assert_true(page_rows(p) > 0);
	for (size_t i = 0; i < page_rows(p); i++) {
		struct page_row r = page_row(p, i);

		assert_true(r.text[0] == '{' && r.text[r.len - 1] == '}');
		assert_null(memchr(r.text, '\n', r.len));
	}
	page_free(p);
	page_kit_free(kit);
	buf_release(&body);
}

static void
test_example_bodies(void **state)
{
	struct why why = {0};
	struct source *s;

	(void)state;
	if (example_file("listings_page.json") == NULL)
		skip();
	setenv("HA_SOURCES", "lib/sources", 1);
	s = source_load("hostaway", &why);
	setenv("HA_SOURCES", dir, 1);
	if (s == NULL)
		skip(); /* not started in the checkout */
	example(s, "listings", false, "listings_page.json");
	example(s, "reservations", false, "reservations_page.json");
	example(s, "conversations", false, "conversations_page.json");
	example(s, "messages", true, "messages_page.json");
	example(s, "reviews", false, "reviews_page.json");
	example(s, "calendar_days", true, "calendar_page.json");
	example(s, "expenses", false, "expenses_page.json");
	example(s, "charges", false, "guest_charges_page.json");
	example(s, "users", false, "users_page.json");
	example(s, "tasks", false, "tasks_page.json");
	source_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows_without_a_position_do_not_stop_a_walk),
	    cmocka_unit_test(test_a_list_out_of_order_is_read_on),
	    cmocka_unit_test(test_keeps_the_newest_of_doubles),
	    cmocka_unit_test(test_texts_are_passed_byte_for_byte),
	    cmocka_unit_test(test_a_bad_row_costs_itself),
	    cmocka_unit_test(test_a_bad_row_in_an_object_or_alone),
	    cmocka_unit_test(test_a_torn_list_is_no_page),
	    cmocka_unit_test(test_what_is_no_page),
	    cmocka_unit_test(test_one_object_is_a_page_of_one),
	    cmocka_unit_test(test_since_reads_each_variant),
	    cmocka_unit_test(test_cursors_that_are_none),
	    cmocka_unit_test(test_example_bodies)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, kits_close);
}
