/* source: what a description may say, and how its mistakes are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/source.h"

static char dir[] = "/tmp/ha-source-XXXXXX";

/* A description that is right, with one part to be replaced. */
static const char *const base =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"envelope\":{\"rows\":\".data\"},\"resources\":["
    "{\"name\":\"owners\",\"path\":\"/owners\",\"key\":[\"id\"],"
    "\"page\":{\"style\":\"offset\"},\"fields\":{\"id\":\"id\"},"
    "\"columns\":{\"id\":[\"bigint\",\".id\"]}},"
    "{\"name\":\"pets\",\"each\":{\"parent\":\"owners\","
    "\"path\":\"/owners/{parent.id}/pets\",\"refresh\":\"1d\"},"
    "\"key\":[\"owner_id\",\"n\"],\"columns\":{"
    "\"owner_id\":[\"bigint\",\"$parent.id\"],\"n\":[\"text\",\".n\"]},"
    "\"parents\":[{\"resource\":\"owners\",\"column\":\"owner_id\","
    "\"key\":\"id\"}]}]}";

static void
write_text(const char *text, size_t len)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/t.json", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* base with the first `from` replaced by `to`, loaded. */
static struct source *
load_changed(const char *from, const char *to, struct why *why)
{
	const char *at = strstr(base, from);
	char text[4096];
	int n;

	assert_non_null(at);
	n = snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - base), base, to,
	    at + strlen(from));
	write_text(text, (size_t)n);
	return source_load("t", why);
}

static int
setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	return setenv("HA_SOURCES", dir, 1);
}

static int
teardown(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/t.json", dir);
	unlink(path);
	return rmdir(dir);
}

static void
test_hostaway_loads(void **state)
{
	struct why why;
	struct source *s = NULL;
	const struct resource *r;

	(void)state;
	if (source_verify("hostaway", &why) == -1 ||
	    (s = source_load("hostaway", &why)) == NULL)
		fail_msg("%s", why.msg);
	assert_int_equal(s->auth.style, AUTH_CLIENT);
	assert_int_equal(s->auth.settle_ms, 1000);
	assert_int_equal(s->n_limits, 2);
	assert_true(s->limits[1].per_address);
	r = source_resource(s, "reservations", &why);
	assert_non_null(r);
	assert_int_equal(r->paging.style, PAGE_WALK);
	assert_int_equal(r->paging.overlap_ms, 600000);
	assert_string_equal(r->fields[0].column, "id");
	r = source_resource(s, "messages", &why);
	assert_string_equal(r->table, "message_rows");
	assert_int_equal(r->n_identity, 2);
	assert_null(source_resource(s, "nothing", &why));
	assert_int_equal(why.status, EX_USAGE);
	source_free(s);
}

static void
test_reso_loads(void **state)
{
	struct why why;
	struct source *s = NULL;
	const struct resource *r;

	(void)state;
	if (source_verify("reso", &why) == -1 ||
	    (s = source_load("reso", &why)) == NULL)
		fail_msg("%s", why.msg);
	assert_int_equal(s->auth.style, AUTH_BEARER);
	assert_string_equal(
	    s->waits[0].name, "X-Rate-Limit-Retry-After-Seconds");
	for (size_t i = 0; i < s->n_resources; i++) {
		const struct paging *p = &s->resources[i].paging;

		assert_int_equal(p->style, PAGE_KEYSET);
		assert_string_equal(p->time, "ModificationTimestamp");
		assert_int_equal(p->overlap_ms, 1200000);
	}
	r = source_resource(s, "media", &why);
	assert_string_equal(r->paging.key, "MediaKey");
	assert_string_equal(
	    expr_source(r->parents[0].when), ".ResourceName == \"Property\"");
	assert_false(r->parents[0].foreign_key);
	source_free(s);
}

static void
test_messenger_loads(void **state)
{
	struct why why;
	struct source *s = NULL;
	const struct resource *r;

	(void)state;
	if (source_verify("messenger", &why) == -1 ||
	    (s = source_load("messenger", &why)) == NULL)
		fail_msg("%s", why.msg);
	r = source_resource(s, "conversations", &why);
	assert_string_equal(r->table, "conversation_rows");
	assert_int_equal(r->paging.style, PAGE_WALK);
	assert_true(r->by_default);
	r = source_resource(s, "messages", &why);
	assert_string_equal(r->each->parent, "conversations");
	assert_string_equal(r->each->stored, "messenger.threads_stored");
	source_free(s);
}

static void
test_base_is_right(void **state)
{
	struct why why;
	struct source *s = load_changed("\"v\":1", "\"v\":1", &why);
	const struct resource *r;

	(void)state;
	if (s == NULL)
		fail_msg("%s", why.msg);
	assert_true(s->resources[1].columns[0].of_parent);
	assert_int_equal(s->resources[1].each->refresh_ms, 86400000);
	source_free(s);
	s = source_of("t/pets", false, &r, &why);
	assert_non_null(s);
	assert_string_equal(r->name, "pets");
	source_free(s);
	assert_null(source_of("t", false, &r, &why));
	assert_int_equal(why.status, EX_USAGE);
	assert_null(source_of("../t", true, &r, &why));
	assert_null(source_of("unknown", true, &r, &why));
	assert_int_equal(why.status, EX_CONFIG);
}

static void
test_keyset_is_read(void **state)
{
	struct why why;
	struct source *s = load_changed("\"offset\"}",
	    "\"keyset\",\"size\":5000,\"time\":\"At\",\"key\":\"Id\","
	    "\"filter\":\"A eq 'b'\",\"select\":\"Id,At\","
	    "\"short\":true,\"nulls\":false,\"count\":true,"
	    "\"overlap\":\"20m\"}",
	    &why);
	const struct paging *p;

	(void)state;
	if (s == NULL)
		fail_msg("%s", why.msg);
	p = &s->resources[0].paging;
	assert_int_equal(p->style, PAGE_KEYSET);
	assert_int_equal(p->size, 5000);
	assert_string_equal(p->time, "At");
	assert_string_equal(p->key, "Id");
	assert_string_equal(p->filter, "A eq 'b'");
	assert_string_equal(p->select, "Id,At");
	assert_int_equal(p->overlap_ms, 1200000);
	assert_string_equal(p->limit_param, "$top");
	assert_true(p->short_is_end && p->no_nulls && p->ask_count);
	source_free(s);
}

static void
test_one_row(void **state)
{
	struct why why = {0};
	struct source *s = load_changed("\"fields\"",
	    "\"one\":{\"path\":\"/o/"
	    "{key}\",\"query\":{\"full\":\"1\"},\"row\":\".\"},\"fields\"",
	    &why);
	const struct one *one;

	(void)state;
	assert_non_null(s);
	one = s->resources[0].one;
	assert_string_equal(one->path, "/o/{key}");
	assert_string_equal(one->query.at[0].name, "full");
	assert_string_equal(expr_source(one->row), ".");
	assert_string_equal(resource_by_key(&s->resources[0]), "id");
	assert_null(resource_by_key(&s->resources[1]));
	source_free(s);
}

/* By keyset it is the key of the order, and none of a list without "one". */
static void
test_by_key(void **state)
{
	static const char *const keyset = "\"keyset\",\"time\":\"At\",\"key\":";
	const struct {
		const char *key, *name;
	} cases[] = {{"\"id\"}", "id"}, {"\"Id\"}", NULL}};
	struct why why = {0};
	struct source *s;
	char to[64];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(to, sizeof(to), "%s%s", keyset, cases[i].key);
		s = load_changed("\"offset\"}", to, &why);
		assert_non_null(s);
		if (cases[i].name == NULL)
			assert_null(resource_by_key(&s->resources[0]));
		else
			assert_string_equal(
			    resource_by_key(&s->resources[0]), cases[i].name);
		source_free(s);
	}
	s = load_changed("t", "t", &why);
	assert_null(resource_by_key(&s->resources[0]));
	source_free(s);
}

static const struct {
	const char *from, *to, *where, *what;
} mistakes[] = {
    {"\"v\":1", "\"v\":2", ": .v: ", "from 1 to 1"},
    {"\"v\":1", "\"vv\":1", ": .vv: ", "unknown member"},
    {"\"v\":1", "\"v\":1,\"v\":1", ": .v: ", "there twice"},
    {"\"source\":\"t\"", "\"source\":\"u\"", ": .: ", "not t"},
    {"\"source\":\"t\"", "\"source\":5", ": .source: ", "a text"},
    {".data", ".data | .x", ": .envelope: ", "plain path"},
    {"\"rows\"", "\"row\"", ": .envelope.row: ", "unknown member"},
    {"\"bigint\",\".id\"", "\"int8\",\".id\"",
	": .resources[0].columns.id: ", "no type \"int8\""},
    {"\"bigint\",\".id\"", "\"bigint\",\".id[\"",
	": .resources[0].columns.id: ", "syntax"},
    {"[\"bigint\",\".id\"]", "[\"bigint\"]",
	": .resources[0].columns.id: ", "[type, expression]"},
    {"\"offset\"}", "\"pages\"}",
	": .resources[0].page.style: ", "must be one of"},
    {"\"offset\"}", "\"keyset\",\"key\":\"Id\"}",
	": .resources[0].page: ", "\"time\" is missing"},
    {"\"offset\"}", "\"keyset\",\"time\":\"At\"}",
	": .resources[0].page: ", "\"key\" is missing"},
    {"\"offset\"}", "\"keyset\",\"time\":\"A t\",\"key\":\"Id\"}",
	": .resources[0].page: ", "names of fields"},
    {"\"offset\"}", "\"keyset\",\"time\":\"At\",\"key\":\".Id\"}",
	": .resources[0].page: ", "names of fields"},
    {"\"offset\"}",
	"\"keyset\",\"time\":\"At\",\"key\":\"Id\",\"filter\":\"\"}",
	": .resources[0].page: ", "\"filter\" is empty"},
    {"\"offset\"}",
	"\"keyset\",\"time\":\"At\",\"key\":\"Id\","
	"\"select\":\"Id,Att\"}",
	": .resources[0].page: ", "lacks \"At\" or \"Id\""},
    {"\"offset\"}", "\"keyset\",\"time\":5,\"key\":\"Id\"}",
	": .resources[0].page.time: ", "a text"},
    {"\"offset\"}", "\"offset\",\"filter\":\"A eq 1\"}",
	": .resources[0].page: ", "with keyset only"},
    {"\"offset\"}",
	"\"keyset\",\"time\":\"At\",\"key\":\"Id\","
	"\"filter\":\"A eq {b}\"}",
	": .resources[0].page: ", "no value {b}"},
    {"\"offset\"}", "\"offset\",\"short\":true}",
	": .resources[0].page: ", "with keyset only"},
    {"\"offset\"}", "\"offset\",\"time\":\"At\"}",
	": .resources[0].page: ", "with keyset only"},
    {"\"key\":[\"id\"]", "\"key\":[\"nr\"]", ".resources[0] (owners)",
	"no column \"nr\""},
    {"\"key\":[\"id\"],", "", ".resources[0] (owners)",
	"needs \"key\" or \"identity\""},
    {"\"path\":\"/owners\",", "", ".resources[0] (owners)", "needs \"path\""},
    {"{parent.id}", "{parant.id}", ".resources[1] (pets)",
	"no value {parant.id}"},
    {"{parent.id}", "{parent.id", ".resources[1] (pets)", "without its }"},
    {"\"refresh\":\"1d\"", "\"refresh\":\"1d\",\"stored\":\"t.f(1)\"",
	": .resources[1].each: ", "a function's name: schema.name"},
    {"\"refresh\":\"1d\"", "\"refresh\":\"1d\",\"stored\":\"f\"",
	": .resources[1].each: ", "a function's name: schema.name"},
    {"\"refresh\":\"1d\"", "\"refresh\":\"1 day\"",
	": .resources[1].each.refresh: ", "a duration"},
    {"\"parent\":\"owners\"", "\"parent\":\"pets\"", ".resources[1] (pets)",
	"no resource \"pets\" before"},
    {"\"key\":\"id\"}", "\"key\":\"nr\"}", ".resources[1] (pets)",
	"not the key of owners"},
    {"[\"bigint\",\"$parent.id\"]", "[\"text\",\"$parent.id\"]",
	".resources[1] (pets)", "differ in type"},
    {"\"fields\"", "\"one\":{\"query\":{\"id\":\"{key}\"}},\"fields\"",
	": .resources[0].one: ", "\"path\" is missing"},
    {"\"fields\"", "\"one\":{\"path\":\"/owners/1\"},\"fields\"",
	".resources[0] (owners)", "neither path nor query has {key}"},
    {"\"fields\"", "\"one\":{\"path\":\"owners/{key}\"},\"fields\"",
	".resources[0] (owners)", ".one.path: must begin with a slash"},
    {"\"fields\"", "\"one\":{\"path\":\"/o/{parent.id}/{key}\"},\"fields\"",
	".resources[0] (owners)", "there is no parent here"},
    {"\"fields\"",
	"\"one\":{\"path\":\"/o/{key}\",\"row\":\".a | .b\"},\"fields\"",
	": .resources[0].one: ", "\"row\" must be a plain path"},
    {"\"path\":\"/owners\"", "\"path\":\"/owners/{key}\"",
	".resources[0] (owners)", "{key} is known in \"one\" only"},
    {"\"refresh\":\"1d\"},",
	"\"refresh\":\"1d\"},\"one\":{\"path\":\"/p/{key}\"},",
	".resources[1] (pets)", ".one: needs a key of one column"},
    {"\"bigint\",\".id\"]}}",
	"\"bigint\",\".a.id\"]},\"one\":{\"path\":\"/o/{key}\"}}",
	".resources[0] (owners)", ".one: needs a key of one column"},
    {"\"n\":[\"text\"", "\"version\":[\"text\"",
	": .resources[1].columns.version: ", "already"},
};

static void
test_mistakes_are_named(void **state)
{
	struct source *s;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		s = load_changed(mistakes[i].from, mistakes[i].to, &why);
		source_free(s);
		if (s != NULL && source_verify("t", &why) == 0)
			fail_msg("taken: %s", mistakes[i].to);
		assert_int_equal(why.status, EX_CONFIG);
		if (strstr(why.msg, "/t.json") == NULL ||
		    strstr(why.msg, mistakes[i].where) == NULL ||
		    strstr(why.msg, mistakes[i].what) == NULL)
			fail_msg("%s: %s", mistakes[i].to, why.msg);
	}
}

static const struct {
	const char *phases, *where, *what; /* what NULL: it is right */
} phases[] = {
    {"{\"flag\":\"a-1\",\"title\":\"A\",\"sign\":\"\xf0\x9f\x8f\xa0\","
     "\"accounts\":[\"x\"],\"resources\":[\"owners\",\"pets\"]}",
	NULL, NULL},
    {"{\"title\":\"A\",\"resources\":[\"owners\"]}", ".phases[0]", "flag"},
    {"{\"flag\":\"-a\",\"title\":\"A\",\"resources\":[\"owners\"]}",
	".phases[0]: .flag", "cannot be a flag"},
    {"{\"flag\":\"a\",\"title\":\"A\\nB\",\"resources\":[\"owners\"]}",
	".phases[0]: .title", "one line"},
    {"{\"flag\":\"a\",\"title\":\"A\",\"sign\":\"a b\","
     "\"resources\":[\"owners\"]}",
	".phases[0]: .sign", "one sign"},
    {"{\"flag\":\"a\",\"title\":\"A\"}", ".phases[0]", "resources"},
    {"{\"flag\":\"a\",\"title\":\"A\",\"resources\":[\"cats\"]}",
	".phases[0]: .resources", "no \"cats\""},
    {"{\"flag\":\"a\",\"title\":\"A\",\"resources\":[\"owners\"],"
     "\"accounts\":[\"X Y\"]}",
	".phases[0]: .accounts[0]", "plain name"},
    {"{\"flag\":\"a\",\"title\":\"A\",\"resources\":[\"pets\"]},"
     "{\"flag\":\"b\",\"title\":\"B\",\"resources\":[\"owners\"]}",
	".phases[0]: .resources", "the parent of pets"},
    {"{\"flag\":\"a\",\"title\":\"A\",\"resources\":[\"owners\"]},"
     "{\"flag\":\"a\",\"title\":\"B\",\"resources\":[\"pets\"]}",
	".phases[1]: .flag", "there twice"},
    {"{\"flag\":\"a\",\"title\":\"A\",\"resources\":[\"pets\"],\"x\":1}",
	".phases[0].x", "unknown member"},
};

static void
test_phases(void **state)
{
	struct source *s;
	struct why why;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		snprintf(text, sizeof(text),
		    "\"sync\":{\"batch\":5,\"phases\":[%s]},\"resources\":[",
		    phases[i].phases);
		s = load_changed("\"resources\":[", text, &why);
		source_free(s);
		if ((s != NULL) != (phases[i].what == NULL))
			fail_msg("%s: %s", text, s != NULL ? "taken" : why.msg);
		if (s == NULL && (strstr(why.msg, phases[i].where) == NULL ||
				     strstr(why.msg, phases[i].what) == NULL))
			fail_msg("%s: %s", text, why.msg);
	}
	/* what a plain run would never read */
	s = load_changed("\"resources\":[{",
	    "\"sync\":{\"phases\":[]},\"resources\":[{\"default\":true,", &why);
	assert_null(s);
	assert_non_null(strstr(why.msg, "owners is a default"));
}

static void
test_broken_files(void **state)
{
	static const char *const texts[] = {
	    "", "[]", "{", "nonsense", "{\"v\":1}", "\xef\xbb\xbf{}"};
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_text(texts[i], strlen(texts[i]));
		assert_null(source_load("t", &why));
		assert_int_equal(why.status, EX_CONFIG);
		assert_non_null(strstr(why.msg, "/t.json"));
	}
	/* cut anywhere: never a crash, never taken */
	for (size_t n = 0; n < strlen(base); n++) {
		write_text(base, n);
		assert_null(source_load("t", &why));
		assert_int_equal(why.status, EX_CONFIG);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hostaway_loads),
	    cmocka_unit_test(test_reso_loads),
	    cmocka_unit_test(test_messenger_loads),
	    cmocka_unit_test(test_base_is_right),
	    cmocka_unit_test(test_keyset_is_read),
	    cmocka_unit_test(test_one_row),
	    cmocka_unit_test(test_by_key),
	    cmocka_unit_test(test_mistakes_are_named),
	    cmocka_unit_test(test_phases),
	    cmocka_unit_test(test_broken_files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
