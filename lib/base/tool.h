/*
 * tool -- what every program does the same way: start, help, options.
 *
 * Functions here may print to stderr and exit: they run in main, before any
 * work has begun; but for tool_verb, which only looks.
 */
#ifndef HA_TOOL_H
#define HA_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/tool_option.h"
#include "base/why.h"

#define TOOL_FORMS 16

struct tool {
	const char *name; /* "ha-page" */
	/*
	 * The SYNOPSIS, name left out: "% source path", "list % [--json]".
	 * % stands for the options that the form does not name, -h and -V
	 * with the flags if there are any; a named one gets its argument.
	 */
	const char *forms[TOOL_FORMS + 1];
	const struct tool_option *options;
	bool anywhere; /* options may stand behind operands, too */
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
/*
 * Sets the options in *options, which holds the defaults: the index of the
 * first operand in argv. A wrong one ends the program, as do -h and -V.
 */
int tool_options(int argc, char **argv, void *options);
struct tool_command {	  /* of a tool with verbs; argv's, borrowed */
	const char *verb; /* "add" */
	char *const *operands;
	size_t n;
};

/* Sets the options, and *to: what argv has beside them. */
void tool_command(
    int argc, char **argv, void *options, struct tool_command *to);

struct tool_verb {
	const char *name;
	size_t min, max; /* operands */
};

/*
 * The command's entry in a table of n: structs of `size` bytes that begin
 * with their struct tool_verb. NULL and EX_USAGE if there is none; with an
 * empty message it takes other operands.
 */
const void *tool_verb(const struct tool_command *c, const void *table, size_t n,
    size_t size, struct why *why);

/* A wrong command line: optional reason, usage on stderr, exit 64. */
_Noreturn void tool_usage(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/*
 * Is an operand a resource ("hostaway/messages": two words of lower-case
 * letters, digits and _)? A file of such a name is written ./dir/file.
 */
bool tool_is_resource(const char *operand);

#endif
