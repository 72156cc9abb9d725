/* refusal, quota: an API that tells everything in the body and in JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/retry.h"
#include "api/quota.h"

#define NOW_MS 1767225600000

static const char *const description =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"waits\":{\"headers\":[{\"name\":\"X-Business-Usage\","
    "\"form\":\"minutes\",\"member\":\"regain\"}],\"default\":\"30s\"},"
    "\"usage\":{\"headers\":[{\"name\":\"X-Business-Usage\","
    "\"members\":[\"calls\",\"cpu\"]}],\"slow\":80,\"pause\":\"21s\"},"
    "\"errors\":{\"code\":\".error.code\",\"subcode\":\".error.sub\","
    "\"transient\":\".error.passes\",\"rules\":["
    "{\"codes\":[\"2\"],\"subcodes\":[\"2018344\"],\"then\":\"fail\"},"
    "{\"codes\":[\"1\"],\"then\":\"retry\",\"smaller\":true},"
    "{\"codes\":[\"2\"],\"then\":\"retry\"},"
    "{\"codes\":[\"368\"],\"then\":\"wait\",\"wait\":\"1h\"},"
    "{\"codes\":[\"4\",\"80000-80014\"],\"then\":\"wait\"},"
    "{\"codes\":[\"190\"],\"then\":\"auth\"},"
    "{\"codes\":[\"10\",\"200-299\"],\"then\":\"denied\"},"
    "{\"codes\":[\"100\"],\"subcodes\":[\"33\"],\"then\":\"gone\"}]},"
    "\"envelope\":{\"rows\":\".data\",\"message\":\".error.message\"},"
    "\"resources\":[{\"name\":\"owners\",\"path\":\"/owners\","
    "\"key\":[\"id\"],\"columns\":{\"id\":[\"bigint\",\".id\"]}}]}";

static char dir[] = "/tmp/ha-refusal-XXXXXX";
static struct source *source;
static struct json *json;

static struct source *
load(const char *text, struct why *why)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/t.json", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
	return source_load("t", why);
}

static int
setup(void **state)
{
	struct why why = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(setenv("HA_SOURCES", dir, 1), 0);
	source = load(description, &why);
	assert_string_equal(why.msg, "");
	json = json_new();
	return source == NULL;
}

static int
teardown(void **state)
{
	char path[64];

	(void)state;
	source_free(source);
	json_free(json);
	snprintf(path, sizeof(path), "%s/t.json", dir);
	unlink(path);
	return rmdir(dir);
}

static struct judgement
judge(long code, const char *body, const char *headers, struct why *why)
{
	struct http_answer a = {.end = HTTP_DONE, .code = code};
	struct redact none = {.n = 0};
	struct judgement w;

	buf_str(&a.headers, headers);
	buf_str(&a.body, body);
	memset(buf_room(&a.body, JSON_PADDING), 0, JSON_PADDING);
	w = retry_judge(source, json, &a, NOW_MS, &none, why);
	http_answer_release(&a);
	return w;
}

static void
test_the_code_decides_not_the_status(void **state)
{
	static const struct {
		long http;
		const char *body;
		enum retry_verdict verdict;
		int status;
		bool all, smaller, gone;
		int64_t wait_ms;
	} cases[] = {
	    {400, "{\"error\":{\"code\":1}}", VERDICT_FEW, 75, 0, 1, 0, -1},
	    {500, "{\"error\":{\"code\":2}}", VERDICT_FEW, 75, 0, 0, 0, -1},
	    {500, "{\"error\":{\"code\":2,\"sub\":2018344}}", VERDICT_FINAL, 69,
		0, 0, 0, -1},
	    {403, "{\"error\":{\"code\":4}}", VERDICT_AGAIN, 75, 1, 0, 0,
		30000},
	    {400, "{\"error\":{\"code\":\"80006\",\"sub\":7}}", VERDICT_AGAIN,
		75, 1, 0, 0, 30000},
	    {400, "{\"error\":{\"code\":368}}", VERDICT_AGAIN, 75, 1, 0, 0,
		3600000},
	    {400, "{\"error\":{\"code\":190,\"sub\":463}}", VERDICT_AUTH, 77, 0,
		0, 0, -1},
	    {403, "{\"error\":{\"code\":230}}", VERDICT_FINAL, 77, 0, 0, 0, -1},
	    {429, "{\"error\":{\"code\":10}}", VERDICT_FINAL, 77, 0, 0, 0, -1},
	    {400, "{\"error\":{\"code\":100,\"sub\":33}}", VERDICT_FINAL, 69, 0,
		0, 1, -1},
	    {400, "{\"error\":{\"code\":100}}", VERDICT_FINAL, 69, 0, 0, 0, -1},
	    {500, "{\"error\":{\"code\":31415}}", VERDICT_FINAL, 69, 0, 0, 0,
		-1},
	    {400, "{\"error\":{\"code\":31415,\"passes\":true}}", VERDICT_FEW,
		75, 0, 0, 0, -1},
	    {200, "{\"error\":{\"code\":4}}", VERDICT_AGAIN, 75, 1, 0, 0,
		30000},
	    /* no code: the status */
	    {500, "<html>", VERDICT_AGAIN, 75, 0, 0, 0, -1},
	    {400, "{\"error\":{\"code\":\"x\"}}", VERDICT_FINAL, 69, 0, 0, 0,
		-1},
	    {429, "", VERDICT_AGAIN, 75, 1, 0, 0, 30000},
	    {404, "{}", VERDICT_FINAL, 69, 0, 0, 1, -1},
	    {200, "{\"data\":[]}", VERDICT_USABLE, 0, 0, 0, 0, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct why why = {0};
		struct judgement w =
		    judge(cases[i].http, cases[i].body, "", &why);

		assert_int_equal(w.verdict, cases[i].verdict);
		assert_int_equal(why.status, cases[i].status);
		assert_int_equal(w.all_wait, cases[i].all);
		assert_int_equal(w.smaller, cases[i].smaller);
		assert_int_equal(w.gone, cases[i].gone);
		assert_int_equal(w.wait_ms, cases[i].wait_ms);
	}
}

static void
test_the_message_names_code_and_subcode(void **state)
{
	struct why why = {0};

	(void)state;
	judge(400,
	    "{\"error\":{\"code\":190,\"sub\":463,\"message\":\"expired\"}}",
	    "", &why);
	assert_string_equal(
	    why.msg, "credentials refused: HTTP 400, error 190/463: expired");
}

/* The documented sample of such a header repeats one key. */
static void
test_the_longest_wait_of_all_members_counts(void **state)
{
	static const char doubled[] =
	    "x-business-usage: {\"7\":[{\"calls\":1,\"regain\":2}],"
	    "\"7\":[{\"regain\":0.5},{\"regain\":\"3\"}]}\n";
	struct why why = {0};
	struct judgement w;

	(void)state;
	w = judge(400, "{\"error\":{\"code\":4}}", doubled, &why);
	assert_int_equal(w.wait_ms, 180000);
	/* nothing to wait for, says the header; the usual pause, then */
	w = judge(400, "{\"error\":{\"code\":4}}",
	    "x-business-usage: {\"7\":[{\"regain\":0}]}\n", &why);
	assert_int_equal(w.wait_ms, 30000);
	w = judge(400, "{\"error\":{\"code\":4}}",
	    "x-business-usage: {\"7\":[{\"regain\":4}\n", &why);
	assert_int_equal(w.wait_ms, 30000);
}

static int64_t
rest_at(const char *headers)
{
	struct why why = {0};
	struct judgement w = judge(200, "{\"data\":[]}", headers, &why);

	assert_int_equal(w.verdict, VERDICT_USABLE);
	return w.rest_ms;
}

static void
test_calls_slow_down_before_the_limit(void **state)
{
	(void)state;
	assert_int_equal(rest_at(""), 0);
	assert_int_equal(
	    rest_at("x-business-usage: {\"7\":{\"calls\":79}}\n"), 0);
	assert_int_equal(rest_at("x-business-usage: {\"7\":[{\"calls\":3,"
				 "\"cpu\":80}]}\n"),
	    1000);
	assert_int_equal(rest_at("x-business-usage: {\"7\":[{\"cpu\":1}],"
				 "\"8\":[{\"cpu\":90}]}\n"),
	    11000);
	assert_int_equal(
	    rest_at("x-business-usage: {\"7\":[{\"calls\":140}]}\n"), 21000);
	assert_int_equal(rest_at("x-business-usage: busy\n"), 0);
}

static void
refused_because(const char *from, const char *to, const char *reason)
{
	const char *at = strstr(description, from);
	char text[4096];
	struct why why = {0};

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - description),
	    description, to, at + strlen(from));
	assert_null(load(text, &why));
	assert_int_equal(why.status, EX_CONFIG);
	assert_non_null(strstr(why.msg, reason));
}

static void
test_mistakes_in_the_table_are_named(void **state)
{
	(void)state;
	refused_because("\"200-299\"", "\"299-200\"",
	    ".errors.rules[6]: codes: \"299-200\" is no code");
	refused_because("[\"190\"]", "[]", "\"codes\" is missing");
	refused_because("\"then\":\"auth\"", "\"then\":\"hope\"", "rules[5]");
	refused_because("{\"codes\":[\"190\"],",
	    "{\"codes\":[\"190\"],"
	    "\"wait\":\"1m\",",
	    "\"wait\" goes with then wait");
	refused_because(
	    "\".error.code\"", "\".error | .code\"", "must be a plain path");
	refused_because("[\"calls\",\"cpu\"]", "[]", "\"members\" is missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_code_decides_not_the_status),
	    cmocka_unit_test(test_the_message_names_code_and_subcode),
	    cmocka_unit_test(test_the_longest_wait_of_all_members_counts),
	    cmocka_unit_test(test_calls_slow_down_before_the_limit),
	    cmocka_unit_test(test_mistakes_in_the_table_are_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("refusal", tests, setup, teardown);
}
