#include "base/tool.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <assert.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/out.h"
#include "base/quit.h"
#include "base/tool_help.h"

#define HA_VERSION "0.2" /* the only place; NEWS.md says what it brings */

static const struct tool *self; /* for help and usage errors */

/*
 * A closed descriptor would be given to the next file or connection opened.
 * The stand-in cannot be used in its direction, so that a tool whose input
 * or output is closed fails instead of finding an end of file.
 */
static void
fill_descriptors(void)
{
	static const int how[] = {O_WRONLY, O_RDONLY, O_RDWR};

	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", how[fd]) != fd)
			_exit(EX_OSERR);
	}
}

void
tool_start(const struct tool *t, int argc, char **argv, char **envp)
{
	struct rlimit none;

	fill_descriptors();
	signal(SIGPIPE, SIG_IGN);
	/* A core_pattern with a pipe ignores the limit: hence both. */
	if (getrlimit(RLIMIT_CORE, &none) == 0) {
		none.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &none);
	}
	prctl(PR_SET_DUMPABLE, 0);
	/* setproctitle_init keeps copies: a name set behind it loses one */
	program_invocation_short_name = (char *)(uintptr_t)t->name;
	setprogname(t->name);
	setproctitle_init(argc, argv, envp);
	if (argc > 0) /* getopt names it */
		argv[0] = (char *)(uintptr_t)t->name;
	self = t;
}

int
tool_end(int rc, const struct why *why)
{
	int status;

	/* no words: nobody wants any; a failed output is for out_exit to say */
	if (rc == -1 && *why->msg != '\0' && !out_failed())
		warnx("%s", why->msg);
	status = out_exit(rc == -1 ? why->status : rc);
	quit_obey();
	return status;
}

#define OPTIONS_MAX 64
#define LONG_ONE 256 /* and above: the index in the table */

/* What getopt_long wants to know, out of the table. */
struct getopt_table {
	char letters[2 * OPTIONS_MAX + 2];
	struct option longs[OPTIONS_MAX + 1];
};

static void
fill_getopt(struct getopt_table *g, const struct tool *t)
{
	char *letters = g->letters;
	struct option *longs = g->longs;
	const struct tool_option *op;

	memset(g, 0, sizeof(*g));
	if (!t->anywhere)
		*letters++ = '+';
	for (size_t i = 0; (op = tool_option_at(t->options, i)) != NULL; i++) {
		assert(i < OPTIONS_MAX);
		if (op->kind == TOOL_HEADING)
			continue;
		if (op->letter != 0)
			*letters++ = (char)op->letter;
		if (op->letter != 0 && op->argument != NULL)
			*letters++ = ':';
		*longs++ = (struct option){op->name,
		    op->argument != NULL ? required_argument : no_argument,
		    NULL, LONG_ONE + (int)i};
	}
}

/* --help, --version: on stdout, and it was all. */
static _Noreturn void
answer(enum tool_kind kind)
{
	struct buf text = BUF_INIT;

	if (kind == TOOL_HELP) {
		tool_help_usage(self, &text);
		tool_help_options(self, &text);
	} else {
		buf_fmt(&text, "%s " HA_VERSION "\n", self->name);
	}
	out_bytes(text.at, text.len);
	buf_release(&text);
	exit(out_exit(0));
}

static void
take(int ch, void *options)
{
	const char text[] = {'-', (char)ch, '\0'};
	const struct tool_option *op;
	struct why why;

	op = ch >= LONG_ONE
		 ? tool_option_at(self->options, (size_t)(ch - LONG_ONE))
		 : tool_option_named(self->options, text, 2);
	if (op == NULL) /* '?', and getopt has said why */
		tool_usage(NULL);
	if (op->kind == TOOL_HELP || op->kind == TOOL_VERSION)
		answer(op->kind);
	if (tool_option_set(op, options, optarg, &why) == -1)
		tool_usage("%s", why.msg);
}

int
tool_options(int argc, char **argv, void *options)
{
	struct getopt_table g;
	int ch;

	fill_getopt(&g, self);
	while ((ch = getopt_long(argc, argv, g.letters, g.longs, NULL)) != -1)
		take(ch, options);
	return optind;
}

void
tool_command(int argc, char **argv, void *options, struct tool_command *to)
{
	int next = tool_options(argc, argv, options);

	if (next == argc)
		tool_usage("a command is needed");
	*to = (struct tool_command){
	    argv[next], argv + next + 1, (size_t)(argc - next - 1)};
}

const void *
tool_verb(const struct tool_command *c, const void *table, size_t n,
    size_t size, struct why *why)
{
	const char *at = table;

	for (; n > 0; n--, at += size) {
		const struct tool_verb *v = (const void *)at;

		if (strcmp(v->name, c->verb) != 0)
			continue;
		if (c->n >= v->min && c->n <= v->max)
			return at;
		why_set(why, EX_USAGE, "%s", "");
		return NULL;
	}
	why_set(why, EX_USAGE, "%s: no such command", c->verb);
	return NULL;
}

void
tool_usage(const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		vwarnx(fmt, ap);
		va_end(ap);
	}
	tool_help_usage(self, &text);
	fputs(text.at, stderr);
	buf_release(&text);
	exit(EX_USAGE);
}

bool
tool_is_resource(const char *operand)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t first = strspn(operand, word), second;

	if (first == 0 || operand[first] != '/')
		return false;
	second = strspn(operand + first + 1, word);
	return second > 0 && operand[first + 1 + second] == '\0';
}
