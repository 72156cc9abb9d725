/* cut: a record as its key and the fields of a row, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "table/cut.h"

#define OF_ROOMS                                                               \
	"{\"parent\":\"rooms\",\"path\":\"/rooms/{parent.id}/"                 \
	"x\",\"refresh\":\"1d\"}"

static const char description[] =
    "{\"v\":1,\"source\":\"cuts\",\"title\":\"t\","
    "\"base\":\"https://api.example.com\",\"auth\":{\"style\":\"none\"},"
    "\"envelope\":{\"rows\":\".result\"},\"resources\":["
    "{\"name\":\"rooms\",\"path\":\"/rooms\",\"page\":{\"style\":\"none\"},"
    "\"key\":[\"id\"],\"columns\":{\"id\":[\"bigint\",\".id\"],"
    "\"name\":[\"text\",\".name\"]},"
    "\"fields\":{\"id\":\"id\"}},"
    "{\"name\":\"days\",\"each\":" OF_ROOMS ","
    "\"key\":[\"date\",\"listing_id\"],\"columns\":{"
    "\"listing_id\":[\"bigint\",\"$parent.id\"],"
    "\"date\":[\"date\",\".date\"],\"price\":[\"numeric\",\".price\"],"
    "\"note\":[\"text\",\".note\"],"
    "\"loud\":[\"text\",\".note | strings | ascii_upcase\"]},"
    "\"required\":{\".note\":\"string|null\",\".price\":\"number\","
    "\".extra\":\"object|absent\"},"
    "\"deleted\":\".gone == true\"},"
    "{\"name\":\"people\",\"each\":" OF_ROOMS ","
    "\"identity\":[{\"name\":\"id\",\"from\":[\".id\"]},"
    "{\"name\":\"at\",\"from\":[\"$parent.id\",\".date\"]}],"
    "\"columns\":{\"id\":[\"bigint\",\".id\"]}},"
    "{\"name\":\"rates\",\"path\":\"/rates\",\"page\":{\"style\":\"none\"},"
    "\"key\":[\"id\"],\"columns\":{\"id\":[\"integer?\",\".id\"],"
    "\"rate\":[\"numeric?\",\".rate\"],\"day\":[\"date?\",\".day\"]}}]}";

static char dir[] = "/tmp/ha-cut-XXXXXX";
static struct source *source;
static struct why why;
static struct buf out;

static struct cut *
cut_of(const char *resource)
{
	const struct resource *r = source_resource(source, resource, &why);
	struct cut *c;

	assert_non_null(r);
	assert_non_null(c = cut_new(r, &why));
	return c;
}

/* A padded copy; the caller frees it. */
static char *
padded(const char *text)
{
	char *copy = malloc(strlen(text) + JSON_PADDING);

	assert_non_null(copy);
	memset(copy + strlen(text), '}', JSON_PADDING);
	memcpy(copy, text, strlen(text));
	return copy;
}

static void
parent(struct cut *c, const char *text)
{
	char *copy = padded(text);

	assert_int_equal(cut_parent(c, copy, strlen(text), &why), 0);
	free(copy);
}

/* The key, or the reason why there is none. */
static const char *
key(struct cut *c, const char *rec)
{
	char *copy = padded(rec);
	int rc = cut_key(c, copy, strlen(rec), &out, &why);

	free(copy);
	if (rc == 0)
		return out.at;
	assert_int_equal(why.status, EX_DATAERR);
	return why.msg;
}

/* "" or the reason; the fields are in `out`. */
static const char *
row(struct cut *c, const char *rec)
{
	char *copy = padded(rec);
	int rc;

	buf_clear(&out);
	buf_str(&out, "before");
	rc = cut_row(c, copy, strlen(rec), &out, &why);
	free(copy);
	if (rc == 0)
		return "";
	assert_int_equal(why.status, EX_DATAERR);
	assert_int_equal(out.len, 6);
	return why.msg;
}

static void
test_a_key_is_what_postgresql_prints(void **state)
{
	struct cut *c = cut_of("days");

	(void)state;
	parent(c, "{\"id\":1e3,\"change\":\"x\"}");
	assert_string_equal(
	    key(c, "{\"date\":\"2024-05-01 10:00:00\"}"), "2024-05-01|1000");
	/* what stands beside the key is not looked at */
	assert_string_equal(
	    key(c, "{\"price\":[oops],\"date\":\"2024-05-01\"}"),
	    "2024-05-01|1000");
	assert_string_equal(
	    key(c, "{\"date\":\"\\u0032024-05-02\"}"), "2024-05-02|1000");
	cut_free(c);
	c = cut_of("rooms");
	assert_string_equal(key(c, "{\"id\":\"7.0\"}"), "7");
	assert_string_equal(
	    key(c, "{\"id\":1,\"x\":{\"id\":2},\"id\":3}"), "3");
	cut_free(c);
}

static const char *
guess(struct cut *c, const char *rec)
{
	buf_clear(&out);
	return cut_guess(c, rec, strlen(rec), &out) ? out.at : NULL;
}

static void
test_a_guess_looks_at_the_first_member(void **state)
{
	struct cut *c = cut_of("rooms");

	(void)state;
	assert_string_equal(guess(c, "{\"id\":41,\"name\":\"x\"}"), "41");
	assert_string_equal(guess(c, "{\"id\": 7}"), "7");
	/* no parsing: a later member may say otherwise */
	assert_string_equal(guess(c, "{\"id\":1,\"id\":2}"), "1");
	assert_null(guess(c, "{\"name\":\"x\",\"id\":41}"));
	assert_null(guess(c, "{\"id\":\"41\"}"));
	assert_null(guess(c, "{\"id\":4.5}"));
	assert_null(guess(c, "{\"id\":-4}"));
	assert_null(guess(c, "{\"id\":}"));
	assert_null(guess(c, "{\"id\":41"));
	assert_null(guess(c, "{\"idx\":41}"));
	assert_null(guess(c, "{}"));
	assert_null(guess(c, ""));
	cut_free(c);
	c = cut_of("people");
	assert_string_equal(guess(c, "{\"id\":41}"), "id:41");
	cut_free(c);
	c = cut_of("days"); /* of two columns, one of them the parent's */
	assert_null(guess(c, "{\"date\":20240501}"));
	cut_free(c);
}

static void
test_a_record_without_its_key_is_refused(void **state)
{
	struct cut *c = cut_of("rooms");

	(void)state;
	assert_string_equal(key(c, "{}"), "id: missing, but it is the key");
	assert_string_equal(
	    key(c, "{\"id\":null}"), "id: null, but it is the key");
	assert_string_equal(
	    key(c, "{\"id\":\"\"}"), "id: empty, but it is the key");
	assert_string_equal(
	    key(c, "{\"id\":\"Ann\"}"), "id: string of 3 bytes is no bigint");
	assert_string_equal(
	    key(c, "{\"id\":[1,2]}"), "id: array of 5 bytes is no bigint");
	assert_string_equal(
	    key(c, "{\"id\":true}"), "id: boolean is no bigint");
	assert_string_equal(key(c, "[1]"), "id: missing, but it is the key");
	assert_string_equal(row(c, "{}"), "id: missing, but it is the key");
	assert_string_equal(row(c, "[1]"), "array, wanted object");
	assert_string_equal(
	    row(c, "{\"id\":1"), "byte 8: the text ends too early");
	cut_free(c);
	c = cut_of("days");
	assert_string_equal(key(c, "{\"date\":\"2024-05-01\"}"),
	    "listing_id: missing, but it is the key");
	cut_free(c);
}

static void
test_the_first_complete_identity_counts(void **state)
{
	struct cut *c = cut_of("people");

	(void)state;
	parent(c, "{\"id\":5}");
	assert_string_equal(key(c, "{\"id\":7,\"date\":\"d\"}"), "id:7");
	assert_string_equal(
	    key(c, "{\"id\":null,\"date\":\"d\\n\"}"), "at:5|d\n");
	assert_string_equal(key(c, "{\"id\":\"\",\"date\":\"d\"}"), "at:5|d");
	assert_string_equal(key(c, "{\"id\":\"\",\"date\":\"\"}"),
	    "no identity: none of id, at is complete");
	assert_int_equal(cut_parent(c, NULL, 0, &why), 0);
	assert_string_equal(key(c, "{\"date\":\"d\"}"),
	    "no identity: none of id, at is complete");
	assert_string_equal(key(c, "{\"id\":\"\\ud800\"}"),
	    "id: holds half a surrogate pair, which PostgreSQL refuses");
	cut_free(c);
}

static void
test_a_long_identity_ends_in_a_hash(void **state)
{
	struct cut *c = cut_of("people");
	char rec[1024], first[256];

	(void)state;
	for (size_t n = 150; n < 300; n++) {
		/* characters of two bytes, cut at each place */
		strlcpy(rec, "{\"id\":\"", sizeof(rec));
		if (n % 2 == 1)
			strlcat(rec, "x", sizeof(rec));
		for (size_t i = n % 2; i < n; i += 2)
			strlcat(rec, "\xc3\xa9", sizeof(rec));
		strlcat(rec, "\"}", sizeof(rec));
		key(c, rec);
		assert_true(out.len <= 200);
		assert_true(n + 3 > 200 || out.len == n + 3);
		if (n + 3 > 200)
			assert_int_equal(out.at[out.len - 33], '#');
		/* still UTF-8: all but the x and "id:" and the hash in pairs */
		if (n + 3 > 200)
			assert_int_equal((out.len - 33 - 3 - n % 2) % 2, 0);
	}
	strlcpy(first, out.at, sizeof(first));
	rec[strlen(rec) - 3] = '\xa8';
	key(c, rec);
	assert_int_equal(out.len, strlen(first));
	assert_string_not_equal(out.at, first);
	cut_free(c);
}

static void
test_a_row_is_its_fields_in_order(void **state)
{
	static const char want[] =
	    "before"
	    "\0\0\0\x08\0\0\0\0\0\0\0\x05"	   /* listing_id */
	    "\0\0\0\x04\0\0\x22\xb5"		   /* date, 8885 days */
	    "\0\0\0\x0c\0\2\0\0\0\0\0\2\0\1\3\xe8" /* 1.10: 1, 1000 */
	    "\0\0\0\x03"
	    "a\"b"
	    "\0\0\0\x03"
	    "A\"B";
	struct cut *c = cut_of("days");

	(void)state;
	parent(c, "{\"id\":5}");
	assert_string_equal(
	    row(c, "{\"price\":1.10,\"note\":\"a\\\"b\",\"date\":"
		   "\"2024-04-29\"}"),
	    "");
	assert_int_equal(out.len, sizeof(want) - 1);
	assert_memory_equal(out.at, want, out.len);
	assert_string_equal(row(c, "{\"price\":0,\"note\":null,\"date\":"
				   "\"2024-04-29\"}"),
	    "");
	assert_memory_equal(
	    out.at + out.len - 8, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	cut_free(c);
	c = cut_of("people");
	assert_string_equal(row(c, "{\"id\":9}"), "");
	assert_int_equal(out.len, 6 + 4 + 4 + 4 + 8);
	assert_memory_equal(out.at + 6, "\0\0\0\4id:9\0\0\0\x08", 12);
	cut_free(c);
}

static void
test_what_is_of_no_type_may_be_null_but_not_the_key(void **state)
{
	static const char nulls[] = "before\0\0\0\4\0\0\0\x09"
				    "\xff\xff\xff\xff\xff\xff\xff\xff";
	struct cut *c = cut_of("rates");

	(void)state;
	assert_string_equal(
	    row(c, "{\"id\":9,\"rate\":\"n/a\",\"day\":\"2024-02-30\"}"), "");
	assert_int_equal(out.len, sizeof(nulls) - 1);
	assert_memory_equal(out.at, nulls, out.len);
	assert_string_equal(
	    row(c, "{\"id\":9,\"rate\":[1],\"day\":20240501}"), "");
	assert_memory_equal(out.at, nulls, out.len);
	assert_string_equal(
	    row(c, "{\"id\":9,\"rate\":1,\"day\":\"2024-04-29\"}"), "");
	assert_int_equal(out.len, 6 + 8 + 4 + 10 + 8);
	assert_string_equal(
	    row(c, "{\"id\":\"n/a\"}"), "id: string of 3 bytes is no integer");
	cut_free(c);
}

static void
test_required_members_are_checked_by_type(void **state)
{
	struct cut *c = cut_of("days");

	(void)state;
	parent(c, "{\"id\":5}");
	assert_string_equal(row(c, "{\"note\":3,\"price\":1}"),
	    "note: number, wanted string|null");
	assert_string_equal(
	    row(c, "{\"price\":1}"), "note: missing, wanted string|null");
	assert_string_equal(row(c, "{\"note\":\"\",\"price\":true}"),
	    "price: boolean, wanted number");
	assert_string_equal(row(c, "{\"note\":\"\",\"price\":1,\"extra\":2}"),
	    "extra: number, wanted object|absent");
	cut_free(c);
}

static void
test_a_refused_value_is_not_shown(void **state)
{
	struct cut *c = cut_of("days");

	(void)state;
	parent(c, "{\"id\":5}");
	assert_string_equal(row(c, "{\"note\":\"x\",\"price\":1,"
				   "\"date\":\"2025-13-01\"}"),
	    "date: string of 10 bytes is no date");
	assert_string_equal(row(c, "{\"note\":\"\\u0000\",\"price\":1,"
				   "\"date\":\"2025-12-01\"}"),
	    "holds \\u0000, which PostgreSQL refuses");
	assert_string_equal(row(c, "{\"note\":\"x\",\"price\":1,\"deep\":"
				   "[\"\\ud800\"],\"date\":\"2025-12-01\"}"),
	    "holds half a surrogate pair, which PostgreSQL refuses");
	assert_string_equal(row(c, "{\"note\":\"x\",\"price\":1e200000,"
				   "\"date\":\"2025-12-01\"}"),
	    "holds a number out of PostgreSQL's range");
	cut_free(c);
}

static void
test_the_seed_is_made_of_what_columns_hold(void **state)
{
	struct cut *c = cut_of("days"), *other = cut_of("rooms");
	uint64_t none = cut_seed(c), seed;

	(void)state;
	/* another way of cutting, another seed and mark */
	assert_true(cut_seed(other) != none);
	assert_true(cut_mark(other) != cut_mark(c));
	cut_free(other);
	parent(c, "{\"id\":5,\"change\":\"a\"}");
	seed = cut_seed(c);
	assert_true(seed != none);
	parent(c, "{\"change\":\"b\",\"id\":5}");
	assert_true(cut_seed(c) == seed);
	parent(c, "{\"id\":6,\"change\":\"b\"}");
	assert_true(cut_seed(c) != seed);
	assert_int_equal(cut_parent(c, NULL, 0, &why), 0);
	assert_true(cut_seed(c) == none);
	cut_free(c);
	c = cut_of("rooms");
	none = cut_seed(c);
	parent(c, "{\"id\":6}");
	assert_true(cut_seed(c) == none);
	cut_free(c);
}

static void
test_a_parent_must_be_an_object(void **state)
{
	static const char *const bad[] = {
	    "[]", "1", "{\"id\":", "", "{\"id\":\"\\u0000\"}"};
	struct cut *c = cut_of("days");

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *copy = padded(bad[i]);

		assert_int_equal(cut_parent(c, copy, strlen(bad[i]), &why), -1);
		assert_int_equal(why.status, EX_DATAERR);
		assert_memory_equal(why.msg, "parent: ", 8);
		free(copy);
	}
	cut_free(c);
}

static void
test_a_record_may_say_that_it_is_deleted(void **state)
{
	static const struct {
		const char *rec;
		int is;
	} recs[] = {{"{\"gone\":true}", 1}, {"{\"gone\":false}", 0}, {"{}", 0},
	    {"{\"gone\":", -1}};
	struct cut *c = cut_of("days"), *rooms = cut_of("rooms");

	(void)state;
	for (size_t i = 0; i < sizeof(recs) / sizeof(*recs); i++) {
		char *copy = padded(recs[i].rec);

		assert_int_equal(
		    cut_deleted(c, copy, strlen(recs[i].rec), &why),
		    recs[i].is);
		assert_int_equal(
		    cut_deleted(rooms, copy, strlen(recs[i].rec), &why), 0);
		free(copy);
	}
	cut_free(c);
	cut_free(rooms);
}

static int
setup(void **state)
{
	char path[64];
	FILE *f;

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/cuts.json", dir);
	if ((f = fopen(path, "w")) == NULL)
		return -1;
	fwrite(description, 1, sizeof(description) - 1, f);
	if (fclose(f) != 0 || setenv("HA_SOURCES", dir, 1) != 0)
		return -1;
	if ((source = source_load("cuts", &why)) == NULL)
		fprintf(stderr, "%s\n", why.msg);
	unlink(path);
	rmdir(dir);
	return source == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	source_free(source);
	buf_release(&out);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_key_is_what_postgresql_prints),
	    cmocka_unit_test(test_a_guess_looks_at_the_first_member),
	    cmocka_unit_test(test_a_record_without_its_key_is_refused),
	    cmocka_unit_test(test_the_first_complete_identity_counts),
	    cmocka_unit_test(test_a_long_identity_ends_in_a_hash),
	    cmocka_unit_test(test_a_row_is_its_fields_in_order),
	    cmocka_unit_test(
		test_what_is_of_no_type_may_be_null_but_not_the_key),
	    cmocka_unit_test(test_required_members_are_checked_by_type),
	    cmocka_unit_test(test_a_refused_value_is_not_shown),
	    cmocka_unit_test(test_the_seed_is_made_of_what_columns_hold),
	    cmocka_unit_test(test_a_parent_must_be_an_object),
	    cmocka_unit_test(test_a_record_may_say_that_it_is_deleted),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
