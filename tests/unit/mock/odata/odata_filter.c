/* odata: which filters are understood, what they mean, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mock/odata/odata.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { KEY, TIME, PRICE, CITY, POOL, DAY, FEATURES, NOTHING };

static const struct odata_field fields[] = {{"ListingKey", ODATA_STRING},
    {"ModificationTimestamp", ODATA_TIME}, {"ListPrice", ODATA_NUMBER},
    {"City", ODATA_STRING}, {"PoolYN", ODATA_BOOL}, {"CloseDate", ODATA_DATE},
    {"Features", ODATA_STRINGS}, {"Nothing", ODATA_STRING}};

struct row {
	const char *key, *time;
	double price;
	const char *city;
	int pool; /* -1: null */
	int64_t day;
	const char *features; /* texts ending in a NUL each */
	size_t n_features;
};

/* 2024-05-06T07:08:09.5Z is day 19849 */
static const struct row usual = {"C5", "2024-05-06T07:08:09.5Z", 308000,
    "O'Hara", 1, 19849, "Pool\0Deck", 2};

static void
get(void *at, size_t field, struct odata_value *v, struct buf *scratch)
{
	const struct row *r = at;
	const char *text = field == KEY	   ? r->key
			   : field == CITY ? r->city
					   : NULL;

	v->type = fields[field].type;
	if (text != NULL) { /* as a backend does that makes its texts */
		buf_clear(scratch);
		buf_str(scratch, text);
		v->text = scratch->at;
		v->len = scratch->len;
	} else if (field == TIME && r->time != NULL)
		assert_int_equal(
		    odata_time_parse(r->time, strlen(r->time), &v->time), 0);
	else if (field == PRICE)
		*v = (struct odata_value){
		    .type = ODATA_NUMBER, .number = r->price};
	else if (field == POOL && r->pool != -1)
		v->truth = r->pool == 1;
	else if (field == DAY)
		v->day = r->day;
	else if (field == FEATURES) {
		v->text = r->features;
		v->n = r->n_features;
	} else
		v->type = ODATA_NULL;
}

static bool
passes(const char *text, const struct row *r)
{
	struct why why;
	struct odata_filter *f = odata_parse(text, fields, COUNT(fields), &why);
	bool is;

	if (f == NULL)
		fail_msg("%s: %s", text, why.msg);
	is = odata_match(f, get, (void *)(uintptr_t)r, 1795176000);
	odata_free(f);
	return is;
}

static void
expect(bool want, const char *const *texts, size_t n, const struct row *r)
{
	for (size_t i = 0; i < n; i++)
		if (passes(texts[i], r) != want)
			fail_msg("%s: %s", texts[i], want ? "fails" : "passes");
}

static void
test_operators(void **state)
{
	static const char *const yes[] = {"ListPrice eq 308000",
	    "ListPrice eq 308000.0", "ListPrice eq 3.08e5", "ListPrice gt -1",
	    "308001 gt ListPrice", "ListPrice ne 5", "City eq 'O''Hara'",
	    "City gt 'O'", "City lt 'o'", "City in ('x','O''Hara')",
	    "ListPrice in (1,308000.00)", "not City in ('x')", "PoolYN",
	    "PoolYN eq true", "not (PoolYN eq false)",
	    "CloseDate eq 2024-05-06", "CloseDate lt 2024-05-07",
	    "ListPrice gt 5 eq true", "City eq City", "(((City eq 'O''Hara')))",
	    "ListingKey\teq\t'C5'", " ListingKey eq 'C5' "};
	static const char *const no[] = {"ListPrice lt 308000",
	    "City eq 'o''hara'", "City in ('x')", "not PoolYN",
	    "CloseDate ge 2024-05-07", "ListingKey gt 'C5'",
	    "ListingKey gt 'C50'", "false"};

	(void)state;
	expect(true, yes, COUNT(yes), &usual);
	expect(false, no, COUNT(no), &usual);
}

static void
test_precedence(void **state)
{
	/* true or (true and false); (true or false) and false */
	static const char *const yes[] = {"true or true and false",
	    "true and false or true", "not false or false",
	    "not false and true", "false eq 5 gt 6", "not PoolYN eq false"};
	static const char *const no[] = {"(true or true) and false",
	    "not (false or true)", "not true or false", "not (PoolYN eq true)"};

	(void)state;
	expect(true, yes, COUNT(yes), &usual);
	expect(false, no, COUNT(no), &usual);
}

static void
test_null(void **state)
{
	static const struct row bare = {"C5", NULL, 0, "", -1, 0, "", 0};
	static const char *const yes[] = {"Nothing eq null", "null eq Nothing",
	    "null eq null", "Nothing in ('a',null)", "City ne null",
	    "Nothing ne 'a'", "ModificationTimestamp eq null",
	    "not (ModificationTimestamp gt 1970-01-01T00:00:00Z)",
	    "PoolYN or true", "not (PoolYN and false)", "City eq ''",
	    "Features/all(f:f eq 'x')"};
	static const char *const no[] = {"Nothing eq ''", "Nothing ne null",
	    "ModificationTimestamp gt 1970-01-01T00:00:00Z",
	    "ModificationTimestamp le 2999-01-01T00:00:00Z", "Nothing gt null",
	    "Nothing le null", "PoolYN", "not PoolYN", "PoolYN and true",
	    "PoolYN or false", "not (PoolYN or false)", "Features/any()",
	    "Features/any(f:f eq 'x')", "hour(ModificationTimestamp) ge 0"};

	(void)state;
	expect(true, yes, COUNT(yes), &bare);
	expect(false, no, COUNT(no), &bare);
}

static void
test_times_by_value(void **state)
{
	static const char *const yes[] = {
	    "ModificationTimestamp eq 2024-05-06T07:08:09.5Z",
	    "ModificationTimestamp eq 2024-05-06T07:08:09.500000Z",
	    "ModificationTimestamp eq 2024-05-06T07:08:09.500000000000Z",
	    "ModificationTimestamp eq 2024-05-06T09:08:09.5+02:00",
	    "ModificationTimestamp eq 2024-05-06T07:08:09.5-00:00",
	    "ModificationTimestamp gt 2024-05-06T07:08:09Z",
	    "ModificationTimestamp gt 2024-05-06T07:08Z",
	    "ModificationTimestamp lt 2024-05-06T07:08:09.500000000001Z",
	    "ModificationTimestamp gt 0001-01-01T00:00:00Z",
	    "ModificationTimestamp lt now()",
	    "date(ModificationTimestamp) eq 2024-05-06",
	    "year(ModificationTimestamp) eq 2024 and "
	    "month(ModificationTimestamp) eq 5 and day(CloseDate) eq 6",
	    "hour(ModificationTimestamp) eq 7 and "
	    "minute(ModificationTimestamp) eq 8 and "
	    "second(ModificationTimestamp) eq 9"};
	static const char *const no[] = {
	    "ModificationTimestamp eq 2024-05-06T07:08:09Z",
	    "ModificationTimestamp eq 2024-05-06T07:08:09.5000001Z",
	    "ModificationTimestamp gt 2024-05-06T07:08:09.5Z",
	    "ModificationTimestamp gt 2024-05-06T07:08:09.50Z"};

	(void)state;
	expect(true, yes, COUNT(yes), &usual);
	expect(false, no, COUNT(no), &usual);
}

static void
test_collections(void **state)
{
	static const char *const yes[] = {"Features/any(f:f eq 'Deck')",
	    "Features/any()", "Features/all(x:x ne 'Barn')",
	    "Features/any(f:f eq 'Pool' and ListPrice gt 1)",
	    "Features/any(f:Features/any(g:f eq g))",
	    "Features/any(f:f in ('Barn','Pool'))"};
	static const char *const no[] = {"Features/any(f:f eq 'deck')",
	    "Features/all(f:f eq 'Deck')", "not Features/any()"};

	(void)state;
	expect(true, yes, COUNT(yes), &usual);
	expect(false, no, COUNT(no), &usual);
}

static void
test_refused(void **state)
{
	static const char *const texts[] = {"", " ", "City", "'a'", "5",
	    "Town eq 'a'", "city eq 'a'", "City eq 'a", "City eq a",
	    "City eq 'a'' ", "City eq'a'", "'a'eq City", "City = 'a'",
	    "City eq \"a\"", "City EQ 'a'", "City eq 5", "ListPrice eq '5'",
	    "ModificationTimestamp gt '2024-05-06T07:08:09Z'",
	    "ModificationTimestamp gt 2024-05-06",
	    "ModificationTimestamp gt 2024-05-06T07:08:09",
	    "ModificationTimestamp gt 2024-05-06T07:08:09 00:00",
	    "ModificationTimestamp gt 2024-05-06t07:08:09Z",
	    "ModificationTimestamp gt 2024-05-06T07:08:09.Z",
	    "ModificationTimestamp gt 2024-05-06T07:08:09.1234567890123Z",
	    "ModificationTimestamp gt 2024-13-06T07:08:09Z",
	    "ModificationTimestamp gt datetime'2024-05-06T07:08:09'",
	    "CloseDate eq 2024-02-30", "PoolYN gt false", "PoolYN eq 1",
	    "City eq 'a' and", "and City eq 'a'", "City eq 'a' or or true",
	    "City eq 'a' City eq 'b'", "(City eq 'a'", "City eq 'a')", "()",
	    "City eq 'a'and true", "true and(false)", "not(PoolYN)", "not",
	    "not City", "not City eq 'a'", "City in 'a'", "City in ()",
	    "City in('a')", "City in ('a',)", "City in ('a' 'b')",
	    "City in ('a',5)", "City in (Nothing)", "Features eq 'Pool'",
	    "City/any(c:c eq 'a')", "Features/any(f f eq 'a')",
	    "Features/any(f:g eq 'a')", "Features/any(f:f)", "Features/all()",
	    "Features/some(f:f eq 'a')",
	    "Features/any(f:Features/any(f:f eq 'a'))", "f eq 'a'",
	    "Media/any(m:m eq 'a')", "Features/$count gt 1",
	    "startswith(City,'a')", "contains(City,'a')",
	    "tolower(City) eq 'a'", "year(City) eq 5", "year() eq 5",
	    "hour(CloseDate) eq 5", "now(5) gt now()", "ListPrice add 1 eq 2",
	    "ListPrice eq 1e999999", "ListPrice eq 1.", "ListPrice eq .5",
	    "ListPrice eq +5", "ListPrice eq -", "ListPrice eq 0x10",
	    "City eq 'a'+and+City eq 'b'", "City eq 'a' ; DROP TABLE x",
	    "City has 'a'", "@p eq 'a'", "City eq null'", "null",
	    "ModificationTimestamp", "City eq (true, false)"};
	struct why why;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct odata_filter *f =
		    odata_parse(texts[i], fields, COUNT(fields), &why);

		if (f != NULL)
			fail_msg("taken: %s", texts[i]);
		assert_int_equal(why.status, EX_DATAERR);
		assert_non_null(strstr(why.msg, "byte "));
	}
}

static void
test_place_of_the_mistake(void **state)
{
	struct why why;

	(void)state;
	assert_null(
	    odata_parse("PoolYN and Town eq 'a'", fields, COUNT(fields), &why));
	assert_string_equal(why.msg, "byte 12: no field \"Town\"");
}

static void
test_bounds(void **state)
{
	char text[ODATA_MAX_LEN + 32];
	struct odata_filter *f;
	struct why why;
	size_t n = 0;

	(void)state;
	for (int depth = ODATA_MAX_DEPTH; depth < ODATA_MAX_DEPTH + 2;
	     depth++) {
		memset(text, '(', (size_t)depth);
		memcpy(text + depth, "true", 4);
		memset(text + depth + 4, ')', (size_t)depth);
		text[2 * depth + 4] = '\0';
		f = odata_parse(text, fields, COUNT(fields), &why);
		assert_true((f != NULL) == (depth == ODATA_MAX_DEPTH));
		odata_free(f);
	}
	assert_int_equal(why.status, EX_UNAVAILABLE);
	for (n = 0; n < ODATA_MAX_LEN; n += 4)
		memcpy(text + n, "not ", 4);
	memcpy(text + ODATA_MAX_LEN - 4, "true", 5);
	assert_null(odata_parse(text, fields, COUNT(fields), &why));
	assert_int_equal(why.status, EX_UNAVAILABLE);
	/* a long row of `or` is not deep */
	for (n = 0; n + 8 < ODATA_MAX_LEN; n += 8)
		memcpy(text + n, "true or ", 8);
	memcpy(text + n, "true", 5);
	f = odata_parse(text, fields, COUNT(fields), &why);
	assert_non_null(f);
	assert_int_equal(odata_ors(f), n / 8);
	odata_free(f);
	memset(text, ' ', ODATA_MAX_LEN + 1);
	text[ODATA_MAX_LEN + 1] = '\0';
	assert_null(odata_parse(text, fields, COUNT(fields), &why));
	assert_int_equal(why.status, EX_UNAVAILABLE);
}

static void
range_of(const char *text, struct odata_range *r)
{
	struct why why;
	struct odata_filter *f = odata_parse(text, fields, COUNT(fields), &why);
	static char key[2][16];

	assert_non_null(f);
	odata_range(f, TIME, KEY, r);
	for (int i = 0; i < 2; i++) { /* they are gone with the filter */
		struct odata_edge *e = i == 0 ? &r->low : &r->high;

		if (e->key == NULL)
			continue;
		snprintf(
		    key[i], sizeof(key[i]), "%.*s", (int)e->key_len, e->key);
		e->key = key[i];
	}
	odata_free(f);
}

static void
test_integers_are_exact(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {{"9007199254740993 eq 9007199254740993", true},
	    {"9007199254740993 eq 9007199254740992", false},
	    {"9007199254740993.0 gt 9007199254740992", true},
	    {"-9007199254740993 lt -9007199254740992.00", true},
	    {"308000.0 eq 308000", true}, {"0.10 eq 0.1", true},
	    {"-0 eq 0.0", true}, {"1e3 eq 1000", true},
	    {"123456789012345678901234567890 gt 1", true}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (passes(cases[i].text, &usual) != cases[i].is)
			fail_msg("%s", cases[i].text);
}

/* The recipe for replication starts exactly at its (time, key). */
static void
test_range_of_the_keyset(void **state)
{
	static const char *const texts[] = {
	    "ModificationTimestamp gt 1970-01-01T00:00:02Z or "
	    "(ModificationTimestamp eq 1970-01-01T00:00:02Z and "
	    "ListingKey gt 'K7')",
	    "PoolYN and (ModificationTimestamp gt 1970-01-01T00:00:02Z or "
	    "(ListingKey gt 'K7' and 1970-01-01T00:00:02.00Z eq "
	    "ModificationTimestamp)) and City ne 'a'"};
	struct odata_range r;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		range_of(texts[i], &r);
		assert_false(r.none);
		assert_false(r.low.open);
		assert_true(r.high.open);
		assert_int_equal(r.low.us, 2000000);
		assert_string_equal(r.low.key, "K7");
	}
}

static void
test_range_of_a_window(void **state)
{
	struct odata_range r;

	(void)state;
	range_of("ModificationTimestamp ge 1970-01-01T00:00:02Z and "
		 "ModificationTimestamp lt 1970-01-01T00:00:03Z",
	    &r);
	assert_int_equal(r.low.us, 2000000);
	assert_null(r.low.key);
	assert_int_equal(r.high.us, 2999999);
	range_of("ModificationTimestamp gt 1970-01-01T00:00:02.0000005Z", &r);
	assert_int_equal(r.low.us, 2000001);
	range_of("ModificationTimestamp gt 1970-01-01T00:00:02Z and "
		 "ModificationTimestamp eq null",
	    &r);
	assert_true(r.none);
	range_of("ModificationTimestamp eq null", &r);
	assert_int_equal(r.high.us, INT64_MIN);
	range_of("not (ModificationTimestamp gt 1970-01-01T00:00:02Z)", &r);
	assert_true(r.low.open && r.high.open);
	range_of("ListingKey gt 'a' or PoolYN", &r);
	assert_true(r.low.open && r.high.open);
}

static void
test_range_of_keys(void **state)
{
	struct odata_range r;
	struct why why;
	struct odata_filter *f =
	    odata_parse("ListingKey in ('b','d','c') and PoolYN", fields,
		COUNT(fields), &why);

	(void)state;
	assert_non_null(f);
	odata_key_range(f, KEY, &r);
	assert_memory_equal(r.low.key, "b", 1);
	assert_memory_equal(r.high.key, "d", 1);
	odata_free(f);
}

/* Whatever passes is inside the range: random filters, random rows. */
static void
test_range_holds_what_passes(void **state)
{
	static const char *const leaves[] = {
	    "ModificationTimestamp gt 1970-01-01T00:00:0#Z",
	    "ModificationTimestamp eq 1970-01-01T00:00:0#Z",
	    "ModificationTimestamp le 1970-01-01T00:00:0#.5Z",
	    "ModificationTimestamp lt 1970-01-01T00:00:0#Z",
	    "ListingKey gt 'K#'", "ListingKey le 'K#'",
	    "ListingKey in ('K1','K#')", "not (ListingKey eq 'K#')"};
	uint64_t seed = 7, passed = 0;
	struct odata_range r;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct row row = usual;
		char text[512] = "", key[8], time[32], part[80];
		int64_t us;

		for (int k = 0; k < 4; k++) {
			seed =
			    seed * 6364136223846793005u + 1442695040888963407u;
			strlcpy(part, leaves[(seed >> 33) % COUNT(leaves)],
			    sizeof(part));
			*strchr(part, '#') = (char)('0' + (seed >> 40) % 5);
			if (k > 0)
				strlcat(text,
				    (seed >> 50) % 2 ? " or " : " and ",
				    sizeof(text));
			strlcat(text, part, sizeof(text));
		}
		range_of(text, &r);
		us = (int64_t)((seed >> 20) % 10) * 500000;
		snprintf(key, sizeof(key), "K%u", (unsigned)(seed >> 45) % 5);
		snprintf(time, sizeof(time), "1970-01-01T00:00:%02d.%06dZ",
		    (int)(us / 1000000), (int)(us % 1000000));
		row.key = key;
		row.time = time;
		if (!passes(text, &row))
			continue;
		passed++;
		if (r.none ||
		    (!r.low.open && (us < r.low.us ||
					(us == r.low.us && r.low.key != NULL &&
					    strcmp(key, r.low.key) < 0))) ||
		    (!r.high.open &&
			(us > r.high.us ||
			    (us == r.high.us && r.high.key != NULL &&
				strcmp(key, r.high.key) > 0))))
			fail_msg("%s: outside is %s %s", text, time, key);
	}
	assert_true(passed > 300);
}

static void
test_what_it_uses(void **state)
{
	struct why why;
	struct odata_filter *f =
	    odata_parse("City eq 'a' or PoolYN", fields, COUNT(fields), &why);

	(void)state;
	assert_non_null(f);
	assert_true(odata_uses(f, CITY));
	assert_false(odata_uses(f, PRICE));
	assert_int_equal(odata_ors(f), 1);
	odata_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_operators),
	    cmocka_unit_test(test_precedence),
	    cmocka_unit_test(test_null),
	    cmocka_unit_test(test_times_by_value),
	    cmocka_unit_test(test_collections),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_place_of_the_mistake),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_integers_are_exact),
	    cmocka_unit_test(test_range_of_the_keyset),
	    cmocka_unit_test(test_range_of_a_window),
	    cmocka_unit_test(test_range_of_keys),
	    cmocka_unit_test(test_range_holds_what_passes),
	    cmocka_unit_test(test_what_it_uses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
