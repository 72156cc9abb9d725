/*
 * pagekit -- a description with each paging style, and its kits. Included by
 * the tests of paging: setup and teardown are theirs.
 */
#ifndef PAGEKIT_H
#define PAGEKIT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "json/json.h"
#include "page/page.h"

static char dir[] = "/tmp/ha-page-XXXXXX";
static struct source *source;
static struct page_kit *kits[5];
static const char *const names[] = {
    "offsets", "afters", "walks", "walks_by_offset", "nones"};

enum { OFFSETS, AFTERS, WALKS, WALKS_BY_OFFSET, NONES };

#define REST                                                                   \
	"\"key\":[\"id\"],\"columns\":{\"id\":[\"bigint\",\".id\"],"           \
	"\"updated_on\":[\"timestamptz\",\".updatedOn\"]}}"

static const char description[] =
    "{\"v\":1,\"source\":\"t\",\"base\":\"https://api.example.com\","
    "\"envelope\":{\"rows\":\".result\",\"count\":\".count\","
    "\"limit\":\".limit\"},\"resources\":["
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
	struct why why = {0};
	struct page *p = page_new(kits[kind], &of, &why);

	if (p == NULL)
		fail_msg("%s", why.msg);
	return p;
}

static inline int
setup(void **state)
{
	char path[64];
	struct why why = {0};
	FILE *f;

	(void)state;
	if (mkdtemp(dir) == NULL || setenv("HA_SOURCES", dir, 1) == -1)
		return -1;
	snprintf(path, sizeof(path), "%s/t.json", dir);
	if ((f = fopen(path, "w")) == NULL || fputs(description, f) < 0 ||
	    fclose(f) != 0)
		return -1;
	if ((source = source_load("t", &why)) == NULL) {
		fprintf(stderr, "%s\n", why.msg);
		return -1;
	}
	for (int i = 0; i < 5; i++) {
		kits[i] = page_kit_new(source,
		    source_resource(source, names[i], &why), false, &why);
		if (kits[i] == NULL)
			return -1;
	}
	return 0;
}

static inline int
teardown(void **state)
{
	char path[64];

	(void)state;
	for (int i = 0; i < 5; i++)
		page_kit_free(kits[i]);
	source_free(source);
	snprintf(path, sizeof(path), "%s/t.json", dir);
	unlink(path);
	return rmdir(dir);
}

#endif
