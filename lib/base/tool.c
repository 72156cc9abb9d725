#include "base/tool.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/out.h"
#include "base/quit.h"

#define HA_VERSION "0.1"

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

	if (rc == -1 && !out_failed()) /* that is for out_exit to say */
		warnx("%s", why->msg);
	status = out_exit(rc == -1 ? why->status : rc);
	quit_obey();
	return status;
}

void
tool_help(void)
{
	out_str("usage: ");
	for (const char *p = self->usage; *p != '\0'; p++) {
		out_bytes(p, 1);
		if (*p == '\n' && p[1] != '\0')
			out_str("       ");
	}
	out_str("\n");
	out_str(self->help);
	if (self->help[0] != '\0' && self->help[strlen(self->help) - 1] != '\n')
		out_str("\n");
	exit(out_exit(0));
}

void
tool_version(void)
{
	out_str(self->name);
	out_str(" " HA_VERSION "\n");
	exit(out_exit(0));
}

void
tool_usage(const char *fmt, ...)
{
	va_list ap;

	if (fmt != NULL) {
		va_start(ap, fmt);
		vwarnx(fmt, ap);
		va_end(ap);
	}
	fputs("usage: ", stderr);
	for (const char *p = self->usage; *p != '\0'; p++) {
		fputc(*p, stderr);
		if (*p == '\n' && p[1] != '\0')
			fputs("       ", stderr);
	}
	fputc('\n', stderr);
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

long long
tool_number(const char *option, const char *arg, long long min, long long max)
{
	const char *bad;
	long long n = strtonum(arg, min, max, &bad);

	if (bad != NULL)
		tool_usage("%s %s: number is %s", option, arg, bad);
	return n;
}

long long
tool_duration(const char *option, const char *arg)
{
	int64_t ms;

	if (duration_parse(arg, &ms) == -1)
		tool_usage("%s %s: not a duration such as 90s, 10m or 2h",
		    option, arg);
	return ms;
}
