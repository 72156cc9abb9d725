/* tool_option: each kind of option, as getopt_long takes it, and the texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/wait.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/tool.h"

extern char **environ;

struct given {
	bool all, mute;
	const char *text;
	struct tool_list items;
	int count;
	uint64_t large;
	double share;
	int64_t wait_ms;
	int kind;
};

static int
set_kind(const struct tool_option *op, void *options, const char *arg,
    struct why *why)
{
	struct given *g = options;

	if (strcmp(arg, "one") != 0 && strcmp(arg, "two") != 0)
		return why_set(why, EX_USAGE, "--kind %s: one or two", arg);
	g->kind = (int)op->min + (*arg == 't');
	return 0;
}

#define TO(member) TOOL_TO(struct given, member)

static const struct tool_option options[] = {
    {"all", 'a', NULL, "everything", TOOL_FLAG, TO(all)},
    {"Values", .kind = TOOL_HEADING},
    {"text", 't', "text", "some text", TOOL_TEXT, TO(text)},
    {"item", 'i', "item", "one more of them", TOOL_LIST, TO(items)},
    {"count", 'c', "count",
	"from one to ten, and more about it than a line of this width has room "
	"for",
	TOOL_NUMBER, TO(count), 1, 10, TOOL_FORM(0)},
    {"item-bytes", 0, "number", "a large one", TOOL_NUMBER, TO(large), 0,
	INT64_MAX},
    {"share", 0, "part", "from 0 to 1", TOOL_REAL, TO(share), 0, 1},
    {"wait", 'w', "time", "so long", TOOL_DURATION, TO(wait_ms)},
    {"kind", 0, "one | two", "which", TOOL_CALL, TO(kind), .min = 40,
	.set = set_kind},
    {"mute", 'M', NULL, "quieter", TOOL_FLAG, TO(mute)},
    {"of-a-name-that-is-long", 0, "k[=v][,...]", "goes below", TOOL_TEXT,
	TO(text), .in = TOOL_FORM(1)},
    {0},
};

static const struct tool first = {
    .name = "ha-first",
    .forms = {"% [file ...]", "all -c % [--share [--kind]] file",
	"none | -ah [-a | --text]"},
    .options = options,
};

static const struct tool anywhere = {
    .name = "ha-anywhere",
    .forms = {"% file"},
    .options = options,
    .anywhere = true,
};

/* Prints what was given, and the operands. */
static _Noreturn void
child(const struct tool *t, char *line)
{
	struct given g = {.count = 7};
	char *argv[32] = {line}, *p;
	int argc = 1;

	strsep(&line, " ");
	while ((p = strsep(&line, " ")) != NULL)
		argv[argc++] = p;
	tool_start(t, argc, argv, environ);
	for (int i = tool_options(argc, argv, &g); i < argc; i++)
		printf("%s ", argv[i]);
	printf(":%s%s count=%d", g.all ? " all" : "", g.mute ? " mute" : "",
	    g.count);
	for (size_t i = 0; i < g.items.n; i++)
		printf(" item=%s", g.items.texts[i]);
	if (g.text != NULL)
		printf(" text=%s", g.text);
	printf(" %llu %g %lldms %d", (unsigned long long)g.large, g.share,
	    (long long)g.wait_ms, g.kind);
	free(g.items.texts);
	fflush(stdout);
	_exit(0);
}

/* What the tool prints, stderr included; its status. */
static int
run(const struct tool *t, const char *line, struct buf *to)
{
	char words[512], block[4096];
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	fflush(NULL);
	assert_int_equal(pipe(fds), 0);
	if ((pid = fork()) == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		strlcpy(words, line, sizeof(words));
		child(t, words);
	}
	close(fds[1]);
	buf_str(to, "");
	while ((n = read(fds[0], block, sizeof(block))) > 0)
		buf_add(to, block, (size_t)n);
	close(fds[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
gives(const struct tool *t, const char *line, const char *want)
{
	struct buf got = BUF_INIT;

	if (run(t, line, &got) != 0 || strcmp(got.at, want) != 0)
		fail_msg("%s: %s, not %s", line, got.at, want);
	buf_release(&got);
}

/* 64, the reason in the first line, and the usage behind it. */
static void
refuses(const struct tool *t, const char *line, const char *reason)
{
	struct buf got = BUF_INIT;
	int status = run(t, line, &got);
	char *end = strchr(got.at, '\n');

	if (status != 64 || end == NULL ||
	    strncmp(end, "\nusage: ha-", 11) != 0)
		fail_msg("%s: %d, %s", line, status, got.at);
	*end = '\0';
	assert_string_equal(got.at, reason);
	buf_release(&got);
}

static void
test_each_kind_goes_where_it_belongs(void **state)
{
	(void)state;
	gives(&first, "x", ": count=7 0 0 0ms 0");
	gives(&first, "x -a", ": all count=7 0 0 0ms 0");
	gives(&first, "x -t one --text two", ": count=7 text=two 0 0 0ms 0");
	gives(&first, "x -i a --item=b -ic",
	    ": count=7 item=a item=b item=c 0 0 0ms 0");
	gives(&first, "x -c 10 --item-bytes 9223372036854775807",
	    ": count=10 9223372036854775807 0 0ms 0");
	gives(&first, "x --share 0.25 -w 250ms --kind two",
	    ": count=7 0 0.25 250ms 41");
	gives(&first, "x --wait 2h", ": count=7 0 0 7200000ms 0");
}

static void
test_limits_hold(void **state)
{
	(void)state;
	gives(&first, "x -c 1", ": count=1 0 0 0ms 0");
	refuses(&first, "x -c 0", "ha-first: -c 0: number is too small");
	refuses(&first, "x --count 11", "ha-first: -c 11: number is too large");
	refuses(&first, "x -c 1x", "ha-first: -c 1x: number is invalid");
	refuses(&first, "x --count=", "ha-first: -c : number is invalid");
	refuses(&first, "x --item-bytes -1",
	    "ha-first: --item-bytes -1: number is too small");
	gives(&first, "x --share 1", ": count=7 0 1 0ms 0");
	refuses(&first, "x --share 1.01",
	    "ha-first: --share 1.01: not a number from 0 to 1");
	refuses(&first, "x --share nan",
	    "ha-first: --share nan: not a number from 0 to 1");
	refuses(&first, "x --share 0.5x",
	    "ha-first: --share 0.5x: not a number from 0 to 1");
	refuses(&first, "x -w soon",
	    "ha-first: -w soon: not a duration such as 90s, 10m or 2h");
	refuses(&first, "x --kind six", "ha-first: --kind six: one or two");
}

static void
test_letters_stand_together(void **state)
{
	(void)state;
	gives(&first, "x -aM", ": all mute count=7 0 0 0ms 0");
	gives(&first, "x -aMc3 -tab", ": all mute count=3 text=ab 0 0 0ms 0");
	gives(&first, "x -ac 3", ": all count=3 0 0 0ms 0");
	gives(&first, "x -t -a", ": count=7 text=-a 0 0 0ms 0");
}

static void
test_wrong_options_are_refused(void **state)
{
	(void)state;
	refuses(&first, "x -z", "ha-first: invalid option -- 'z'");
	refuses(&first, "x -?", "ha-first: invalid option -- '?'");
	refuses(&first, "x --zero", "ha-first: unrecognized option '--zero'");
	refuses(
	    &first, "x --Values", "ha-first: unrecognized option '--Values'");
	refuses(&first, "x -t", "ha-first: option requires an argument -- 't'");
	refuses(&first, "x --kind",
	    "ha-first: option '--kind' requires an argument");
	refuses(&first, "x --all=1",
	    "ha-first: option '--all' doesn't allow an argument");
}

static void
test_a_beginning_will_do_if_no_other_has_it(void **state)
{
	(void)state;
	gives(&first, "x --al --te=s", ": all count=7 text=s 0 0 0ms 0");
	gives(&first, "x --m", ": mute count=7 0 0 0ms 0");
	gives(&first, "x --w=1", ": count=7 0 0 1000ms 0");
	gives(&first, "x --item=q --item-b 9", ": count=7 item=q 9 0 0ms 0");
	refuses(&first, "x --it=q",
	    "ha-first: option '--it=q' is ambiguous; possibilities: '--item' "
	    "'--item-bytes'");
}

static void
test_options_end_at_the_first_operand(void **state)
{
	(void)state;
	gives(&first, "x -a file -M", "file -M : all count=7 0 0 0ms 0");
	gives(&first, "x -a -- -M", "-M : all count=7 0 0 0ms 0");
	gives(&first, "x - -M", "- -M : count=7 0 0 0ms 0");
	gives(&anywhere, "x -a file -M", "file : all mute count=7 0 0 0ms 0");
	gives(&anywhere, "x file -- -M", "file -M : count=7 0 0 0ms 0");
}

/* clang-format off */
static const char help[] =
"usage: ha-first [-ahMV] [-t text] [-i item] [-c count] [-w time]\n"
"           [--item-bytes number] [--share part] [--kind one | two] [file ...]\n"
"       ha-first all -c count [-ahMV] [-t text] [-i item] [-w time]\n"
"           [--item-bytes number] [--of-a-name-that-is-long k[=v][,...]]\n"
"           [--share part [--kind one | two]] file\n"
"       ha-first none | -ah [-a | --text text]\n"
"  -a, --all                everything\n"
"Values:\n"
"  -t, --text TEXT          some text\n"
"  -i, --item ITEM          one more of them\n"
"  -c, --count COUNT        from one to ten, and more about it than a line of\n"
"                           this width has room for\n"
"      --item-bytes NUMBER  a large one\n"
"      --share PART         from 0 to 1\n"
"  -w, --wait TIME          so long\n"
"      --kind one | two     which\n"
"  -M, --mute               quieter\n"
"      --of-a-name-that-is-long k[=v][,...]\n"
"                           goes below\n"
"  -h, --help               this text\n"
"  -V, --version            the version\n";
/* clang-format on */

static void
test_usage_and_help_follow_from_the_table(void **state)
{
	(void)state;
	gives(&first, "x --help", help);
	gives(&first, "x -ah", help);
	gives(&first, "x --version", "ha-first 0.2\n");
	gives(&anywhere, "x file -V", "ha-anywhere 0.2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_kind_goes_where_it_belongs),
	    cmocka_unit_test(test_limits_hold),
	    cmocka_unit_test(test_letters_stand_together),
	    cmocka_unit_test(test_wrong_options_are_refused),
	    cmocka_unit_test(test_a_beginning_will_do_if_no_other_has_it),
	    cmocka_unit_test(test_options_end_at_the_first_operand),
	    cmocka_unit_test(test_usage_and_help_follow_from_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
