#include "mock/reso/reso_int.h"

#include <stddef.h>

#include "mock/server/mock_switch.h"

static const char *const links[] = {
    "none", "absolute", "relative", "other", "loop", "encoded", NULL};
/* X-Rate-Limit-Retry-After-Seconds; Retry-After twice; Hour-Quota-ResetTime */
static const char *const waits[] = {
    "ampre", "seconds", "date", "epoch-ms", "none", NULL};

#define AT(member) offsetof(struct reso_switches, member)

static const struct mock_switch switches[] = {
    {"properties", SWITCH_NUMBER, AT(properties), 0, 5000000, NULL},
    {"media", SWITCH_NUMBER, AT(media), 0, 50000000, NULL},
    {"rooms", SWITCH_NUMBER, AT(rooms), 0, 50000000, NULL},
    {"open-houses", SWITCH_NUMBER, AT(open_houses), 0, 5000000, NULL},
    {"members", SWITCH_NUMBER, AT(members), 0, 1000000, NULL},
    {"offices", SWITCH_NUMBER, AT(offices), 0, 1000000, NULL},
    {"orphans", SWITCH_NUMBER, AT(orphans), 0, 1000000, NULL},
    {"hidden", SWITCH_NUMBER, AT(hidden), 0, 1000000, NULL},
    {"page", SWITCH_NUMBER, AT(page), 1, 10000, NULL},
    {"max-or", SWITCH_NUMBER, AT(max_ors), 0, 100000, NULL},
    {"max-skip", SWITCH_NUMBER, AT(max_skip), 0, 1000000000, NULL},
    {"denied", SWITCH_NUMBER, AT(denied), 400, 499, NULL},
    {"link", SWITCH_CHOICE, AT(link), 0, 0, links},
    {"wait", SWITCH_CHOICE, AT(wait), 0, 0, waits},
    {"link-last", SWITCH_FLAG, AT(link_last), 0, 0, NULL},
    {"link-token", SWITCH_FLAG, AT(link_token), 0, 0, NULL},
    {"top-page", SWITCH_FLAG, AT(top_page), 0, 0, NULL},
    {"clamp", SWITCH_FLAG, AT(clamp), 0, 0, NULL},
    {"text-count", SWITCH_FLAG, AT(text_count), 0, 0, NULL},
    {"plus", SWITCH_FLAG, AT(plus), 0, 0, NULL},
    {"null-expand", SWITCH_FLAG, AT(null_expand), 0, 0, NULL},
    {"nul", SWITCH_FLAG, AT(nul), 0, 0, NULL},
    {"coarse", SWITCH_FLAG, AT(coarse), 0, 0, NULL},
    {"volatile", SWITCH_FLAG, AT(volatile_urls), 0, 0, NULL},
    {"want-gzip", SWITCH_FLAG, AT(want_gzip), 0, 0, NULL},
    {"grid", SWITCH_FLAG, AT(grid), 0, 0, NULL},
    {"client", SWITCH_FLAG, AT(client), 0, 0, NULL},
    {"link-secret", SWITCH_FLAG, AT(link_secret), 0, 0, NULL},
    {"late", SWITCH_SHARE, AT(late), 0, 0, NULL},
    {"short", SWITCH_SHARE, AT(shorter), 0, 0, NULL},
    {"twice", SWITCH_SHARE, AT(twice), 0, 0, NULL},
    {"move", SWITCH_SHARE, AT(move), 0, 0, NULL},
    {"vanish", SWITCH_SHARE, AT(vanish), 0, 0, NULL},
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

int
reso_switch(struct reso_switches *s, const char *text, struct why *why)
{
	return switch_set(
	    s, switches, sizeof(switches) / sizeof(switches[0]), text, why);
}
