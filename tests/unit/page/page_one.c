/* page_one: one row by its key, what an answer says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kits.h"

#define KIND                                                                   \
	"\"page\":{\"style\":\"offset\"},\"columns\":{\"id\":[\"text\","       \
	"\".id\"]},\"key\":[\"id\"]"

static const char *const description =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"envelope\":{\"rows\":\".data\",\"status\":\".status\",\"ok\":\"good\"},"
    "\"resources\":[{\"name\":\"wrapped\",\"path\":\"/w\","
    "\"one\":{\"path\":\"/w/{key}\",\"query\":{\"full\":\"1\"}}," KIND "},"
    "{\"name\":\"bare\",\"path\":\"/b\",\"one\":{\"path\":\"/b\","
    "\"query\":{\"id\":\"{key}\"},\"row\":\".\"}," KIND "}]}";

static int
setup(void **state)
{
	(void)state;
	return kits_open(description);
}

static struct page_kit *
kit(int kind)
{
	struct why why = {0};
	struct page_kit *k =
	    page_kit_new(source, &source->resources[kind], PAGE_ONE, &why);

	assert_non_null(k);
	return k;
}

/* What a key asks for, or what is wrong with it. */
static void
test_what_is_asked(void **state)
{
	static const struct {
		int kind;
		const char *key, *path, *wrong;
	} cases[] = {
	    {0, "{\"id\":4711}", "/w/4711?full=1", NULL},
	    {0, "{\"id\":\"4711\",\"known\":true}", "/w/4711?full=1", NULL},
	    {0, "{\"id\":\"a/b?c\"}", "/w/a%2Fb%3Fc?full=1", NULL},
	    {1, "{\"id\":\"a&b\"}", "/b?id=a%26b", NULL},
	    {0, "{\"id\":\"..\"}", NULL, "asks for another address"},
	    {0, "{\"id\":\"\"}", NULL, "no text that can be asked for"},
	    {0, "{\"id\":null}", NULL, "a record without id"},
	    {0, "{\"id\":{}}", NULL, "a record without id"},
	    {0, "[1]", NULL, "a record without id"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct page_of of = {.parent = cases[i].key, .account = "1"};
		struct page_kit *k = kit(cases[i].kind);
		struct buf path = BUF_INIT;
		struct why why = {0};
		struct page *p = page_new(k, &of, &why);

		if (cases[i].path == NULL) {
			assert_null(p);
			assert_non_null(strstr(why.msg, cases[i].wrong));
		} else {
			assert_non_null(p);
			assert_int_equal(page_ask(p, &path, &why), 1);
			assert_string_equal(path.at, cases[i].path);
		}
		page_free(p);
		page_kit_free(k);
		buf_release(&path);
	}
}

static void
test_what_an_answer_says(void **state)
{
	static const struct {
		int kind;
		const char *body;
		int rows, gone; /* rows -1: it is no answer */
	} cases[] = {
	    {0, "{\"status\":\"good\",\"data\":{\"id\":7,\"a\":1}}", 1, 0},
	    {0, "{\"data\":[{\"id\":\"7\"}]}", 1, 0},
	    {0, "{\"data\":null}", 0, 1},
	    {0, "{\"data\":[]}", 0, 1},
	    {0, "{\"data\":{\"id\":8}}", -1, 0},
	    {0, "{\"data\":[{\"id\":7},{\"id\":7}]}", -1, 0},
	    {0, "{\"data\":{\"name\":\"x\"}}", -1, 0},
	    {0, "{\"id\":7}", -1, 0},
	    {0, "{\"status\":\"fail\",\"data\":null}", -1, 0},
	    {1, "{\"id\":7,\"data\":[{\"id\":8}]}", 1, 0},
	    {1, "{\"error\":\"no\"}", -1, 0},
	    {1, "null", 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct page_of of = {.parent = "{\"id\":7}", .account = "1"};
		struct page_kit *k = kit(cases[i].kind);
		struct buf body = BUF_INIT, path = BUF_INIT;
		struct why why = {0};
		struct page *p = page_new(k, &of, &why);
		int rc;

		assert_non_null(p);
		json_put(&body, cases[i].body, strlen(cases[i].body));
		rc = page_take(p, body.at, body.len, &why);
		if (rc != (cases[i].rows == -1 ? -1 : 0))
			fail_msg("%s: %d %s", cases[i].body, rc, why.msg);
		if (rc == 0) {
			assert_int_equal(page_rows(p), cases[i].rows);
			assert_int_equal(page_sum(p).gone, cases[i].gone);
			assert_true(page_sum(p).over && page_sum(p).complete);
			assert_int_equal(page_ask(p, &path, &why), 0);
		}
		page_free(p);
		page_kit_free(k);
		buf_release(&body);
		buf_release(&path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_asked),
	    cmocka_unit_test(test_what_an_answer_says),
	};

	return cmocka_run_group_tests(tests, setup, kits_close);
}
