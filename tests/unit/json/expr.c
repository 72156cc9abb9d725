/* expr: expressions of a description, over the text of a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/expr.h"

static struct why why;

/* A padded copy; the caller frees it. */
static char *
padded(const char *text)
{
	char *copy = calloc(1, strlen(text) + JSON_PADDING);

	assert_non_null(copy);
	memcpy(copy, text, strlen(text));
	return copy;
}

/* What expr_json gives: the text, "(none)" or "(error)". */
static const char *
run(struct expr *e, const char *text)
{
	static struct buf to;
	char *copy = padded(text);
	int got = expr_json(e, copy, strlen(text), &to, &why);

	assert_int_equal(expr_true(e, copy, strlen(text), &why),
	    got == -1 ? -1 : got == 1 && strcmp(to.at, "false") != 0);
	free(copy);
	return got == -1 ? "(error)" : got == 0 ? "(none)" : to.at;
}

static const char *
result(const char *program, const char *text)
{
	struct expr *e = expr_new(program, &why);
	const char *got;

	assert_non_null(e);
	got = run(e, text);
	expr_free(e);
	return got;
}

static void
test_paths_keep_the_exact_text(void **state)
{
	(void)state;
	assert_string_equal(result(".a", "{\"a\":1.10}"), "1.10");
	assert_string_equal(result(" .a.b ", "{\"a\":{\"b\":[ 1 ]}}"), "[ 1 ]");
	assert_string_equal(
	    result(".a", "{\"a\":9007199254740993}"), "9007199254740993");
	assert_string_equal(result(".a", "{\"a\":null}"), "(none)");
	assert_string_equal(result(".a", "{}"), "(none)");
	assert_string_equal(result(".", "[1, 2]"), "[1, 2]");
	assert_string_equal(result(".a", "{\"a\":false}"), "false");
}

static void
test_alternatives_and_equality_answer_as_jq_does(void **state)
{
	static const char *const programs[] = {".a // .b", ".a // .b // .c.d",
	    ".a == \"x\"", ".a != \"x\"", ".a == 1", ".b != null",
	    ".c.d == true", ".a == \"//\"", ".a==\"\\u0078\"", ".b == -12"};
	static const char *const texts[] = {"{}", "{\"a\":\"x\"}",
	    "{\"a\":\"\\u0078\",\"b\":null}", "{\"a\":null,\"b\":7}",
	    "{\"a\":false,\"b\":false,\"c\":{\"d\":true}}",
	    "{\"a\":1.0,\"b\":-12}", "{\"a\":\"//\"}", "{\"a\":[],\"c\":{}}",
	    "{\"a\":1.5,\"b\":\"null\",\"c\":{\"d\":\"\"}}"};

	struct expr *plain = expr_new(". | .", &why);

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		struct expr *fast = expr_new(programs[i], &why), *slow;
		char jq[128] = "(", *ours;

		/* the pipe takes it out of the fast lane */
		strlcat(jq, programs[i], sizeof(jq));
		strlcat(jq, ") | .", sizeof(jq));
		slow = expr_new(jq, &why);
		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
			assert_non_null(ours = strdup(run(fast, texts[k])));
			if (ours[0] != '(') { /* as jq writes it */
				char *same = strdup(run(plain, ours));

				free(ours);
				assert_non_null(ours = same);
			}
			assert_string_equal(ours, run(slow, texts[k]));
			free(ours);
		}
		expr_free(fast);
		expr_free(slow);
	}
	expr_free(plain);
}

static void
test_programs_are_run_by_jq(void **state)
{
	(void)state;
	assert_string_equal(
	    result(".a | ascii_downcase", "{\"a\":\"Ab\"}"), "\"ab\"");
	assert_string_equal(
	    result("select(.a > 1) | {b}", "{\"a\":2,\"b\":3}"), "{\"b\":3}");
	assert_string_equal(
	    result("select(.a > 1) | {b}", "{\"a\":0}"), "(none)");
	assert_string_equal(result("empty", "{}"), "(none)");
	assert_string_equal(result("null, 1", "{}"), "(none)");
	assert_string_equal(
	    result(".a == 1 and .b == 2", "{\"a\":1,\"b\":2}"), "true");
}

static int
collect(void *ctx, const struct json_val *val, struct why *w)
{
	struct buf *to = ctx;

	(void)w;
	buf_add(to, val->text, val->len);
	buf_chr(to, '\n');
	return to->len > 100 ? 3 : 0;
}

static void
test_each_result_comes_in_order(void **state)
{
	static const char text[] = "{\"a\":[{\"x\":1},{\"x\":\"\\u00e9\"}]}";
	struct expr *e = expr_new(".a[] | {y: .x}", &why);
	struct expr *endless = expr_new("range(1000000)", &why);
	char *copy = padded(text);
	struct buf got = BUF_INIT;

	(void)state;
	for (int again = 0; again < 3; again++) {
		buf_clear(&got);
		assert_int_equal(
		    expr_each(e, copy, strlen(text), collect, &got, &why), 0);
		assert_string_equal(
		    got.at, "{\"y\":1}\n{\"y\":\"\xc3\xa9\"}\n");
	}

	assert_int_equal(
	    expr_each(endless, copy, strlen(text), collect, &got, &why), 3);
	/* stopped in the middle, it begins anew */
	buf_clear(&got);
	assert_int_equal(
	    expr_each(endless, copy, strlen(text), collect, &got, &why), 3);
	assert_memory_equal(got.at, "0\n1\n", 4);
	expr_free(e);
	expr_free(endless);
	buf_release(&got);
	free(copy);
}

static void
test_text_comes_without_quotes(void **state)
{
	static const struct {
		const char *program, *text, *want;
	} is[] = {{".a", "{\"a\":\"x\\n\\u00e9\"}", "x\n\xc3\xa9"},
	    {".a", "{\"a\":1.10}", "1.10"}, {".a | .", "{\"a\":\"x\"}", "x"},
	    {".a", "{\"a\":\"\"}", ""}};
	struct buf to = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(is) / sizeof(*is); i++) {
		struct expr *e = expr_new(is[i].program, &why);
		char *copy = padded(is[i].text);

		assert_int_equal(
		    expr_text(e, copy, strlen(is[i].text), &to, &why), 1);
		assert_string_equal(to.at, is[i].want);
		expr_free(e);
		free(copy);
	}
	buf_release(&to);
}

static void
test_a_mistake_in_a_program_has_its_reason(void **state)
{
	static const struct {
		const char *program, *reason;
	} bad[] = {{".a | |", "syntax error"}, {"nope(.a)", "nope/1"},
	    {".a[", "syntax error"}, {"$x", "$x"}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct expr *e = expr_new(bad[i].program, &why);

		assert_non_null(e);
		assert_int_equal(expr_check(e, &why), -1);
		assert_int_equal(why.status, EX_CONFIG);
		if (strstr(why.msg, bad[i].reason) == NULL)
			fail_msg("%s: %s", bad[i].program, why.msg);
		expr_free(e);
		assert_string_equal(result(bad[i].program, "{}"), "(error)");
		assert_int_equal(why.status, EX_CONFIG);
	}
	assert_null(expr_new(" \n", &why));
	assert_int_equal(why.status, EX_CONFIG);
}

static void
test_errors_never_quote_a_value(void **state)
{
	static const char *const programs[] = {".a + 1", ".a.b | .", ".a[] | .",
	    ".a | tonumber", "error(.a)", "error", "{(.a): 1} | .[.a].x.y",
	    ".a | keys", ".[.a] | .[0] | .a | .", ".a | test(1)", ".a - .a",
	    "{} | .[1] | .", ".a | explode | implode | fromjson"};

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		why.msg[0] = '\0';
		result(programs[i], "{\"a\":\"Ann Example\"}");
		if (strstr(why.msg, "Ann") != NULL)
			fail_msg("%s: %s", programs[i], why.msg);
	}
	assert_string_equal(result(".a + 1", "{\"a\":\"Ann\"}"), "(error)");
	assert_int_equal(why.status, EX_DATAERR);
}

static void
test_broken_texts_are_errors(void **state)
{
	(void)state;
	assert_string_equal(result(".a", "{\"a\":"), "(error)");
	assert_int_equal(why.status, EX_DATAERR);
	assert_string_equal(result(".a | .", "{\"a\":"), "(error)");
	assert_int_equal(why.status, EX_DATAERR);
	assert_string_equal(result(".a | .", ""), "(error)");
}

static void
test_only_a_plain_path_is_called_one(void **state)
{
	static const char *const programs[] = {
	    ".a", ".a // .b", ".a == 1", ".a | ."};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct expr *e = expr_new(programs[i], &why);

		assert_int_equal(expr_is_path(e), i == 0);
		assert_string_equal(expr_source(e), programs[i]);
		expr_free(e);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paths_keep_the_exact_text),
	    cmocka_unit_test(test_alternatives_and_equality_answer_as_jq_does),
	    cmocka_unit_test(test_programs_are_run_by_jq),
	    cmocka_unit_test(test_each_result_comes_in_order),
	    cmocka_unit_test(test_text_comes_without_quotes),
	    cmocka_unit_test(test_a_mistake_in_a_program_has_its_reason),
	    cmocka_unit_test(test_errors_never_quote_a_value),
	    cmocka_unit_test(test_broken_texts_are_errors),
	    cmocka_unit_test(test_only_a_plain_path_is_called_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
