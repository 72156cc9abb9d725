/* json_value: values by their exact text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"

static struct json *json;
static struct why why;

static void
assert_val(const struct json_val *v, enum json_type type, const char *text)
{
	assert_int_equal(v->type, type);
	assert_int_equal(v->len, strlen(text));
	assert_memory_equal(v->text, text, v->len);
}

static int
join(void *ctx, const struct json_val *val, struct why *w)
{
	struct buf *to = ctx;

	(void)w;
	buf_add(to, val->text, val->len);
	buf_chr(to, '\n');
	return 0;
}

static int
stop(void *ctx, const struct json_val *val, struct why *w)
{
	int *n = ctx;

	(void)val;
	(void)w;
	return ++*n == 2 ? 17 : 0;
}

static int
see_member(void *ctx, const char *key, size_t keylen,
    const struct json_val *val, struct why *w)
{
	struct buf *to = ctx;

	buf_add(to, key, keylen);
	buf_chr(to, '=');
	buf_add(to, val->text, val->len);
	buf_chr(to, ';');
	if (val->type == JSON_OBJECT)
		return json_members(val, see_member, to, w);
	return keylen == 4 ? 5 : 0;
}

static void
test_members_come_in_order_and_nested(void **state)
{
	static const char text[] =
	    "{ \"a\" : 1 , \"\\u0062\\\"\":{\"c\":\"}\\\""
	    "\"} ,\"a\":[ ], \"stop\":null,\"z\":0}";
	struct json_val obj = {JSON_OBJECT, text, sizeof(text) - 1}, v;
	struct buf got = BUF_INIT;

	(void)state;
	assert_int_equal(json_members(&obj, see_member, &got, &why), 5);
	assert_string_equal(got.at, "a=1;b\"={\"c\":\"}\\\"\"};c=\"}\\\"\";"
				    "a=[ ];stop=null;");
	v = json_get(&obj, "a");
	assert_val(&v, JSON_ARRAY, "[ ]");
	v = json_get(&obj, "b\"");
	assert_int_equal(v.type, JSON_OBJECT);
	v = json_get(&v, "c");
	assert_val(&v, JSON_STRING, "\"}\\\"\"");
	assert_int_equal(json_get(&v, "c").type, JSON_NONE);
	assert_int_equal(json_get(&obj, "nope").type, JSON_NONE);
	assert_int_equal(json_elements(&obj, join, &got, &why), -1);
	obj.type = JSON_ARRAY;
	assert_int_equal(json_members(&obj, see_member, &got, &why), -1);
	buf_release(&got);
}

static void
test_elements_come_in_order(void **state)
{
	static const char text[] = "[1, [2,3] ,\"],\",{\"a\":[]},null]";
	struct json_val arr = {JSON_ARRAY, NULL, sizeof(text) - 1};
	struct buf got = BUF_INIT;
	int n = 0;

	(void)state;
	arr.text = text;
	assert_int_equal(json_elements(&arr, join, &got, &why), 0);
	assert_string_equal(got.at, "1\n[2,3]\n\"],\"\n{\"a\":[]}\nnull\n");
	assert_int_equal(json_elements(&arr, stop, &n, &why), 17);
	arr.text = "[ ]";
	arr.len = 3;
	buf_clear(&got);
	assert_int_equal(json_elements(&arr, join, &got, &why), 0);
	assert_int_equal(got.len, 0);
	buf_release(&got);
}

static int
text_of(const char *text, struct buf *to)
{
	struct json_val v = {json_type_of(*text), text, strlen(text)};

	buf_clear(to);
	return json_text(&v, to, &why);
}

static void
test_strings_lose_their_escapes(void **state)
{
	struct buf got = BUF_INIT;

	(void)state;
	assert_int_equal(text_of("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", &got), 0);
	assert_string_equal(got.at, "a\"\\/\b\f\n\r\tz");
	assert_int_equal(
	    text_of("\"\\u0041\\u00e9\\u65e5\\uD83D\\ude00!\"", &got), 0);
	assert_string_equal(got.at, "A\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80!");
	assert_int_equal(text_of("1.10", &got), 0);
	assert_string_equal(got.at, "1.10");
	assert_int_equal(text_of("\"a\\u0000\"", &got), -1);
	assert_non_null(strstr(why.msg, "\\u0000"));
	assert_int_equal(text_of("\"\\ud800\"", &got), -1);
	assert_int_equal(text_of("\"\\ud800\\u0041\"", &got), -1);
	assert_int_equal(text_of("\"\\udc00\"", &got), -1);
	assert_non_null(strstr(why.msg, "surrogate"));
	assert_int_equal(text_of("\"\\q\"", &got), -1);
	assert_int_equal(text_of("\"\\u12\"", &got), -1);
	buf_release(&got);
}

static void
test_what_postgresql_refuses_is_known(void **state)
{
	static const char *const good[] = {"\"\\ud83d\\ude00\"",
	    "\"\\\\u0000\"", "1e131071", "9.99e131071", "0.001e131074",
	    "1e-16383", "12345678901234567890.123", "0e999999",
	    "{\"\\u00e9\":[-1.5e3]}", "\"1e999999\""};
	static const char *const bad[] = {"\"\\u0000\"", "{\"\\u0000\":1}",
	    "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"",
	    "\"\\udc00\\ud800\"", "\"\\ud800\\ud800\"", "1e131072", "10e131071",
	    "[1e-16384]", "-1e999999999999999999999", "1e-999999",
	    "0.0e-16383"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (json_pg_ok(good[i], strlen(good[i]), &why) != 0)
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (json_pg_ok(bad[i], strlen(bad[i]), &why) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(
		    json_check(json, bad[i], strlen(bad[i]), NULL, &why), 0);
		assert_false(json_plain(json));
	}
	assert_int_equal(json_check(json, "{}", 2, NULL, &why), 0);
	assert_true(json_plain(json));
}

static void
test_numbers_of_great_length_are_measured(void **state)
{
	struct buf n = BUF_INIT;

	(void)state;
	buf_str(&n, "0.");
	for (int i = 0; i < 16383; i++)
		buf_chr(&n, '1');
	assert_int_equal(json_pg_ok(n.at, n.len, &why), 0);
	buf_chr(&n, '1');
	assert_int_equal(json_pg_ok(n.at, n.len, &why), -1);
	assert_int_equal(json_check(json, n.at, n.len, NULL, &why), 0);
	assert_false(json_plain(json));
	buf_clear(&n);
	for (int i = 0; i < 131072; i++)
		buf_chr(&n, '9');
	assert_int_equal(json_pg_ok(n.at, n.len, &why), 0);
	buf_chr(&n, '9');
	assert_int_equal(json_pg_ok(n.at, n.len, &why), -1);
	buf_release(&n);
}

static void
test_integers_are_read_exactly(void **state)
{
	static const struct {
		const char *text;
		int rc;
		long long n;
	} is[] = {{"0", 0, 0}, {"-0", 0, 0}, {"1.0", 0, 1}, {"1e3", 0, 1000},
	    {"1.05e2", 0, 105}, {"1.50e1", 0, 15}, {"100e-2", 0, 1},
	    {"10.000", 0, 10}, {"9223372036854775807", 0, INT64_MAX},
	    {"-9223372036854775808", 0, INT64_MIN},
	    {"9223372036854775808", -1, 0}, {"1.5", -1, 0}, {"1e19", -1, 0},
	    {"1e-1", -1, 0}, {"1.05", -1, 0}, {"0e99999999999", 0, 0},
	    {"123456789012345678901234567890", -1, 0},
	    {"9007199254740993", 0, 9007199254740993},
	    {"1.00000000000000000000000000000000000", 0, 1}};
	struct json_val v = {JSON_NUMBER, NULL, 0};
	long long n;

	(void)state;
	for (size_t i = 0; i < sizeof(is) / sizeof(*is); i++) {
		v.text = is[i].text;
		v.len = strlen(v.text);
		n = 0;
		if (json_int(&v, INT64_MIN, INT64_MAX, &n) != is[i].rc ||
		    n != is[i].n)
			fail_msg("%s: %lld", is[i].text, n);
	}
	assert_int_equal(json_int(&v, 2, 5, &n), -1);
	v.type = JSON_STRING;
	assert_int_equal(json_int(&v, 0, 5, &n), -1);
}

static int
setup(void **state)
{
	(void)state;
	json = json_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_free(json);
	return 0;
}

static void
note_repair(
    void *ctx, const char *path, size_t offset, const char *text, size_t len)
{
	buf_fmt(ctx, "%s %zu %.*s\n", path, offset, (int)len, text);
}

/* As long as it was, and nothing but the bad escapes is other. */
static void
test_repair_is_told_string_by_string(void **state)
{
	static const struct {
		const char *text, *mended, *told;
	} cases[] = {
	    {"{\"a\":\"\\u0041\\\\u0000\"}", "{\"a\":\"\\u0041\\\\u0000\"}",
		""},
	    {"\"\\u0000\"", "\"\\ufffd\"", ". 0 \"\\u0000\"\n"},
	    {"[1,{\"b c\":[\"\\ud83d\\ude00\\ud83d\"]},true]",
		"[1,{\"b c\":[\"\\ud83d\\ude00\\ufffd\"]},true]",
		".[1].\"b c\"[0] 11 \"\\ud83d\\ude00\\ud83d\"\n"},
	    {" {\"x\" : {\"\\udc00\" : 1 , \"y\":\"\\uDBFFx\\u0000\"} } ",
		" {\"x\" : {\"\\ufffd\" : 1 , \"y\":\"\\ufffdx\\ufffd\"} } ",
		".x 9 \"\\udc00\"\n.x.y 28 \"\\uDBFFx\\u0000\"\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf to = BUF_INIT, told = BUF_INIT;

		buf_str(&told, "");
		json_repair(cases[i].text, strlen(cases[i].text), &to,
		    note_repair, &told);
		assert_string_equal(to.at, cases[i].mended);
		assert_string_equal(told.at, cases[i].told);
		assert_int_equal(json_pg_ok(to.at, to.len, &why), 0);
		buf_release(&to);
		buf_release(&told);
	}
}

static void
test_mask_leaves_what_is_good(void **state)
{
	static const char text[] = "{\"a\":\"x\xff\0\\\"y\",\n\"b\":1\0}";
	static const char want[] = "{\"a\":\"x\x7f\x7f\\\"y\", \"b\":1 }";
	struct buf to = BUF_INIT;

	(void)state;
	json_mask(text, sizeof(text) - 1, &to);
	assert_int_equal(to.len, sizeof(text) - 1);
	assert_string_equal(to.at, want);
	assert_true(json_masked(to.at, to.len));
	buf_release(&to);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_repair_is_told_string_by_string),
	    cmocka_unit_test(test_mask_leaves_what_is_good),
	    cmocka_unit_test(test_members_come_in_order_and_nested),
	    cmocka_unit_test(test_elements_come_in_order),
	    cmocka_unit_test(test_strings_lose_their_escapes),
	    cmocka_unit_test(test_what_postgresql_refuses_is_known),
	    cmocka_unit_test(test_numbers_of_great_length_are_measured),
	    cmocka_unit_test(test_integers_are_read_exactly),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
