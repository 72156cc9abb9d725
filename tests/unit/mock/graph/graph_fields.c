/* graph_fields: fields= of the Graph API, nested and with modifiers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mock/graph/graph_fields.h"

static void
fields_nest_and_have_limits(void **state)
{
	struct why why;
	struct graph_fields *f = graph_fields_parse(
	    "id , messages.limit(5).after(QQ==){ message, from{name,id} },a_b",
	    &why);
	const struct graph_field *first = graph_fields_first(f), *messages;
	struct buf text = BUF_INIT;

	(void)state;
	assert_non_null(f);
	assert_string_equal(first->name, "id");
	assert_int_equal(first->limit, -1);
	assert_null(first->sub);
	messages = graph_field_find(first, "messages");
	assert_non_null(messages);
	assert_int_equal(messages->limit, 5);
	assert_string_equal(messages->after, "QQ==");
	assert_null(messages->before);
	assert_non_null(graph_field_find(
	    graph_field_find(messages->sub, "from")->sub, "id"));
	assert_null(graph_field_find(first, "message"));
	assert_true(graph_field_wants(first, "a_b"));
	assert_false(graph_field_wants(first, "b"));
	assert_true(graph_field_wants(NULL, "any"));
	graph_fields_put(first, &text);
	assert_string_equal(
	    text.at, "id,messages.limit(5){message,from{name,id}},a_b");
	buf_release(&text);
	graph_fields_free(f);
}

static void
what_is_wrong_is_refused_at_its_character(void **state)
{
	static const struct {
		const char *text, *at;
	} wrong[] = {{"", "character 1"}, {",id", "character 1"},
	    {"id,", "character 4"}, {"id}", "character 3"},
	    {"a{b", "character 4"}, {"a{}", "character 3"},
	    {"a b", "character 3"}, {"a{b}c", "character 5"},
	    {"a.limit", "character 8"}, {"a.limit(", "character 9"},
	    {"a.limit(x)", "number as limit"},
	    {"a.limit(-1)", "number as limit"}, {"a.size(1)", "known modifier"},
	    {"a..b", "a modifier"},
	    {"a{b{c{d{e{f{g{h{i}}}}}}}}", "fewer fields"}};
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_null(graph_fields_parse(wrong[i].text, &why));
		assert_non_null(strstr(why.msg, wrong[i].at));
	}
}

static void
no_more_fields_than_fit(void **state)
{
	char text[2 * GRAPH_MAX_FIELDS + 2];
	struct graph_fields *f;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'a' : ',';
	text[2 * GRAPH_MAX_FIELDS + 1] = '\0';
	assert_null(graph_fields_parse(text, &why));
	text[2 * GRAPH_MAX_FIELDS - 1] = '\0';
	f = graph_fields_parse(text, &why);
	assert_non_null(f);
	graph_fields_free(f);
	graph_fields_free(NULL);
	assert_null(graph_fields_first(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_nest_and_have_limits),
	    cmocka_unit_test(what_is_wrong_is_refused_at_its_character),
	    cmocka_unit_test(no_more_fields_than_fit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
