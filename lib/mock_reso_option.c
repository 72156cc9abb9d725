#include "mock_reso.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock_fault.h"

enum form { FORM_NUMBER, FORM_SHARE, FORM_SWITCH, FORM_CHOICE };

static const char *const links[] = {
    "none", "absolute", "relative", "other", "loop", "encoded", NULL};
/* X-Rate-Limit-Retry-After-Seconds; Retry-After twice; Hour-Quota-ResetTime */
static const char *const waits[] = {
    "ampre", "seconds", "date", "epoch-ms", "none", NULL};

#define AT(member) offsetof(struct reso_switches, member)

static const struct {
	const char *name;
	enum form form;
	size_t at;
	int64_t min, max;
	const char *const *choices;
} switches[] = {
    {"properties", FORM_NUMBER, AT(properties), 0, 5000000, NULL},
    {"media", FORM_NUMBER, AT(media), 0, 50000000, NULL},
    {"rooms", FORM_NUMBER, AT(rooms), 0, 50000000, NULL},
    {"open-houses", FORM_NUMBER, AT(open_houses), 0, 5000000, NULL},
    {"members", FORM_NUMBER, AT(members), 0, 1000000, NULL},
    {"offices", FORM_NUMBER, AT(offices), 0, 1000000, NULL},
    {"orphans", FORM_NUMBER, AT(orphans), 0, 1000000, NULL},
    {"hidden", FORM_NUMBER, AT(hidden), 0, 1000000, NULL},
    {"page", FORM_NUMBER, AT(page), 1, 10000, NULL},
    {"max-or", FORM_NUMBER, AT(max_ors), 0, 100000, NULL},
    {"max-skip", FORM_NUMBER, AT(max_skip), 0, 1000000000, NULL},
    {"denied", FORM_NUMBER, AT(denied), 400, 499, NULL},
    {"link", FORM_CHOICE, AT(link), 0, 0, links},
    {"wait", FORM_CHOICE, AT(wait), 0, 0, waits},
    {"link-last", FORM_SWITCH, AT(link_last), 0, 0, NULL},
    {"link-token", FORM_SWITCH, AT(link_token), 0, 0, NULL},
    {"top-page", FORM_SWITCH, AT(top_page), 0, 0, NULL},
    {"clamp", FORM_SWITCH, AT(clamp), 0, 0, NULL},
    {"text-count", FORM_SWITCH, AT(text_count), 0, 0, NULL},
    {"plus", FORM_SWITCH, AT(plus), 0, 0, NULL},
    {"null-expand", FORM_SWITCH, AT(null_expand), 0, 0, NULL},
    {"nul", FORM_SWITCH, AT(nul), 0, 0, NULL},
    {"coarse", FORM_SWITCH, AT(coarse), 0, 0, NULL},
    {"volatile", FORM_SWITCH, AT(volatile_urls), 0, 0, NULL},
    {"want-gzip", FORM_SWITCH, AT(want_gzip), 0, 0, NULL},
    {"late", FORM_SHARE, AT(late), 0, 0, NULL},
    {"short", FORM_SHARE, AT(shorter), 0, 0, NULL},
    {"twice", FORM_SHARE, AT(twice), 0, 0, NULL},
    {"move", FORM_SHARE, AT(move), 0, 0, NULL},
    {"vanish", FORM_SHARE, AT(vanish), 0, 0, NULL},
};

void
reso_switches_init(struct reso_switches *s)
{
	*s = (struct reso_switches){.properties = 500,
	    .media = 6000,
	    .rooms = 2500,
	    .open_houses = 100,
	    .members = 60,
	    .offices = 12,
	    .orphans = 2,
	    .hidden = 2,
	    .page = 100,
	    .max_ors = 20,
	    .max_skip = 100000,
	    .denied = 401};
}

static int
set(struct reso_switches *s, size_t which, const char *value, struct why *why)
{
	char *to = (char *)s + switches[which].at;
	const char *wrong = NULL, *const *choice = switches[which].choices;
	int64_t n = 0;

	switch (switches[which].form) {
	case FORM_NUMBER:
		n = strtonum(
		    value, switches[which].min, switches[which].max, &wrong);
		if (wrong != NULL)
			return why_set(why, EX_USAGE,
			    "%s=%s: %s (%lld to %lld)", switches[which].name,
			    value, wrong, (long long)switches[which].min,
			    (long long)switches[which].max);
		memcpy(to, &n, sizeof(n));
		return 0;
	case FORM_SHARE:
		if (fault_chance(value, (double *)(void *)to))
			return 0;
		return why_set(why, EX_USAGE, "%s=%s: not from 0 to 1",
		    switches[which].name, value);
	case FORM_CHOICE:
		while (choice[n] != NULL && strcmp(choice[n], value) != 0)
			n++;
		if (choice[n] == NULL)
			return why_set(why, EX_USAGE, "%s=%s: unknown",
			    switches[which].name, value);
		memcpy(to, &n, sizeof(n));
		return 0;
	default:
		*(bool *)to = strcmp(value, "0") != 0;
		return *value == '\0' || strcmp(value, "0") == 0 ||
			       strcmp(value, "1") == 0
			   ? 0
			   : why_set(why, EX_USAGE, "%s=%s: not 0 or 1",
				 switches[which].name, value);
	}
}

int
reso_switch(struct reso_switches *s, const char *text, struct why *why)
{
	char copy[512], *rest = copy, *part;

	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy))
		return why_set(why, EX_USAGE, "%.40s...: too long", text);
	while ((part = strsep(&rest, ",")) != NULL) {
		char *value = strchr(part, '=');
		size_t i = 0, n = sizeof(switches) / sizeof(switches[0]);

		if (value != NULL)
			*value++ = '\0';
		while (i < n && strcmp(switches[i].name, part) != 0)
			i++;
		if (i == n)
			return why_set(
			    why, EX_USAGE, "%s: no such switch", part);
		if (set(s, i, value != NULL ? value : "", why) == -1)
			return -1;
	}
	return 0;
}
