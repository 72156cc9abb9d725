/*
 * predict -- how many calls a run would take, before it makes any.
 *
 * Inside of lib/state.
 *
 * From what is stored, and for lists that are not yet, from counts that the
 * caller was told by the API. What nobody can know beforehand is said.
 */
#ifndef HA_PREDICT_H
#define HA_PREDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/tool_option.h"
#include "base/why.h"
#include "state/plan.h"

struct predict_of { /* all borrowed */
	struct plan_of plan;
	const struct resource *const *r;
	size_t n;
	const struct tool_list *rows; /* "listings=7": what the API says */
	bool json;
};

/* Names, a line each, of lists whose count is worth asking the API for. */
int predict_ask(const struct predict_of *of, struct why *why);
/* A line for each resource, and one for their sum. */
int predict_print(const struct predict_of *of, struct why *why);

#endif
