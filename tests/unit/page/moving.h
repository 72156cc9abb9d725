/*
 * moving -- a collection in memory that changes while it is paged, and the
 * answers of an API over it. Included by the tests of paging.
 */
#ifndef MOVING_H
#define MOVING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/json.h"

#define MOVING_MAX 4096

struct thing {
	int id, rev;
	long updated; /* seconds after 2026-01-01 */
	bool there_all_the_time, touched;
	int got_rev; /* -1: never handed on */
};

enum order { BY_NEWEST, BY_OLDEST, BY_CHANCE };
enum gone { GONE_EMPTY, GONE_FIRST, GONE_404 };

struct moving {
	struct thing at[MOVING_MAX];
	int list[MOVING_MAX]; /* indices of `at`, in the list's order */
	int n_at, n;
	long clock;
	enum order order;
	enum gone gone; /* what `after` a row that is gone gives */
	bool counts;	/* the answers state a count */
	int cap;	/* rows of a page at most */
	unsigned seed;
	int calls;
};

static inline unsigned
roll(struct moving *m, unsigned below)
{
	m->seed = m->seed * 1103515245u + 12345u;
	return (m->seed >> 8) % below;
}

static inline void
moving_put(struct moving *m, int where, int thing)
{
	memmove(m->list + where + 1, m->list + where,
	    (size_t)(m->n - where) * sizeof(int));
	m->list[where] = thing;
	m->n++;
}

static inline int
moving_cut(struct moving *m, int where)
{
	int thing = m->list[where];

	m->n--;
	memmove(m->list + where, m->list + where + 1,
	    (size_t)(m->n - where) * sizeof(int));
	return thing;
}

static inline int
moving_place(struct moving *m)
{
	if (m->order == BY_NEWEST)
		return 0;
	return m->order == BY_OLDEST ? m->n : (int)roll(m, (unsigned)m->n + 1);
}

static inline void
moving_insert(struct moving *m)
{
	struct thing *t;

	if (m->n_at == MOVING_MAX)
		return;
	t = &m->at[m->n_at];
	memset(t, 0, sizeof(*t));
	t->id = 1000 + (m->n_at * 7919) % 100003;
	t->updated = ++m->clock;
	t->got_rev = -1;
	moving_put(m, moving_place(m), m->n_at++);
}

static inline void
moving_delete(struct moving *m, int where)
{
	m->at[moving_cut(m, where)].there_all_the_time = false;
}

/* A row changes: it goes where the list's order puts it. */
static inline void
moving_touch(struct moving *m, int where)
{
	int thing = m->list[where];

	m->at[thing].rev++;
	m->at[thing].updated = ++m->clock;
	m->at[thing].touched = true;
	if (m->order == BY_CHANCE)
		return;
	moving_cut(m, where);
	moving_put(m, moving_place(m), thing);
}

static inline void
moving_stir(struct moving *m, int times)
{
	for (int i = 0; i < times; i++) {
		unsigned what = roll(m, 3);

		if (what == 0 || m->n == 0)
			moving_insert(m);
		else if (what == 1)
			moving_delete(m, (int)roll(m, (unsigned)m->n));
		else
			moving_touch(m, (int)roll(m, (unsigned)m->n));
	}
}

/* All that is there now is there all the time, as far as a new walk knows. */
static inline void
moving_watch(struct moving *m)
{
	for (int i = 0; i < m->n_at; i++)
		m->at[i].there_all_the_time = m->at[i].touched = false;
	for (int i = 0; i < m->n; i++)
		m->at[m->list[i]].there_all_the_time = true;
}

static inline struct thing *
moving_find(struct moving *m, int id)
{
	for (int i = 0; i < m->n_at; i++)
		if (m->at[i].id == id)
			return &m->at[i];
	return NULL;
}

static inline void
moving_time(long s, char *to, size_t room)
{
	snprintf(to, room, "2026-01-%02ld %02ld:%02ld:%02ld", 1 + s / 86400,
	    s / 3600 % 24, s / 60 % 60, s % 60);
}

static inline long
moving_param(const char *path, const char *name, long otherwise)
{
	char with[32];
	const char *at;

	snprintf(with, sizeof(with), "%s=", name);
	at = strstr(path, with);
	return at == NULL ? otherwise : strtol(at + strlen(with), NULL, 10);
}

static inline void
moving_page(struct moving *m, int from, int limit, struct buf *to)
{
	char when[64];
	int shown = limit < m->cap ? limit : m->cap;

	buf_clear(to);
	buf_str(to, "{\"status\":\"success\",\"result\":[");
	for (int i = from; i < m->n && i < from + shown; i++) {
		struct thing *t = &m->at[m->list[i]];

		moving_time(t->updated, when, sizeof(when));
		buf_fmt(to, "%s{\"id\":%d,\"rev\":%d,\"updatedOn\":\"%s\"}",
		    i > from ? "," : "", t->id, t->rev, when);
	}
	if (m->counts)
		buf_fmt(to, "],\"count\":%d,\"limit\":%d}", m->n, shown);
	else
		buf_str(to, "]}");
	(void)buf_room(to, JSON_PADDING);
}

/* 200, or 404; the body in *to. */
static inline long
moving_get(struct moving *m, const char *path, struct buf *to)
{
	long after = moving_param(path, "afterId", -1);
	int from = (int)moving_param(path, "offset", 0);
	int limit = (int)moving_param(path, "limit", 100);

	m->calls++;
	if (after != -1) {
		for (from = 0; from < m->n; from++)
			if (m->at[m->list[from]].id == after)
				break;
		if (from < m->n)
			from++;
		else if (m->gone == GONE_FIRST)
			from = 0;
		else if (m->gone == GONE_404)
			return 404;
	}
	moving_page(m, from, limit, to);
	return 200;
}

/* What the test's walk handed on. */
static inline struct thing *
moving_got(struct moving *m, const char *row, int *rev)
{
	int id;

	if (sscanf(row, "{\"id\":%d,\"rev\":%d,", &id, rev) != 2)
		return NULL;
	return moving_find(m, id);
}

#endif
