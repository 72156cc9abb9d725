/*
 * feed -- an OData collection in memory that changes while it is read, and
 * answers to real $filter texts over it. Included by the tests of paging by
 * keyset and by link.
 */
#ifndef FEED_H
#define FEED_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/json.h"
#include "mock/odata/odata.h"
#include "base/timeval.h"

#define FEED_MAX 4096
#define FEED_DAY INT64_C(1767225600000000) /* 2026-01-01 */

struct item {
	char key[24];
	int64_t us;
	int digits; /* of the fraction, as it is shown */
	bool no_time, hidden, gone, there_all_the_time;
	int rev, got_rev; /* -1: never handed on */
};

struct feed {
	struct item at[FEED_MAX];
	int n;
	int64_t clock;
	unsigned seed;
	bool numbers;	/* keys are numbers */
	bool coarse;	/* times are shown in whole seconds */
	bool nulls_low; /* rows without a time come first, else last */
	bool deaf;	/* the filter is not obeyed */
	bool backwards; /* nor is the order */
	bool links;	/* a page that is not the last has a link */
	int cap;	/* rows of a page at most; 0: as asked for */
	int short_of;	/* one page in so many is cut short; 0: none */
	int lies;	/* rows that are counted and not there */
	bool twice;	/* the first row of a page comes again */
	int calls, rows;
	char *asked; /* the last filter, decoded; NULL: none */
	char asked_order[64];
};

static inline unsigned
feed_roll(struct feed *f, unsigned below)
{
	f->seed = f->seed * 1103515245u + 12345u;
	return (f->seed >> 8) % below;
}

static inline struct item *
feed_add(struct feed *f)
{
	static const char *const odd[] = {"", "O'", "x +", "'"};
	struct item *t;

	if (f->n == FEED_MAX)
		abort();
	t = &f->at[f->n];
	memset(t, 0, sizeof(*t));
	snprintf(t->key, sizeof(t->key), "%s%05d",
	    f->numbers ? "1" : odd[feed_roll(f, 4)], (f->n * 7919) % 100003);
	t->us = f->clock += 1 + feed_roll(f, 3) * 400000;
	t->digits = feed_roll(f, 2) != 0 ? 6 : 0;
	if (t->digits == 0)
		f->clock = t->us = (t->us / 1000000 + 1) * 1000000;
	t->got_rev = -1;
	f->n++;
	return t;
}

static inline void
feed_touch(struct feed *f, struct item *t)
{
	t->rev++;
	t->us = f->clock += 1 + feed_roll(f, 3) * 400000;
	t->digits = 6;
	t->no_time = false;
}

/* Rows are added, changed (many at one time), and go. */
static inline void
feed_stir(struct feed *f, int times)
{
	for (int i = 0; i < times; i++) {
		unsigned what = feed_roll(f, 10);
		struct item *t =
		    f->n == 0 ? NULL : &f->at[feed_roll(f, (unsigned)f->n)];

		if (what < 3 || t == NULL) {
			feed_add(f);
		} else if (what < 4) {
			t->gone = true;
			t->there_all_the_time = false;
		} else if (what < 9) {
			feed_touch(f, t);
		} else {
			int64_t us = f->clock += 1000;

			for (; t < f->at + f->n && feed_roll(f, 9) > 0; t++) {
				feed_touch(f, t);
				t->us = us;
			}
		}
	}
}

static inline void
feed_watch(struct feed *f)
{
	for (int i = 0; i < f->n; i++)
		f->at[i].there_all_the_time =
		    !f->at[i].gone && !f->at[i].hidden;
}

static inline struct item *
feed_find(struct feed *f, const char *key)
{
	for (int i = 0; i < f->n; i++)
		if (strcmp(f->at[i].key, key) == 0)
			return &f->at[i];
	return NULL;
}

/* The value of a parameter, decoded as %XX; a + is a plus. */
static inline char *
feed_param(const char *path, const char *name)
{
	static char text[2][4096];
	static int turn;
	char *to = text[turn ^= 1], with[40];
	const char *at;
	size_t n = 0;

	snprintf(with, sizeof(with), "%s=", name);
	for (at = path; (at = strstr(at, with)) != NULL; at++)
		if (at > path && (at[-1] == '?' || at[-1] == '&'))
			break;
	if (at == NULL)
		return NULL;
	for (at += strlen(with); *at != '\0' && *at != '&'; at++, n++) {
		unsigned c = (unsigned char)*at;

		if (*at == '%' && sscanf(at + 1, "%2x", &c) == 1)
			at += 2;
		to[n] = (char)c;
	}
	to[n] = '\0';
	return to;
}

static inline void
feed_get_field(void *row, size_t i, struct odata_value *v, struct buf *scratch)
{
	const struct item *t = row;

	(void)scratch;
	memset(v, 0, sizeof(*v));
	v->type = ODATA_NULL;
	if (i == 0) {
		v->type = ODATA_STRING;
		v->text = t->key;
		v->len = strlen(t->key);
	} else if (i == 2) {
		v->type = ODATA_NUMBER;
		v->number = atoll(t->key); /* NOLINT */
	} else if (!t->no_time) {
		v->type = ODATA_TIME;
		v->time.s = t->us / 1000000;
		v->time.ps = t->us % 1000000 * 1000000;
	}
}

static struct feed *feed_sorted;

static inline int
feed_compare(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;
	int way = feed_sorted->backwards ? -1 : 1;
	bool by_key = strchr(feed_sorted->asked_order, ',') == NULL;

	if (by_key)
		return feed_sorted->numbers
			   ? atoi(x->key) - atoi(y->key) /* NOLINT */
			   : strcmp(x->key, y->key);
	if (x->no_time != y->no_time)
		return x->no_time == feed_sorted->nulls_low ? -1 : 1;
	if (!x->no_time && x->us != y->us)
		return x->us < y->us ? -way : way;
	return feed_sorted->numbers ? atoi(x->key) - atoi(y->key) /* NOLINT */
				    : strcmp(x->key, y->key);
}

static inline void
feed_show(const struct feed *f, const struct item *t, struct buf *to)
{
	int64_t s = (t->us - FEED_DAY) / 1000000, us = t->us % 1000000;

	buf_str(to, "{\"Id\":");
	buf_fmt(to, f->numbers ? "%s" : "\"%s\"", t->key);
	buf_fmt(to, ",\"rev\":%d,\"At\":", t->rev);
	if (t->no_time) {
		buf_str(to, "null}");
		return;
	}
	buf_fmt(to, "\"2026-01-%02dT%02d:%02d:%02d", (int)(1 + s / 86400),
	    (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
	if (!f->coarse && (t->digits > 0 || us != 0))
		buf_fmt(to, ".%06d", (int)us);
	buf_str(to, strlen(t->key) % 2 != 0 ? "Z\"}" : "+00:00\"}");
}

static inline int
feed_select(
    struct feed *f, const struct odata_filter *filter, struct item **hits)
{
	int n = 0;

	for (int i = 0; i < f->n; i++)
		if (!f->at[i].gone && !f->at[i].hidden &&
		    (filter == NULL || f->deaf ||
			odata_match(filter, feed_get_field, &f->at[i], 0)))
			hits[n++] = &f->at[i];
	feed_sorted = f;
	qsort(hits, (size_t)n, sizeof(struct item *), feed_compare);
	return n;
}

/* The body in *to; a wrong question ends the test. */
static inline void
feed_get(struct feed *f, const char *path, struct buf *to)
{
	const struct odata_field fields[] = {
	    {f->numbers ? "No" : "Id", ODATA_STRING}, {"At", ODATA_TIME},
	    {f->numbers ? "Id" : "No", ODATA_NUMBER}};
	static struct item *hits[FEED_MAX];
	struct odata_filter *filter = NULL;
	const char *text;
	struct why why;
	int n, top, shown;

	f->calls++;
	if (strpbrk(path, " +'\"<>") != NULL || strstr(path, "skip") != NULL)
		fail_msg("asked for %s", path);
	free(f->asked);
	f->asked = NULL;
	if ((text = feed_param(path, "$filter")) != NULL) {
		f->asked = strdup(text);
		filter = odata_parse(text, fields, 3, &why);
		if (filter == NULL)
			fail_msg("%s: %s", text, why.msg);
	}
	text = feed_param(path, "$orderby");
	snprintf(f->asked_order, sizeof(f->asked_order), "%s",
	    text == NULL ? "" : text);
	text = feed_param(path, "$top");
	top = text == NULL ? 100 : atoi(text); /* NOLINT */
	n = feed_select(f, filter, hits);
	odata_free(filter);
	shown = f->cap > 0 && top > f->cap ? f->cap : top;
	if (f->short_of > 0 && feed_roll(f, (unsigned)f->short_of) == 0)
		shown = 1 + (int)feed_roll(f, (unsigned)shown);
	buf_clear(to);
	buf_str(to, "{\"value\":[");
	for (int i = 0; i < n && i < shown; i++) {
		buf_str(to, i > 0 ? "," : "");
		feed_show(f, hits[i], to);
		f->rows++;
		if (i == 0 && f->twice) {
			buf_chr(to, ',');
			feed_show(f, hits[i], to);
		}
	}
	buf_str(to, "]");
	if (f->links && n > shown)
		buf_str(to, ",\"@odata.nextLink\":\"https://x.example/?p=2\"");
	if ((text = feed_param(path, "$count")) != NULL &&
	    strcmp(text, "true") == 0)
		buf_fmt(to, ",\"@odata.count\":\"%d\"", n + f->lies);
	buf_str(to, "}");
	(void)buf_room(to, JSON_PADDING);
}

/* A row that was handed on. */
static inline struct item *
feed_got(struct feed *f, const char *row)
{
	char key[24];
	struct item *t;
	int rev;

	if (sscanf(row, f->numbers ? "{\"Id\":%23[^,]" : "{\"Id\":\"%23[^\"]",
		key) != 1 ||
	    sscanf(strstr(row, "\"rev\":"), "\"rev\":%d", &rev) != 1 ||
	    (t = feed_find(f, key)) == NULL)
		return NULL;
	if (rev > t->got_rev)
		t->got_rev = rev;
	return t;
}

#endif
