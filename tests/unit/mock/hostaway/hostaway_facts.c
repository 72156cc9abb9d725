/* hostaway_facts: an invented account adds up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json/json.h"
#include "mock/hostaway/hostaway_facts.h"
#include "mock/hostaway/hostaway_json.h"

static const struct mock_size size = {.seed = 3,
    .now = 1795176000,
    .account = 59808,
    .listings = 4,
    .reservations = 600,
    .conversations = 500,
    .messages = 8,
    .photos = 6,
    .orphans = 2};

static struct estate *e;

static int
open_it(void **state)
{
	(void)state;
	e = estate_new(&size);
	return 0;
}

static int
close_it(void **state)
{
	(void)state;
	estate_free(e);
	return 0;
}

static void
sizes_are_as_asked_for(void **state)
{
	size_t notes = 0;

	(void)state;
	assert_int_equal(e->n_listings, 4);
	assert_int_equal(e->n_bookings, 600);
	assert_int_equal(e->n_threads, 500);
	for (size_t i = 0; i < e->n_threads; i++)
		notes += e->threads[i]->n;
	assert_in_range(notes, 500 * 6, 500 * 10);
}

static void
reservations_follow_their_activity(void **state)
{
	size_t later = 0, ties = 0;

	(void)state;
	for (size_t i = 0; i < e->n_bookings; i++) {
		const struct booking *b = e->bookings[i];

		assert_true(b->updated >= b->latest);
		assert_true(b->latest >= b->inserted);
		assert_true(b->updated <= size.now);
		assert_true(i == 0 || b->id > e->bookings[i - 1]->id);
		later += b->updated > b->latest;
		for (size_t k = 0; k < i; k++)
			ties += e->bookings[k]->updated == b->updated;
	}
	assert_in_range(later, 600 * 3 / 10, 600 * 7 / 10);
	assert_true(ties > 20);
}

static void
conversations_follow_their_messages(void **state)
{
	size_t never = 0, planned = 0;

	(void)state;
	for (size_t i = 0; i < e->n_threads; i++) {
		const struct thread *t = e->threads[i];

		assert_true(t->n > 0);
		assert_true(t->sent > 0);
		assert_true(t->booking->latest >= t->sent);
		assert_true(t->booking->latest >= t->received);
		never += t->received == 0;
		planned += strcmp(t->notes[t->n - 1]->status, "sent") != 0;
		for (size_t k = 1; k < t->n; k++) {
			assert_true(t->notes[k]->id > t->notes[k - 1]->id);
			assert_true(
			    t->notes[k]->inserted >= t->notes[k - 1]->inserted);
		}
	}
	assert_in_range(never, 500 * 2 / 100, 500 * 15 / 100);
	assert_in_range(planned, 500 * 5 / 100, 500 * 16 / 100);
}

static void
check_json(struct json *j, const struct buf *text)
{
	struct why why = {0};
	enum json_type type;

	if (json_check(j, text->at, text->len, &type, &why) == -1)
		fail_msg("%s", why.msg);
	assert_int_equal(type, JSON_OBJECT);
	if (json_pg_ok(text->at, text->len, &why) == -1)
		fail_msg("%s", why.msg);
}

static void
all_of_it_is_json_that_postgresql_takes(void **state)
{
	struct json *j = json_new();

	(void)state;
	for (size_t i = 0; i < e->n_threads; i++) {
		const struct thread *t = e->threads[i];
		struct buf text = BUF_INIT;

		shape_thread(e, t, &text);
		buf_room(&text, JSON_PADDING);
		check_json(j, &text);
		buf_clear(&text);
		shape_note(e, t->notes[0], 7, &text);
		buf_room(&text, JSON_PADDING);
		check_json(j, &text);
		buf_clear(&text);
		shape_booking(e, t->booking, BOOKING_FULL, &text);
		buf_room(&text, JSON_PADDING);
		check_json(j, &text);
		buf_release(&text);
	}
	for (size_t i = 0; i < e->n_listings; i++) {
		struct buf text = BUF_INIT;

		shape_listing(e, e->listings[i], &text);
		buf_room(&text, JSON_PADDING);
		check_json(j, &text);
		buf_release(&text);
	}
	json_free(j);
}

static void
a_message_can_be_taken_back(void **state)
{
	struct thread *t = e->threads[3];
	size_t n = t->n;
	int64_t last = t->notes[n - 1]->id;
	struct note *m = estate_say(e, t);

	(void)state;
	assert_true(m->id > last);
	assert_int_equal(t->n, n + 1);
	estate_unsay(m);
	assert_int_equal(t->n, n);
	assert_int_equal(t->notes[n - 1]->id, last);
	for (int i = 0; i < 20; i++)
		estate_say(e, t);
	while (t->n > n)
		estate_unsay(t->notes[n]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sizes_are_as_asked_for),
	    cmocka_unit_test(reservations_follow_their_activity),
	    cmocka_unit_test(conversations_follow_their_messages),
	    cmocka_unit_test(all_of_it_is_json_that_postgresql_takes),
	    cmocka_unit_test(a_message_can_be_taken_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_it, close_it);
}
