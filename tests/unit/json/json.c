/* json: what is refused, and at which byte; values by their exact text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"

/* What lies behind a text must not matter: here it would go on. */
#define BEHIND '7'

static struct json *json;
static struct why why;

/* A text in memory of its own, so that a checker sees each byte too far. */
static char *
padded(const char *text, size_t len)
{
	char *copy = malloc(len + JSON_PADDING);

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(copy + len, BEHIND, JSON_PADDING);
	return copy;
}

static int
check(const char *text, size_t len)
{
	static const char *const names[] = {".", ".a", ".a.b"};
	struct json_paths *p = json_paths_new(names, 3, &why);
	char *copy = padded(text, len);
	struct json_val vals[3];
	struct why other = {0, ""};
	int rc, picked;

	why.status = 0;
	rc = json_check(json, copy, len, NULL, &why);
	picked = json_pick(json, copy, len, p, vals, true, &other);
	assert_int_equal(rc, picked);
	if (rc == 0) {
		assert_int_equal(
		    json_pick(json, copy, len, p, vals, false, &other), 0);
		assert_in_range(vals[0].len, 1, len);
	} else {
		assert_string_equal(why.msg, other.msg);
		assert_int_equal(why.status, EX_DATAERR);
	}
	free(copy);
	json_paths_free(p);
	return rc;
}

static void
test_valid_texts_are_taken(void **state)
{
	static const char *const good[] = {"{}", "[]", "0", "-0", "1.10",
	    "123456789012345678901234567890", "1e400", "-1.5E+03", "\"\"",
	    "true", "false", "null", " \t\r\n{ \"a\" : [ 1 , 2 ] } \n",
	    "\"\\u0000 \\ud800 \\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	    "{\"a\":{\"b\":{}},\"a\":[[],{},\"\",null]}",
	    "\"\x7f \xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80\"", "{\"\":\"\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (check(good[i], strlen(good[i])) != 0)
			fail_msg("%s: %s", good[i], why.msg);
}

/* What is refused, and the words for it. */
static const struct {
	const char *text, *reason;
} bad[] = {{"", "byte 1: empty"}, {" \n ", "byte 1: no value"},
    {"\xef\xbb\xbf{}", "byte 1: starts with a byte order mark"},
    {"\xef\xbb\xbf\"", "byte 1: starts with a byte order mark"},
    {"[1,]", "byte 4: a value is wanted"},
    {"{\"a\":1,}", "byte 8: a key is wanted"},
    {"{a:1}", "byte 2: a key is wanted"},
    {"{\"a\" 1}", "byte 6: a colon is wanted"},
    {"{\"a\":1 \"b\":2}", "byte 8: a comma or } is wanted"},
    {"[1 2]", "byte 4: a comma or ] is wanted"},
    {"[1}", "byte 3: a comma or ] is wanted"},
    {"{\"a\":[}", "byte 7: a value is wanted"},
    {"[01]", "byte 2: not a number of JSON"},
    {"[1.]", "byte 2: not a number of JSON"},
    {"[.5]", "byte 2: a value is wanted"},
    {"[+1]", "byte 2: a value is wanted"},
    {"[1e]", "byte 2: not a number of JSON"},
    {"[-]", "byte 2: not a number of JSON"},
    {"[0x1]", "byte 2: not a number of JSON"},
    {"[1\"a\"]", "byte 2: not a number of JSON"},
    {"[NaN]", "byte 2: a value is wanted"},
    {"[tru]", "byte 2: a value is wanted"},
    {"[nulll]", "byte 2: a value is wanted"},
    {"[true\"a\"]", "byte 2: a value is wanted"},
    {"[1]x", "byte 4: something stands behind the value"},
    {"{}{}", "byte 3: something stands behind the value"},
    {"[1]]", "byte 4: something stands behind the value"},
    {"\"a\"b", "byte 4: something stands behind the value"},
    {"[\"a\"\"b\"]", "byte 5: a comma or ] is wanted"},
    {"[\"\\x\"]", "byte 3: not an escape of JSON"},
    {"[\"\\u12g4\"]", "byte 3: not an escape of JSON"},
    {"[\"\\u12\"]", "byte 3: not an escape of JSON"},
    {"[\"a\\", "byte 2: a string that does not end"},
    {"{\"a\":\"b", "byte 6: a string that does not end"},
    {"[\"a\nb\"]", "byte 4: a control character in a string"},
    {"[\f1]", "byte 2: a value is wanted"},
    {"{\"a\"\x1a"
     "1}",
	"byte 5: a colon is wanted"},
    {"[\"\xff\"]", "byte 3: not UTF-8"},
    {"[\"\xc0\x80\"]", "byte 3: not UTF-8"},
    {"[\"\xed\xa0\x80\"]", "byte 3: not UTF-8"},
    {"[\"\xf4\x90\x80\x80\"]", "byte 3: not UTF-8"},
    {"[\"\xe6\x97\"]", "byte 3: not UTF-8"}, {"]", "byte 1: a value is wanted"},
    {"[", "byte 2: the text ends too early"},
    {"{\"a\":", "byte 6: the text ends too early"},
    {"{\"a\":[1,2", "byte 10: the text ends too early"}, {"\\\"a\"", NULL},
    {"'a'", NULL}, {"{\"a\":1}}", NULL}};

static void
test_invalid_texts_are_refused_with_the_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (check(bad[i].text, strlen(bad[i].text)) == 0)
			fail_msg("taken: %s", bad[i].text);
		if (bad[i].reason != NULL)
			assert_string_equal(why.msg, bad[i].reason);
	}
}

static void
test_nul_bytes_are_refused(void **state)
{
	(void)state;
	assert_int_equal(check("[\0]", 3), -1);
	assert_string_equal(why.msg, "byte 2: a NUL byte");
	assert_int_equal(check("[\"a\0\"]", 6), -1);
	assert_string_equal(why.msg, "byte 4: a NUL byte");
	assert_int_equal(check("{}\0", 3), -1);
	assert_string_equal(why.msg, "byte 3: a NUL byte");
	assert_int_equal(check("\0", 1), -1);
}

static void
test_nesting_ends_at_512(void **state)
{
	char text[2048];

	(void)state;
	for (size_t deep = 511; deep <= 514; deep++) {
		memset(text, '[', deep);
		memset(text + deep, ']', deep);
		assert_int_equal(check(text, 2 * deep), deep > 512 ? -1 : 0);
	}
	assert_string_equal(why.msg, "byte 513: nested deeper than 512");
	memset(text, '[', sizeof(text));
	assert_int_equal(check(text, sizeof(text)), -1);
}

/* At any length, so that each border of simdjson's blocks is met. */
static void
test_no_beginning_of_a_record_is_valid(void **state)
{
	static const char rec[] =
	    "{\"id\":12,\"name\":\"Ann \\\"A\\\" \xc3\xa9\\u00e9\","
	    "\"list\":[1.50,-2e3,true,null,{\"x\":\"\"}],\"tail\":\"0123456789"
	    "0123456789012345678901234567890123456789012345678901234567\"}";
	char text[512];

	(void)state;
	for (size_t space = 0; space < 70; space++) {
		memset(text, ' ', space);
		memcpy(text + space, rec, sizeof(rec));
		assert_int_equal(check(text, space + sizeof(rec) - 1), 0);
	}
	for (size_t n = 0; n < sizeof(rec) - 1; n++)
		assert_int_equal(check(rec, n), -1);
}

#define PICK_MAX 16

struct picked {
	char *copy;
	struct json_val vals[PICK_MAX];
};

static void
pick(struct picked *got, const char *text, const char *const *names, size_t n)
{
	struct json_paths *p = json_paths_new(names, n, &why);

	assert_non_null(p);
	assert_true(n <= PICK_MAX);
	got->copy = padded(text, strlen(text));
	for (int whole = 0; whole < 2; whole++)
		if (json_pick(json, got->copy, strlen(text), p, got->vals,
			whole, &why) == -1)
			fail_msg("%s: %s", text, why.msg);
	json_paths_free(p);
}

static void
assert_val(const struct json_val *v, enum json_type type, const char *text)
{
	assert_int_equal(v->type, type);
	assert_int_equal(v->len, strlen(text));
	assert_memory_equal(v->text, text, v->len);
}

static void
test_values_come_with_their_exact_text(void **state)
{
	static const char *const names[] = {".n", ".s", ".o", ".a", ".t", ".z",
	    ".none", ".", ".o.x", ".a[1]", ".a[1].y", ".a[9]", ".n.x",
	    ".\"odd \\\"name\\\"\"", ".n"};
	static const char text[] =
	    " {\"n\" : 1.10 ,\"s\":\"\\u00e9 \" ,\"o\": { \"x\":1e400 } , "
	    "\"a\":[ 0, {\"y\":18446744073709551617}\n],\"t\":true,\"z\" :null"
	    ",\"odd \\u0022name\\\"\":-0 } ";
	struct picked got;

	(void)state;
	pick(&got, text, names, 15);
	assert_val(&got.vals[0], JSON_NUMBER, "1.10");
	assert_val(&got.vals[1], JSON_STRING, "\"\\u00e9 \"");
	assert_val(&got.vals[2], JSON_OBJECT, "{ \"x\":1e400 }");
	assert_val(
	    &got.vals[3], JSON_ARRAY, "[ 0, {\"y\":18446744073709551617}\n]");
	assert_val(&got.vals[4], JSON_TRUE, "true");
	assert_val(&got.vals[5], JSON_NULL, "null");
	assert_int_equal(got.vals[6].type, JSON_NONE);
	assert_int_equal(got.vals[7].len, sizeof(text) - 3);
	assert_val(&got.vals[8], JSON_NUMBER, "1e400");
	assert_val(&got.vals[9], JSON_OBJECT, "{\"y\":18446744073709551617}");
	assert_val(&got.vals[10], JSON_NUMBER, "18446744073709551617");
	assert_int_equal(got.vals[11].type, JSON_NONE);
	assert_int_equal(got.vals[12].type, JSON_NONE);
	assert_val(&got.vals[13], JSON_NUMBER, "-0");
	assert_val(&got.vals[14], JSON_NUMBER, "1.10");
	free(got.copy);
}

static void
test_the_last_of_doubled_keys_counts(void **state)
{
	static const char *const names[] = {".a", ".a.b", ".a.c"};
	struct picked got;

	(void)state;
	pick(&got, "{\"a\":{\"b\":1},\"x\":2,\"\\u0061\":{\"c\":3}}", names, 3);
	assert_val(&got.vals[0], JSON_OBJECT, "{\"c\":3}");
	assert_int_equal(got.vals[1].type, JSON_NONE);
	assert_val(&got.vals[2], JSON_NUMBER, "3");
	free(got.copy);
	pick(&got, "{\"a\":{\"b\":1,\"b\":2},\"a\":7}", names, 3);
	assert_val(&got.vals[0], JSON_NUMBER, "7");
	assert_int_equal(got.vals[1].type, JSON_NONE);
	free(got.copy);
}

static void
test_a_root_that_is_no_object_has_no_members(void **state)
{
	static const char *const names[] = {".", ".a", ".[0]"};
	struct picked got;

	(void)state;
	pick(&got, "12", names, 3);
	assert_val(&got.vals[0], JSON_NUMBER, "12");
	assert_int_equal(got.vals[1].type, JSON_NONE);
	free(got.copy);
	pick(&got, "[\"x\",1]", names, 3);
	assert_int_equal(got.vals[1].type, JSON_NONE);
	assert_val(&got.vals[2], JSON_STRING, "\"x\"");
	free(got.copy);
}

static void
test_many_names_in_one_object_are_told_apart(void **state)
{
	static char names[200][16];
	const char *paths[200];
	struct json_val vals[200];
	struct json_paths *p;
	struct buf text = BUF_INIT;
	char *copy, want[16];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(names[i], sizeof(names[i]), ".k%d", i * 7);
		paths[i] = names[i];
	}
	for (int i = 0; i < 1400; i++)
		buf_fmt(&text, "%s\"k%d\":%d", i == 0 ? "{" : ",", i, i);
	buf_chr(&text, '}');
	assert_non_null(p = json_paths_new(paths, 200, &why));
	copy = padded(text.at, text.len);
	assert_int_equal(
	    json_pick(json, copy, text.len, p, vals, true, &why), 0);
	for (int i = 0; i < 200; i++) {
		snprintf(want, sizeof(want), "%d", i * 7);
		assert_val(&vals[i], JSON_NUMBER, want);
	}
	json_paths_free(p);
	buf_release(&text);
	free(copy);
}

static void
test_paths_are_told_from_programs(void **state)
{
	static const char *const yes[] = {".", ".a", ".a_1.b", ".\"@odata.x\"",
	    ".a[0]", ".a[0][12].b", ".[3]", "[3]", ".\"a\\u0062\".c"};
	static const char *const no[] = {"", "a", ".a.", "..", ".a b", ".a[]",
	    ".a[-1]", ".a | .b", ".1a", ".a//.b", ".\"a", ".a?", ".a[1",
	    ".a[99999999999]", "\"a\"", " .a", ".\"\\ud800\""};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!json_is_path(yes[i]))
			fail_msg("no path: %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		if (json_is_path(no[i]))
			fail_msg("a path: %s", no[i]);
		assert_null(json_paths_new(&no[i], 1, &why));
		assert_int_equal(why.status, EX_CONFIG);
	}
}

static int
join(void *ctx, const struct json_val *val, struct why *w)
{
	struct buf *to = ctx;

	(void)w;
	/* a row may be parsed with the same parser */
	assert_int_equal(json_check(json, val->text, val->len, NULL, w), 0);
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

static void
test_rows_are_cut_byte_for_byte(void **state)
{
	static const char body[] =
	    "{\"n\":1,\"result\":[ {\"a\" : 1.10 , \"b\":\"x  y\"} ,\n"
	    "{\"a\": [1,\n 2],\r\"b\":\" \\n \\\" \"},\n\t\"s\", -1e5 , [] ]}";
	char *copy = padded(body, sizeof(body) - 1);
	struct buf got = BUF_INIT;
	int n = 0;

	(void)state;
	assert_int_equal(json_rows(json, copy, sizeof(body) - 1, ".result",
			     join, &got, &why),
	    0);
	assert_string_equal(got.at,
	    "{\"a\" : 1.10 , \"b\":\"x  y\"}\n"
	    "{\"a\":[1,2],\"b\":\" \\n \\\" \"}\n\"s\"\n-1e5\n[]\n");
	assert_int_equal(
	    json_rows(json, copy, sizeof(body) - 1, ".result", stop, &n, &why),
	    17);
	assert_int_equal(n, 2);
	assert_int_equal(
	    json_rows(json, copy, sizeof(body) - 1, ".n", join, &got, &why),
	    -1);
	assert_string_equal(why.msg, "no array at .n");
	assert_int_equal(json_rows(json, copy, sizeof(body) - 2, ".result",
			     join, &got, &why),
	    -1);
	buf_release(&got);
	free(copy);
}

static void
test_a_large_page_gives_all_its_rows(void **state)
{
	struct buf body = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
	char *copy;

	(void)state;
	buf_str(&body, "{\"result\":[");
	for (int i = 0; i < 20000; i++) {
		buf_fmt(
		    &body, "%s{\"id\":%d,\"x\":[[\"]\"]]}", i ? "," : "", i);
		buf_fmt(&want, "{\"id\":%d,\"x\":[[\"]\"]]}\n", i);
	}
	buf_str(&body, "]}");
	copy = padded(body.at, body.len);
	assert_int_equal(
	    json_rows(json, copy, body.len, ".result", join, &got, &why), 0);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.at, want.at, want.len);
	buf_release(&body);
	buf_release(&want);
	buf_release(&got);
	free(copy);
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_valid_texts_are_taken),
	    cmocka_unit_test(test_invalid_texts_are_refused_with_the_byte),
	    cmocka_unit_test(test_nul_bytes_are_refused),
	    cmocka_unit_test(test_nesting_ends_at_512),
	    cmocka_unit_test(test_no_beginning_of_a_record_is_valid),
	    cmocka_unit_test(test_values_come_with_their_exact_text),
	    cmocka_unit_test(test_the_last_of_doubled_keys_counts),
	    cmocka_unit_test(test_a_root_that_is_no_object_has_no_members),
	    cmocka_unit_test(test_many_names_in_one_object_are_told_apart),
	    cmocka_unit_test(test_paths_are_told_from_programs),
	    cmocka_unit_test(test_rows_are_cut_byte_for_byte),
	    cmocka_unit_test(test_a_large_page_gives_all_its_rows),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
