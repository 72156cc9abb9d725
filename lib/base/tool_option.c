#include "base/tool_option.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timeval.h"
#include "base/mem.h"

static const struct tool_option everywhere[] = {
    {"help", 'h', NULL, "this text", .kind = TOOL_HELP},
    {"version", 'V', NULL, "the version", .kind = TOOL_VERSION},
};

const struct tool_option *
tool_option_at(const struct tool_option *table, size_t n)
{
	size_t own = 0;

	while (own < n && table[own].name != NULL)
		own++;
	if (table[own].name != NULL)
		return table + own;
	n -= own;
	return n < sizeof(everywhere) / sizeof(everywhere[0]) ? everywhere + n
							      : NULL;
}

static bool
is_named(const struct tool_option *op, const char *text, size_t len)
{
	if (op->kind == TOOL_HEADING)
		return false;
	if (len == 2)
		return text[0] == '-' && text[1] == op->letter;
	return len > 2 && strncmp(text, "--", 2) == 0 &&
	       strncmp(text + 2, op->name, len - 2) == 0 &&
	       op->name[len - 2] == '\0';
}

const struct tool_option *
tool_option_named(const struct tool_option *table, const char *text, size_t len)
{
	const struct tool_option *op;

	for (size_t i = 0; (op = tool_option_at(table, i)) != NULL; i++)
		if (is_named(op, text, len))
			return op;
	return NULL;
}

/* As messages name it: "-a"; "--from" if it has no letter. */
static int
refuse(const struct tool_option *op, const char *arg, const char *reason,
    struct why *why)
{
	char letter[] = {'-', (char)op->letter, '\0'};

	return why_set(why, EX_USAGE, "%s%s %s: %s", op->letter ? "" : "--",
	    op->letter ? letter : op->name, arg, reason);
}

static int
set_number(
    const struct tool_option *op, void *to, const char *arg, struct why *why)
{
	const char *bad;
	long long n = strtonum(arg, op->min, op->max, &bad);
	char reason[64];

	if (bad != NULL) {
		snprintf(reason, sizeof(reason), "number is %s", bad);
		return refuse(op, arg, reason, why);
	}
	if (op->size == sizeof(int32_t))
		*(int32_t *)to = (int32_t)n;
	else
		*(int64_t *)to = n;
	return 0;
}

static int
set_real(
    const struct tool_option *op, double *to, const char *arg, struct why *why)
{
	char *end, reason[96];
	double n = strtod(arg, &end);

	if (end == arg || *end != '\0' ||
	    !(n >= (double)op->min && n <= (double)op->max)) {
		snprintf(reason, sizeof(reason),
		    "not a number from %lld to %lld", op->min, op->max);
		return refuse(op, arg, reason, why);
	}
	*to = n;
	return 0;
}

static void
add_text(struct tool_list *list, const char *text)
{
	list->texts =
	    mem_grow((void *)list->texts, list->n + 1, sizeof(*list->texts));
	list->texts[list->n++] = text;
}

int
tool_option_set(const struct tool_option *op, void *options, const char *arg,
    struct why *why)
{
	void *to = (char *)options + op->at;

	switch (op->kind) {
	case TOOL_FLAG:
		assert(op->size == sizeof(bool));
		*(bool *)to = true;
		return 0;
	case TOOL_TEXT:
		assert(op->size == sizeof(arg));
		*(const char **)to = arg;
		return 0;
	case TOOL_LIST:
		assert(op->size == sizeof(struct tool_list));
		add_text(to, arg);
		return 0;
	case TOOL_NUMBER:
		assert(
		    op->size == sizeof(int32_t) || op->size == sizeof(int64_t));
		return set_number(op, to, arg, why);
	case TOOL_REAL:
		assert(op->size == sizeof(double));
		return set_real(op, to, arg, why);
	case TOOL_DURATION:
		assert(op->size == sizeof(int64_t));
		return duration_parse(arg, to) == 0
			   ? 0
			   : refuse(op, arg,
				 "not a duration such as 90s, 10m or 2h", why);
	case TOOL_CALL:
		return op->set(op, options, arg, why);
	default:
		assert(!"an option");
		return -1;
	}
}
