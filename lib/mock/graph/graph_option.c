#include "mock/graph/graph_int.h"

#include <stddef.h>

#include "mock/server/mock_switch.h"

#define AT(member) offsetof(struct graph_switches, member)
#define NUMBER(name, member, min, max)                                         \
	{                                                                      \
		name, SWITCH_NUMBER, AT(member), min, max, NULL                \
	}
#define OTHER(name, form, member)                                              \
	{                                                                      \
		name, form, AT(member), 0, 0, NULL                             \
	}

static const struct mock_switch switches[] = {
    NUMBER("conversations", conversations, 0, 5000000),
    NUMBER("pages", pages, 1, GRAPH_MAX_PAGES),
    NUMBER("instagram", instagram, 0, 100),
    NUMBER("long", lengthy, 1, 1000000),
    NUMBER("ties", ties, 0, 100000),
    NUMBER("odd", odd, 0, 1000000),
    NUMBER("code", code, 1, 9999999),
    NUMBER("subcode", subcode, 0, 9999999),
    NUMBER("status", status, 400, 599),
    NUMBER("denied", denied, 400, 499),
    NUMBER("block", block, 0, 100000),
    NUMBER("minute-ms", minute_ms, 1, 60000),
    NUMBER("lengthen", lengthen, 0, 1000),
    NUMBER("budget", budget, 0, 1000000000),
    NUMBER("window", window_s, 1, 86400),
    NUMBER("cpu", cpu, 0, 1000),
    NUMBER("app-budget", app_budget, 0, 1000000000),
    NUMBER("heavy", heavy, 0, 1000000000),
    NUMBER("detail", detail, 0, 1000000),
    NUMBER("max-depth", max_depth, 0, 1000000000),
    NUMBER("expire-after", expire_after, 0, 1000000000),
    NUMBER("oldest", oldest, 1, 99),
    OTHER("doubled", SWITCH_FLAG, doubled),
    OTHER("tail", SWITCH_FLAG, tail),
    OTHER("apart", SWITCH_FLAG, apart),
    OTHER("empty", SWITCH_SHARE, empty),
    OTHER("short", SWITCH_SHARE, shorter),
    OTHER("dead-cursor", SWITCH_SHARE, dead_cursor),
    OTHER("move", SWITCH_SHARE, move),
    OTHER("vanish", SWITCH_SHARE, vanish),
};

void
graph_switches_init(struct graph_switches *s)
{
	*s = (struct graph_switches){.conversations = 500,
	    .pages = 2,
	    .instagram = 20,
	    .lengthy = 2000,
	    .ties = 150,
	    .odd = 1000,
	    .code = 80006,
	    .status = 400,
	    .denied = 400,
	    .block = 1,
	    .minute_ms = 60000,
	    .window_s = 86400,
	    .cpu = 50,
	    .app_budget = 200,
	    .oldest = 22};
}

int
graph_switch(struct graph_switches *s, const char *text, struct why *why)
{
	return switch_set(
	    s, switches, sizeof(switches) / sizeof(switches[0]), text, why);
}
