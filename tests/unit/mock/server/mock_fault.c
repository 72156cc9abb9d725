/* mock_fault: faults as the command line words them, and when they strike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mock/server/mock_fault.h"

static int
hits(struct mock_faults *f, const char *path, int n)
{
	struct fault hit;
	int count = 0;

	for (int i = 0; i < n; i++)
		count += fault_draw(f, path, &hit);
	return count;
}

static void
faults_are_drawn_as_written(void **state)
{
	struct mock_faults *f = fault_new(1, "hostaway");
	struct fault hit;
	struct why why;

	(void)state;
	assert_int_equal(fault_add(f, "502=0.25,path=/a", &why), 0);
	assert_int_equal(fault_add(f, "slow=#3,path=/b,ms=40", &why), 0);
	assert_in_range(hits(f, "/a/x", 4000), 800, 1200);
	assert_int_equal(hits(f, "/c", 100), 0);
	assert_false(fault_draw(f, "/b", &hit));
	assert_false(fault_draw(f, "/b", &hit));
	assert_true(fault_draw(f, "/b", &hit));
	assert_int_equal(hit.kind, FAULT_SLOW);
	assert_int_equal(hit.wait_ms, 40);
	assert_int_equal(hits(f, "/b", 100), 0);
	fault_clear(f);
	assert_int_equal(hits(f, "/a", 1000), 0);
	assert_int_equal(fault_add(f, "html", &why), 0);
	assert_int_equal(hits(f, "/any", 10), 10);
	fault_free(f);
}

static void
the_same_seed_draws_the_same(void **state)
{
	struct mock_faults *f = fault_new(9, "hostaway"),
			   *g = fault_new(9, "hostaway");
	struct fault a, b;
	struct why why;

	(void)state;
	fault_add(f, "500=0.5", &why);
	fault_add(g, "500=0.5", &why);
	for (int i = 0; i < 200; i++)
		assert_int_equal(
		    fault_draw(f, "/", &a), fault_draw(g, "/", &b));
	fault_free(f);
	fault_free(g);
}

static void
an_error_has_code_subcode_and_status(void **state)
{
	struct mock_faults *f = fault_new(1, "hostaway");
	struct mock_answer a = {.status = 200};
	struct fault hit;
	struct why why;

	(void)state;
	assert_int_equal(
	    fault_add(f, "error:190:463@401=#1,transient=0,minutes=3", &why),
	    0);
	assert_true(fault_draw(f, "/", &hit));
	assert_true(hit.minutes > 2.9 && hit.minutes < 3.1);
	assert_true(fault_instead(&hit, NULL, &a));
	assert_int_equal(a.status, 401);
	assert_non_null(strstr(a.body.at, "\"code\":190"));
	assert_non_null(strstr(a.body.at, "\"error_subcode\":463"));
	assert_non_null(strstr(a.body.at, "\"is_transient\":false"));
	assert_int_equal(fault_add(f, "error:7", &why), 0);
	assert_true(fault_draw(f, "/", &hit));
	assert_true(fault_instead(&hit, NULL, &a));
	assert_int_equal(a.status, 400);
	assert_null(strstr(a.body.at, "error_subcode"));
	assert_null(strstr(a.body.at, "is_transient"));
	buf_release(&a.body);
	fault_free(f);
}

static void
what_is_no_fault_is_refused(void **state)
{
	static const char *const wrong[] = {"", "501", "500=", "500=2", "500=#",
	    "500=#0", "500=0.x", "500,where=/a", "slow,ms=x", "500,path",
	    "error:", "error:x", "error:1:", "error:1:2:3", "error:1@99",
	    "error:1@600", "error:1,transient=2", "error:1,minutes=x"};
	struct mock_faults *f = fault_new(1, "hostaway");
	struct why why = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(fault_add(f, wrong[i], &why), -1);
		assert_int_equal(why.status, EX_USAGE);
	}
	assert_int_equal(hits(f, "/", 10), 0);
	fault_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(faults_are_drawn_as_written),
	    cmocka_unit_test(the_same_seed_draws_the_same),
	    cmocka_unit_test(an_error_has_code_subcode_and_status),
	    cmocka_unit_test(what_is_no_fault_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
