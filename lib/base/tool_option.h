/*
 * tool_option -- the options of a tool, each one line of a table.
 *
 * Usage, --help, letters, long names and the parse follow from the table.
 * -h --help and -V --version are in every table, unsaid: they come last. What
 * an option says goes into a struct of the tool's own, by offset and size,
 * where defaults stand already; texts are argv's, borrowed. Nothing here
 * prints or exits.
 */
#ifndef HA_TOOL_OPTION_H
#define HA_TOOL_OPTION_H

#include <stddef.h>

#include "base/why.h"

enum tool_kind {
	TOOL_HEADING,  /* no option: `name` stands over those that follow */
	TOOL_FLAG,     /* bool: true */
	TOOL_TEXT,     /* const char *: the text, the last one counts */
	TOOL_LIST,     /* struct tool_list: one more text */
	TOOL_NUMBER,   /* an integer of 4 or 8 bytes, from min to max */
	TOOL_REAL,     /* double, from min to max */
	TOOL_DURATION, /* int64_t, in milliseconds */
	TOOL_CALL,     /* what `set` makes of it */
	TOOL_HELP,     /* -h */
	TOOL_VERSION   /* -V */
};

struct tool_list { /* the caller frees `texts` */
	const char **texts;
	size_t n;
};

struct tool_option {
	const char *name;     /* "account": the long one, without -- */
	int letter;	      /* 'a'; 0: none */
	const char *argument; /* "account", "all | none"; NULL: takes none */
	const char *help;     /* a line of --help, of any length */
	enum tool_kind kind;
	size_t at, size; /* by TOOL_TO, where it goes */
	long long min, max;
	unsigned in; /* TOOL_FORMs that show it for their %; 0: all */
	/* TOOL_CALL: 0, or -1 with EX_USAGE; arg is NULL if it takes none */
	int (*set)(const struct tool_option *op, void *options, const char *arg,
	    struct why *why);
};

/* {"dbname", 'd', "url", "the database", TOOL_TEXT, TOOL_TO(struct x, y)} */
#define TOOL_TO(type, member)                                                  \
	.at = offsetof(type, member), .size = sizeof(((type *)NULL)->member)
#define TOOL_FORM(n) (1U << (n)) /* the nth of struct tool, from 0 */

/* The nth of a table that ends in a line without a name, with -h and -V. */
const struct tool_option *tool_option_at(
    const struct tool_option *table, size_t n); /* NULL: no more */
/* By text, as in "-a" or "--account", of that length; NULL: none. */
const struct tool_option *tool_option_named(
    const struct tool_option *table, const char *text, size_t len);
/* Sets the option in *options: 0, or -1 with EX_USAGE. */
int tool_option_set(const struct tool_option *op, void *options,
    const char *arg, struct why *why);

#endif
