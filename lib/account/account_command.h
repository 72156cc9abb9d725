/*
 * account_command -- what ha-account was told to do, and doing it.
 *
 * Answers go to standard output (out.h). Secrets are read as secret.h says,
 * and wiped.
 */
#ifndef HA_ACCOUNT_COMMAND_H
#define HA_ACCOUNT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "account/accounts.h"
#include "base/tool.h"

struct account_command { /* all texts borrowed; NULL or 0: not given */
	struct tool_command command; /* source, account */
	const char *dbname;
	struct account_edit edit;
	const char *secret_file;
	int64_t expires_ms; /* from now */
	int64_t timeout_ms; /* of a try; 0: its own */
	bool no_secret, no_check, drop, json, quiet;
	bool purge, dry; /* remove */
	/* Tries an account's credentials, once they are stored. */
	int (*check)(const struct source *s, const char *dbname,
	    const char *account, int64_t timeout_ms, struct why *why);
};

/* EX_USAGE with an empty message: the verb takes other operands. */
int account_run(const struct account_command *o, struct why *why);

#endif
