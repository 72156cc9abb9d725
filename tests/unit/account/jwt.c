/* jwt: the end that a token says, and what is no such token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "account/jwt.h"

static const char *
token(const char *claims)
{
	static char text[256];
	char middle[200];

	sodium_bin2base64(middle, sizeof(middle), (const unsigned char *)claims,
	    strlen(claims), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	snprintf(text, sizeof(text), "eyJhbGciOiJub25lIn0.%s.sig", middle);
	return text;
}

static void
test_a_token_says_when_it_ends(void **state)
{
	static const struct {
		const char *claims;
		int64_t ends;
	} cases[] = {{"{\"exp\":1798761600}", 1798761600},
	    {"{\"sub\":\"a?>~\",\"exp\":1.7987616e9}", 1798761600},
	    {"{\"exp\":1,\"exp\":2}", 2}};
	int64_t ends;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(jwt_ends(token(cases[i].claims), &ends));
		assert_int_equal(ends, cases[i].ends);
	}
}

static void
test_what_does_not_say_it(void **state)
{
	static const char *const claims[] = {"{}", "[1]", "{\"exp\":\"1\"}",
	    "{\"exp\":null}", "{\"exp\":0}", "{\"exp\":-1}", "{\"exp\":1e12}",
	    "{\"exp\":1", "\xff"};
	static const char *const texts[] = {
	    "", ".", "..", "a.b", "a..b", "a.b.c", "a.e30=.c", "a.e3 0.c"};
	int64_t ends = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(claims) / sizeof(*claims); i++)
		assert_false(jwt_ends(token(claims[i]), &ends));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(jwt_ends(texts[i], &ends));
	assert_int_equal(ends, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_token_says_when_it_ends),
	    cmocka_unit_test(test_what_does_not_say_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
