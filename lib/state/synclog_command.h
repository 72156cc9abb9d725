/*
 * synclog_command -- what ha-synclog was told to do, and doing it.
 *
 * Answers go to standard output (out.h).
 */
#ifndef HA_SYNCLOG_COMMAND_H
#define HA_SYNCLOG_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/tool.h"

struct synclog { /* all texts borrowed; NULL or 0: not given */
	struct tool_command command;
	const char *dbname, *account, *run;
	long long limit; /* -1: not given */
	int status;	 /* finish */
	const char *why; /* finish */
	bool all, count, json;
	const char *before;			 /* pending */
	struct tool_list phases;		 /* parts */
	int64_t max_time_ms;			 /* parts; -1: not given */
	bool full, reconcile, due, ask, orphans; /* plan, calls */
	struct tool_list rows;			 /* calls */
	const char *job;			 /* report, sum */
	int64_t older_ms;			 /* prune; -1: not given */
};

/* EX_USAGE with an empty message: the verb takes other operands. */
int synclog_run(const struct synclog *o, struct why *why);

#endif
