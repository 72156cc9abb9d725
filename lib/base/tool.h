/*
 * tool -- what every program does the same way: start, help, options.
 *
 * Functions here may print to stderr and exit: they run in main, before any
 * work has begun.
 */
#ifndef HA_TOOL_H
#define HA_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/why.h"

struct tool {
	const char *name;  /* "ha-page" */
	const char *usage; /* the SYNOPSIS, one form a line, name included */
	const char *help;  /* one line for each option, shown by --help */
};

/*
 * First call of main: descriptors 0-2 are open, SIGPIPE is ignored, core
 * files are off (a core would hold tokens), setproctitle is ready, and
 * argv[0] names the tool in messages.
 */
void tool_start(const struct tool *t, int argc, char **argv, char **envp);
/*
 * Last call of main, `return tool_end(rc, &why);`: with rc -1 it gives
 * why->status and prints why->msg (unless output failed: out_exit says so),
 * else rc; out_exit has the last word, but for a signal that quit noted.
 */
int tool_end(int rc, const struct why *why);
/* --help: usage and options on stdout, exit 0. */
_Noreturn void tool_help(void);
/* --version: "ha-page 0.1" on stdout, exit 0. */
_Noreturn void tool_version(void);
/* A wrong command line: optional reason, usage on stderr, exit 64. */
_Noreturn void tool_usage(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/*
 * Is an operand a resource ("hostaway/messages": two words of lower-case
 * letters, digits and _)? A file of such a name is written ./dir/file.
 */
bool tool_is_resource(const char *operand);
/* A number within [min, max], else tool_usage naming the option. */
long long tool_number(
    const char *option, const char *arg, long long min, long long max);
/* "90", "90s", "10m", "2h", "1d" or "250ms" as milliseconds. */
long long tool_duration(const char *option, const char *arg);

#endif
