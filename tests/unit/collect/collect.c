/*
 * collect: the children of many parents, over an API in memory whose answers
 * come in any order, some large, some refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/api.h"
#include "collect/collect.h"
#include "base/out.h"
#include "stream/stream.h"

static char dir[] = "/tmp/ha-collect-XXXXXX";

static const char description[] =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"envelope\":{\"rows\":\".result\",\"count\":\".count\"},"
    "\"resources\":[{\"name\":\"owners\",\"path\":\"/o\",\"key\":[\"id\"],"
    "\"fields\":{\"id\":\"id\"},\"page\":{\"style\":\"offset\"},"
    "\"columns\":{\"id\":[\"bigint\",\".id\"]}},"
    "{\"name\":\"pets\",\"key\":[\"id\"],\"each\":{\"parent\":\"owners\","
    "\"path\":\"/o/{parent.id}/pets\",\"refresh\":\"1d\","
    "\"page\":{\"style\":\"offset\",\"size\":10}},"
    "\"columns\":{\"id\":[\"bigint\",\".id\"]}}]}";

/* The far side: parent P has rows_of(P) rows; some parents are refused. */
static struct {
	int asked; /* calls under way */
	struct {
		int parent, offset;
		void *tag;
	} calls[64];
	unsigned seed;
	int most; /* under way at once */
	uint64_t n;
	int row_bytes, wide; /* every wide-th parent has many rows */
	int gone, down;	     /* every so-many-th parent */
	int forbidden;
	bool revoked; /* 403 for whatever is asked */
	bool all_down;
} far;

static unsigned
roll(unsigned below)
{
	far.seed = far.seed * 1103515245u + 12345u;
	return (far.seed >> 8) % below;
}

static int
rows_of(int parent)
{
	return far.wide > 0 && parent % far.wide == 0 ? 95 : parent % 7;
}

struct api *
api_open(const struct source *s, const struct api_options *o, struct why *why)
{
	(void)s;
	(void)o;
	(void)why;
	return (struct api *)&far;
}

void
api_close(struct api *a)
{
	(void)a;
}

const char *
api_account(const struct api *a)
{
	(void)a;
	return "7";
}

const char *
api_base(const struct api *a)
{
	(void)a;
	return "https://api.example.com";
}

bool
api_hide(const struct api *a, struct buf *text)
{
	(void)a;
	(void)text;
	return false;
}

int
api_submit(struct api *a, const char *path, void *tag, struct why *why)
{
	int parent = 0, offset = 0; /* of the list of parents */

	(void)a;
	(void)why;
	if (strncmp(path, "/o?", 3) != 0)
		assert_int_equal(sscanf(path, "/o/%d/pets?limit=10&offset=%d",
				     &parent, &offset),
		    2);
	far.calls[far.asked].parent = parent;
	far.calls[far.asked].offset = offset;
	far.calls[far.asked++].tag = tag;
	far.most = far.asked > far.most ? far.asked : far.most;
	far.n++;
	return 0;
}

int
api_work(struct api *a, struct why *why)
{
	(void)a;
	(void)why;
	return 0;
}

size_t
api_pending(const struct api *a)
{
	(void)a;
	return (size_t)far.asked;
}

static void
page_of_rows(int parent, int offset, struct buf *to)
{
	int n = rows_of(parent);

	buf_str(to, "{\"result\":[");
	for (int i = offset; i < n && i < offset + 10; i++)
		buf_fmt(to, "%s{\"id\":%d,\"of\":%d,\"x\":\"%0*d\"}",
		    i > offset ? "," : "", parent * 1000 + i, parent,
		    far.row_bytes, 0);
	buf_fmt(to, "],\"count\":%d}", n);
	(void)buf_room(to, JSON_PADDING);
}

int
api_next(struct api *a, struct api_answer *ans, struct why *why)
{
	int i, parent;

	(void)a;
	(void)why;
	if (far.asked == 0)
		return 0;
	i = (int)roll((unsigned)far.asked);
	parent = far.calls[i].parent;
	memset(ans, 0, sizeof(*ans));
	ans->tag = far.calls[i].tag;
	ans->code = 200;
	if (far.revoked || (far.forbidden > 0 && parent > 0 &&
			       parent % far.forbidden == 1 % far.forbidden)) {
		ans->code = 403;
		ans->rc = why_set(&ans->why, EX_NOPERM, "HTTP 403");
	} else if (far.gone > 0 && parent % far.gone == 3) {
		ans->code = 404;
		ans->gone = true;
		ans->rc = why_set(&ans->why, EX_UNAVAILABLE, "HTTP 404");
	} else if (far.all_down || (far.down > 0 && parent % far.down == 5)) {
		ans->code = 503;
		ans->rc = why_set(&ans->why, EX_TEMPFAIL, "HTTP 503");
	} else {
		page_of_rows(parent, far.calls[i].offset, &ans->body);
	}
	far.calls[i] = far.calls[--far.asked];
	return 1;
}

bool
api_tell_failed(struct api *a, struct buf *to)
{
	(void)a;
	(void)to;
	return false;
}

void
api_answer_release(struct api_answer *ans)
{
	buf_release(&ans->body);
}

struct api_counts
api_counts(const struct api *a)
{
	struct api_counts n = {.calls = far.n};

	(void)a;
	return n;
}

static const char *
file(const char *name)
{
	static char path[2][64];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

/* Runs collect with parents 1 to n on standard input, output into a file. */
static int
run(int n, int jobs, struct collect_options *o, struct why *why)
{
	FILE *f = fopen(file("in"), "w");
	struct why ignored;
	int in = dup(0), out = dup(1), rc;

	assert_non_null(f);
	for (int i = 1; i <= n; i++)
		fprintf(f, "{\"id\":%d,\"change\":\"c%d\"}\n", i, i);
	assert_int_equal(fclose(f), 0);
	fflush(stdout);
	assert_non_null(freopen(file("in"), "r", stdin));
	assert_non_null(freopen(file("out"), "w", stdout));
	o->resource = "t/pets";
	o->each = o->quiet = true;
	o->jobs = jobs;
	far.asked = far.most = 0;
	far.n = 0;
	rc = collect(o, why);
	assert_int_equal(out_flush(&ignored), 0);
	assert_int_equal(dup2(in, 0), 0);
	assert_int_equal(dup2(out, 1), 1);
	close(in);
	close(out);
	return rc;
}

struct found {
	int opened, closed, gone, records;
	bool complete;
	char why[16];
};

/* Reads the stream back: groups are whole, and hold what is theirs. */
static struct found
read_back(void)
{
	char path[64], *paths[] = {path};
	struct found f = {0};
	struct item item;
	struct why why = {0};
	struct stream *s;
	int got, parent = 0, rows = 0, id, of;

	snprintf(path, sizeof(path), "%s/out", dir);
	s = stream_open(paths, 1, false, &why);
	while ((got = stream_next(s, &item, &why)) == 1) {
		if (item.kind == MARK_OPEN) {
			assert_int_equal(sscanf(item.mark->parent.at,
					     "{\"id\":%d,", &parent),
			    1);
			f.opened++;
			rows = 0;
		} else if (item.kind == MARK_NONE) {
			assert_int_equal(sscanf(item.line.text,
					     "{\"id\":%d,\"of\":%d,", &id, &of),
			    2);
			assert_int_equal(of, parent);
			assert_int_equal(id, parent * 1000 + rows++);
			f.records++;
		} else if (item.kind == MARK_CLOSE) {
			f.closed++;
			f.gone += item.mark->gone;
			assert_int_equal(
			    rows, item.mark->gone ? 0 : rows_of(parent));
		} else if (item.kind == MARK_END) {
			f.complete = item.mark->complete;
			snprintf(f.why, sizeof(f.why), "%s",
			    item.mark->why.len > 0 ? item.mark->why.at : "");
		}
	}
	if (got == -1)
		fail_msg("%s", why.msg);
	stream_close(s);
	return f;
}

static void
test_groups_of_many_jobs(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 6; seed++) {
		struct collect_options o = {0};
		struct why why = {0};
		struct found f;
		int jobs = 1 + (int)(seed % 5) * 3;

		memset(&far, 0, sizeof(far));
		far.seed = seed;
		far.wide = 3;
		far.row_bytes = seed % 2 ? 10 : 20000; /* keeps over 8 MiB */
		assert_int_equal(run(60, jobs, &o, &why), 0);
		f = read_back();
		assert_int_equal(f.opened, 60);
		assert_int_equal(f.closed, 60);
		assert_true(f.complete);
		assert_int_equal(far.most, jobs);
	}
}

static void
test_gone_parents_do_not_stop_the_others(void **state)
{
	struct collect_options o = {0};
	struct why why = {0};
	struct found f;

	(void)state;
	memset(&far, 0, sizeof(far));
	far.gone = 10;
	assert_int_equal(run(40, 4, &o, &why), 0);
	f = read_back(); /* theirs are empty */
	assert_int_equal(f.opened, 40);
	assert_int_equal(f.closed, 40);
	assert_int_equal(f.gone, 4);
	assert_true(f.complete);
}

/* The first is one of them: what comes behind it says that the token is good.
 */
static void
test_a_forbidden_parent_is_refused_alone(void **state)
{
	(void)state;
	for (int jobs = 1; jobs <= 8; jobs++) {
		struct collect_options o = {0};
		struct why why = {0};
		struct found f;

		memset(&far, 0, sizeof(far));
		far.forbidden = 10;
		assert_int_equal(run(40, jobs, &o, &why), 1);
		f = read_back();
		assert_int_equal(f.closed, 36);
		assert_true(f.complete);
		/* no call more, unless such a one was answered last */
		assert_in_range(far.n, 40, 41);
	}
}

/* Nobody may be read, but the list of them may: a call for each ten. */
static void
test_all_parents_forbidden_with_a_good_token(void **state)
{
	struct collect_options o = {0};
	struct why why = {0};

	(void)state;
	memset(&far, 0, sizeof(far));
	far.forbidden = 1;
	assert_int_equal(run(25, 4, &o, &why), 1);
	assert_int_equal(read_back().closed, 0);
	assert_in_range(far.n, 26, 28);
}

static void
test_a_dead_token_ends_the_stage(void **state)
{
	struct collect_options o = {0};
	struct why why = {0};

	(void)state;
	memset(&far, 0, sizeof(far));
	far.revoked = true;
	assert_int_equal(run(100, 1, &o, &why), -1);
	assert_int_equal(why.status, EX_NOPERM);
	assert_int_equal(far.n, 11);
	assert_int_equal(run(1, 1, &o, &why), -1);
	assert_int_equal(why.status, EX_NOPERM);
	assert_int_equal(far.n, 2);
}

static void
test_failures_that_may_pass_are_75(void **state)
{
	struct collect_options o = {0};
	struct why why = {0};
	struct found f;

	(void)state;
	memset(&far, 0, sizeof(far));
	far.down = 20;
	assert_int_equal(run(40, 4, &o, &why), -1);
	assert_int_equal(why.status, EX_TEMPFAIL);
	f = read_back();
	assert_int_equal(f.closed, 38);
	assert_false(f.complete);
	assert_string_equal(f.why, "failed");
}

/* Ten failures in a row: the other parents are not tried. */
static void
test_gives_up_when_the_far_side_is_down(void **state)
{
	struct collect_options o = {0};
	struct why why = {0};

	(void)state;
	memset(&far, 0, sizeof(far));
	far.all_down = true;
	assert_int_equal(run(100, 1, &o, &why), -1);
	assert_int_equal(why.status, EX_TEMPFAIL);
	assert_int_equal(far.n, 10);
	assert_int_equal(read_back().opened, 0);
}

static void
test_limit_ends_after_a_whole_group(void **state)
{
	struct collect_options o = {.limit = 10};
	struct why why = {0};
	struct found f;

	(void)state;
	memset(&far, 0, sizeof(far));
	assert_int_equal(run(40, 1, &o, &why), 0);
	f = read_back();
	assert_int_equal(f.opened, f.closed);
	assert_int_equal(f.records, 10); /* 1 + 2 + 3 + 4 */
	assert_false(f.complete);
	assert_string_equal(f.why, "limit");
}

static int
setup(void **state)
{
	FILE *f;

	(void)state;
	if (mkdtemp(dir) == NULL || setenv("HA_SOURCES", dir, 1) == -1 ||
	    (f = fopen(file("t.json"), "w")) == NULL ||
	    fputs(description, f) < 0)
		return -1;
	return fclose(f);
}

static int
teardown(void **state)
{
	(void)state;
	unlink(file("in"));
	unlink(file("out"));
	unlink(file("t.json"));
	return rmdir(dir);
}

int
main(int argc, char **argv, char **envp)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_groups_of_many_jobs),
	    cmocka_unit_test(test_gone_parents_do_not_stop_the_others),
	    cmocka_unit_test(test_a_forbidden_parent_is_refused_alone),
	    cmocka_unit_test(test_all_parents_forbidden_with_a_good_token),
	    cmocka_unit_test(test_a_dead_token_ends_the_stage),
	    cmocka_unit_test(test_failures_that_may_pass_are_75),
	    cmocka_unit_test(test_gives_up_when_the_far_side_is_down),
	    cmocka_unit_test(test_limit_ends_after_a_whole_group)};

	setproctitle_init(argc, argv, envp);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
