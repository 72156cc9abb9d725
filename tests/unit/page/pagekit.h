/*
 * pagekit -- a description with each paging style, and its kits. Included by
 * the tests of paging: setup is theirs.
 */
#ifndef PAGEKIT_H
#define PAGEKIT_H

#include "json/json.h"
#include "kits.h"

enum { OFFSETS, AFTERS, WALKS, WALKS_BY_OFFSET, NONES };

#define REST                                                                   \
	"\"key\":[\"id\"],\"columns\":{\"id\":[\"bigint\",\".id\"],"           \
	"\"updated_on\":[\"timestamptz\",\".updatedOn\"]}}"

static const char description[] =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"envelope\":{\"rows\":\".result\",\"count\":\".count\","
    "\"limit\":\".limit\",\"status\":\".status\",\"ok\":\"success\"},"
    "\"resources\":["
    "{\"name\":\"offsets\",\"path\":\"/o\",\"page\":{\"style\":\"offset\"},"
    "\"query\":{\"all\":\"1\"},\"position\":\".updatedOn\",\"since\":["
    "{\"start\":\"{position|-1d|date}\"},{\"reply\":\"1\",\"all\":\"2\"}],"
    "\"version\":[\"updated_on\"]," REST ","
    "{\"name\":\"afters\",\"path\":\"/a\",\"page\":{\"style\":\"after\","
    "\"after\":\"afterId\"},\"version\":[\"updated_on\"]," REST ","
    "{\"name\":\"walks\",\"path\":\"/w\",\"page\":{\"style\":\"walk\","
    "\"by\":\"after\",\"after\":\"afterId\",\"overlap\":\"10s\"},"
    "\"position\":\".updatedOn\",\"version\":[\"updated_on\"]," REST ","
    "{\"name\":\"walks_by_offset\",\"path\":\"/w\",\"page\":{\"style\":"
    "\"walk\",\"by\":\"offset\",\"overlap\":\"10s\"},"
    "\"position\":\".updatedOn\",\"version\":[\"updated_on\"]," REST ","
    "{\"name\":\"nones\",\"path\":\"/n\",\"page\":{\"style\":\"none\"}," REST
    "]}";

static inline struct page *
open_walk(int kind, const char *from, int size)
{
	struct page_of of = {.account = "1", .from = from, .size = size};

	return kit_walk(kind, &of);
}

static inline int
setup(void **state)
{
	(void)state;
	return kits_open(description);
}

#endif
