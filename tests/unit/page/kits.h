/*
 * kits -- a source that a test describes, and a kit for each of its resources
 * in their order. Included by the tests of paging.
 */
#ifndef KITS_H
#define KITS_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "page/page.h"

static char dir[] = "/tmp/ha-page-XXXXXX";
static struct source *source;
static struct page_kit *kits[8];

static inline int
kits_open(const char *description)
{
	char path[64];
	struct why why = {0};
	FILE *f;

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
	for (size_t i = 0; i < source->n_resources; i++)
		if ((kits[i] = page_kit_new(
			 source, &source->resources[i], false, &why)) == NULL)
			return -1;
	return 0;
}

static inline int
kits_close(void **state)
{
	char path[64];

	(void)state;
	for (size_t i = 0; i < source->n_resources; i++)
		page_kit_free(kits[i]);
	source_free(source);
	snprintf(path, sizeof(path), "%s/t.json", dir);
	unlink(path);
	return rmdir(dir);
}

static inline const char *
kit_name(int kind)
{
	return source->resources[kind].name;
}

/* A walk that must begin. */
static inline struct page *
kit_walk(int kind, const struct page_of *of)
{
	struct why why = {0};
	struct page *p = page_new(kits[kind], of, &why);

	if (p == NULL)
		fail_msg("%s", why.msg);
	return p;
}

#endif
