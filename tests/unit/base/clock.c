/* clock: the steady one never goes back, and the wall's is of this age. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <time.h>

#include <cmocka.h>

#include "base/clock.h"

static void
test_the_steady_clock_only_goes_on(void **state)
{
	int64_t last = 0, now;

	(void)state;
	for (int i = 0; i < 1000; i++, last = now) {
		now = clock_us();
		assert_true(now >= last);
	}
	assert_in_range(clock_ms(), last / 1000, last / 1000 + 60000);
}

static void
test_the_wall_clock_is_the_system_s(void **state)
{
	int64_t before = time(NULL);

	(void)state;
	assert_in_range(clock_wall_us() / 1000000, before - 1, before + 60);
	assert_in_range(clock_wall_ms() / 1000, before - 1, before + 60);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_steady_clock_only_goes_on),
	    cmocka_unit_test(test_the_wall_clock_is_the_system_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
