/*
 * synclog_int -- what the verbs of ha-synclog share: synclog_command.c finds
 * the verb and what it is about, synclog_sync.c has those that ha-sync asks.
 *
 * Inside of lib/state.
 */
#ifndef HA_SYNCLOG_INT_H
#define HA_SYNCLOG_INT_H

#include "base/buf.h"
#include "db/db.h"
#include "source/source.h"
#include "state/history.h"
#include "state/synclog_command.h"

enum takes {	  /* what the operand at `at` is */
	SOURCE,	  /* a source, and an account is needed */
	RESOURCE, /* source/resource, and an account is needed */
	SOME,	  /* source or source/resource, and names of resources */
	OFFLINE,  /* the same, and no database */
	MAYBE,	  /* source or source/resource, to narrow a list */
	PART,	  /* as RESOURCE, but may be absent */
	NOTHING	  /* about no source */
};

struct synclog_work;

struct synclog_verb {
	struct tool_verb of;
	int (*run)(struct synclog_work *w, struct why *why);
	size_t at;
	enum takes takes;
	enum history_list list; /* of do_list */
	bool anew;		/* the account need not be there */
};

struct synclog_work { /* what a verb gets */
	const struct synclog *o;
	struct db *db;
	struct source *s;	  /* NULL: none named */
	const struct resource *r; /* NULL: none named */
	struct buf account;	  /* empty: none named nor needed */
	const struct synclog_verb *verb;
	const struct resource **chosen; /* SOME: in their order */
	size_t n_chosen;
	bool named; /* they are what the operands name, not the defaults */
};

/* synclog_sync.c */
int synclog_parts(struct synclog_work *w, struct why *why);
int synclog_plan(struct synclog_work *w, struct why *why);
int synclog_calls(struct synclog_work *w, struct why *why);
int synclog_settings(struct synclog_work *w, struct why *why);
int synclog_phases(struct synclog_work *w, struct why *why);

#endif
