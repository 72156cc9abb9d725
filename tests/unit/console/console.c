/* console: numbers of stages, what fits, and lines that come in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/columns.h"
#include "console/console.h"
#include "console/phase.h"

static void
test_columns(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(columns_of("abc"), 3);
	assert_int_equal(columns_of("\xe5\x86\x99\xe7\x9c\x9f"), 4);
	assert_int_equal(columns_fit("\xe5\x86\x99\xe7\x9c\x9f", 3), 3);
	assert_int_equal(columns_of("a\xff"), 2);
	assert_int_equal(columns_wrap("one two three", 20), 13);
	assert_int_equal(columns_wrap("one two three", 9), 7);
	assert_int_equal(columns_wrap("one two three", 7), 7);
	assert_int_equal(columns_wrap("onetwothree", 4), 4);
	buf_str(&b, "a: too long a text");
	columns_cut(&b, 3, 8);
	assert_string_equal(b.at, "a: too l...");
	columns_cut(&b, 0, 1);
	assert_string_equal(b.at, "...");
	buf_release(&b);
}

static struct progress_line
line(const char *stage, pid_t pid, uint64_t records, uint64_t inserted)
{
	struct progress_line l = {.pid = pid,
	    .is = {.records = records, .inserted = inserted, .parked = 2}};

	snprintf(l.stage, sizeof(l.stage), "%s", stage);
	return l;
}

static void
take(struct tally *t, const char *stage, pid_t pid, uint64_t records,
    uint64_t inserted)
{
	struct progress_line l = line(stage, pid, records, inserted);

	tally_take(t, &l);
}

static void
test_tally(void **state)
{
	struct tally t = {0};
	struct fates f;

	(void)state;
	take(&t, "ha-page", 1, 10, 0);
	take(&t, "ha-filter-parents", 2, 10, 0);
	take(&t, "ha-upsert", 3, 9, 5);
	take(&t, "ha-upsert", 3, 9, 5); /* the same again */
	assert_int_equal(t.batch.fetched, 7);
	take(&t, "ha-upsert", 4, 9, 4); /* one that follows */
	take(&t, "ha-nobody", 5, 1000, 1000);
	f = tally_fates(&t);
	assert_int_equal(f.fetched, 10);
	assert_int_equal(f.stored, 9);
	assert_int_equal(f.parked, 4);
	assert_int_equal(t.batch.stored, 4);
	assert_int_equal(t.known.stored, 9);
}

/* However long the reason: it fits, and says when. */
static void
test_a_wait_fits(void **state)
{
	struct phase p = {.is = true, .unit = "rows", .n = 1, .of = 1};
	struct buf b = BUF_INIT;

	(void)state;
	p.tally.of[TALLY_PAGE].pid = 1;
	p.tally.of[TALLY_PAGE].now = (struct progress){
	    .calls = 1234, .retries = 1, .waiting = true, .again_ms = 299001};
	phase_calls(&p, true, 76, &b);
	assert_string_equal(b.at, "1,234 calls, 1 again, waiting on the limit");
	memset(p.tally.why, 'x', sizeof(p.tally.why) - 1);
	for (size_t room = 60; room < 200; room++) {
		buf_clear(&b);
		phase_calls(&p, true, room, &b);
		assert_in_range(columns_of(b.at), room - 8, room);
		assert_string_equal(b.at + b.len - 16, ", again in 300 s");
	}
	memcpy(p.tally.why, "HTTP 503", 9);
	buf_clear(&b);
	phase_calls(&p, true, 76, &b);
	assert_string_equal(
	    b.at, "1,234 calls, 1 again, waiting: HTTP 503, again in 300 s");
	buf_release(&b);
}

static bool
nobody(void)
{
	return false;
}

/* Cut anywhere, the same comes out. */
static void
test_lines_in_pieces(void **state)
{
	static const char said[] =
	    "label \xf0\x9f\x8f\xa1\tHomes\nfrom here\nphase 1 2 x rows 0\n"
	    "{\"stage\":\"ha-page\",\"pid\":7,\"records\":3,\"calls\":1}\n"
	    "{\"stage\":\"ha-upsert\",\"pid\":8,\"inserted\":3}\n{\"stage\n"
	    "nonsense\nphase a b\ndone 0\nsay a\tb\nquit\nsay never\n";
	static const char want[] = "1/2 Homes: from here\n"
				   "Homes            3 inserted; 1 call; ";
	char got[400];

	(void)state;
	for (size_t cut = 0; cut < sizeof(said); cut += 3) {
		FILE *to = tmpfile();
		struct console *c;
		size_t n;

		assert_non_null(to);
		c = console_open(fileno(to), false, 60000);
		if (!console_take(c, said, cut))
			assert_true(console_take(
			    c, said + cut, sizeof(said) - 1 - cut));
		console_close(c, nobody);
		rewind(to);
		n = fread(got, 1, sizeof(got) - 1, to);
		got[n] = '\0';
		assert_memory_equal(got, want, sizeof(want) - 1);
		assert_string_equal(got + n - 8, "\na\\x09b\n");
		fclose(to);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_columns),
	    cmocka_unit_test(test_tally),
	    cmocka_unit_test(test_a_wait_fits),
	    cmocka_unit_test(test_lines_in_pieces),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
