#include "mock/mock_option.h"

#include <err.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "mock/server/mock_fault.h"
#include "base/timeval.h"

const struct option mock_longs[] = {
    {"seed", required_argument, NULL, 0},
    {"now", required_argument, NULL, 0},
    {"listings", required_argument, NULL, 0},
    {"reservations", required_argument, NULL, 0},
    {"conversations", required_argument, NULL, 0},
    {"messages", required_argument, NULL, 0},
    {"photos", required_argument, NULL, 0},
    {"orphans", required_argument, NULL, 0},
    {"rows", required_argument, NULL, 0},
    {"row-bytes", required_argument, NULL, 0},
    {"data", required_argument, NULL, 0},
    {"account", required_argument, NULL, 0},
    {"secret-file", required_argument, NULL, 0},
    {"settle", required_argument, NULL, 0},
    {"expires", required_argument, NULL, 0},
    {"wrapped-token", no_argument, NULL, 0},
    {"limits", required_argument, NULL, 0},
    {"bare-429", no_argument, NULL, 0},
    {"fault", required_argument, NULL, 0},
    {"move", required_argument, NULL, 0},
    {"vanish", required_argument, NULL, 0},
    {"relist", required_argument, NULL, 0},
    {"gone-is-end", no_argument, NULL, 0},
    {"honour-page", no_argument, NULL, 0},
    {"filled", no_argument, NULL, 0},
    {"max-page", required_argument, NULL, 0},
    {"gzip", no_argument, NULL, 0},
    {"switch", required_argument, NULL, 0},
    {"port", required_argument, NULL, 'p'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

enum option_form {
	OPTION_NUMBER, /* int64_t within min and max */
	OPTION_SHARE,  /* double, 0 to 1 */
	OPTION_TEXT,
	OPTION_SWITCH
};

#define AT(member) offsetof(struct mock_options, member)

static const struct option_of {
	const char *name;
	enum option_form form;
	size_t at;
	int64_t min, max;
} options[] = {
    {"seed", OPTION_NUMBER, AT(size.seed), 0, INT64_MAX},
    {"listings", OPTION_NUMBER, AT(size.listings), 1, 10000},
    {"reservations", OPTION_NUMBER, AT(size.reservations), 0, 5000000},
    {"conversations", OPTION_NUMBER, AT(size.conversations), 0, 5000000},
    {"messages", OPTION_NUMBER, AT(size.messages), 1, 1000},
    {"photos", OPTION_NUMBER, AT(size.photos), 0, 400},
    {"orphans", OPTION_NUMBER, AT(size.orphans), 0, 5000000},
    {"secret-file", OPTION_TEXT, AT(secret_file), 0, 0},
    {"expires", OPTION_NUMBER, AT(expires_s), 1, 1000000000},
    {"settle", OPTION_NUMBER, AT(settle_ms), 0, 60000},
    {"wrapped-token", OPTION_SWITCH, AT(wrapped_token), 0, 0},
    {"bare-429", OPTION_SWITCH, AT(bare_429), 0, 0},
    {"honour-page", OPTION_SWITCH, AT(honour_page), 0, 0},
    {"filled", OPTION_SWITCH, AT(filled), 0, 0},
    {"gzip", OPTION_SWITCH, AT(gzip), 0, 0},
    {"gone-is-end", OPTION_SWITCH, AT(gone_is_end), 0, 0},
    {"verbose", OPTION_SWITCH, AT(verbose), 0, 0},
    {"max-page", OPTION_NUMBER, AT(max_page), 1, 1000000},
    {"move", OPTION_SHARE, AT(move), 0, 0},
    {"vanish", OPTION_SHARE, AT(vanish), 0, 0},
    {"relist", OPTION_SHARE, AT(relist), 0, 0},
    {"rows", OPTION_NUMBER, AT(rows), 0, 10000000},
    {"row-bytes", OPTION_NUMBER, AT(row_bytes), 0, 1000000},
    {"data", OPTION_TEXT, AT(data), 0, 0},
};

static int
set(struct mock_options *o, const struct option_of *of, const char *value,
    struct why *why)
{
	char *to = (char *)o + of->at;
	const char *wrong = NULL;
	int64_t n;

	switch (of->form) {
	case OPTION_NUMBER:
		n = strtonum(value, of->min, of->max, &wrong);
		if (wrong != NULL)
			return why_set(why, EX_USAGE,
			    "--%s %s: %s (%lld to %lld)", of->name, value,
			    wrong, (long long)of->min, (long long)of->max);
		memcpy(to, &n, sizeof(n));
		return 0;
	case OPTION_SHARE:
		if (fault_chance(value, (double *)(void *)to))
			return 0;
		return why_set(
		    why, EX_USAGE, "--%s %s: not from 0 to 1", of->name, value);
	case OPTION_TEXT:
		memcpy(to, &value, sizeof(value));
		return 0;
	default:
		*(bool *)to = true;
		return 0;
	}
}

static int
set_now(struct mock_options *o, const char *value, struct why *why)
{
	int64_t us;

	if (strcmp(value, "now") == 0)
		o->size.now = time(NULL);
	else if (time_parse(value, strlen(value), &us) == 0)
		o->size.now = us / 1000000;
	else
		return why_set(why, EX_USAGE, "--now %s: not a time", value);
	return 0;
}

static int
set_account(struct mock_options *o, const char *value, struct why *why)
{
	const char *wrong = NULL;
	long long n = strtonum(value, 1, INT32_MAX, &wrong);

	o->account = value;
	if (wrong != NULL && strlen(value) > 64)
		return why_set(why, EX_USAGE, "--account: too long");
	if (wrong == NULL)
		o->size.account = n;
	return 0;
}

/* One more text at the end of a list. */
static void
add_text(const char *const **list, size_t *n, const char *value)
{
	const char **texts =
	    reallocarray((void *)(uintptr_t)*list, *n + 1, sizeof(*texts));

	if (texts == NULL)
		err(EX_OSERR, NULL);
	texts[(*n)++] = value;
	*list = texts;
}

int
mock_option(struct mock_options *o, const char *name, const char *value,
    struct why *why)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].name, name) == 0)
			return set(o, &options[i], value, why);
	if (strcmp(name, "now") == 0)
		return set_now(o, value, why);
	if (strcmp(name, "account") == 0)
		return set_account(o, value, why);
	o->has_limits |= strcmp(name, "limits") == 0;
	if (strcmp(name, "limits") == 0)
		return limit_parse(value, o->limits, why) == -1
			   ? why_in(why, "--limits")
			   : 0;
	if (strcmp(name, "fault") == 0) {
		add_text(&o->faults, &o->n_faults, value);
		return 0;
	}
	if (strcmp(name, "switch") == 0) {
		add_text(&o->switches, &o->n_switches, value);
		return 0;
	}
	return why_set(why, EX_USAGE, "--%s %s: unknown", name,
	    value != NULL ? value : "");
}

void
mock_option_end(struct mock_options *o)
{
	if (o->size.conversations < 0)
		o->size.conversations = o->size.reservations;
}

void
mock_options_release(struct mock_options *o)
{
	free((void *)(uintptr_t)o->faults);
	free((void *)(uintptr_t)o->switches);
	o->faults = o->switches = NULL;
	o->n_faults = o->n_switches = 0;
}
