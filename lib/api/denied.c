#include "api/denied.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/shared.h"

#define PLACES 64
#define DAY_US ((int64_t)86400 * 1000000)

struct place {
	uint64_t path;
	int64_t at_us; /* 0: none */
};

struct denied {
	struct shared *shared;
};

struct denied *
denied_open(const char *api, const char *account, struct why *why)
{
	struct buf name = BUF_INIT;
	struct denied *d = mem_new(1, sizeof(*d));

	buf_fmt(
	    &name, "%s-denied-%s", api, *account != '\0' ? account : "token");
	d->shared = shared_open(name.at, PLACES * sizeof(struct place), why);
	buf_release(&name);
	if (d->shared != NULL)
		return d;
	free(d);
	return NULL;
}

void
denied_close(struct denied *d)
{
	if (d == NULL)
		return;
	shared_close(d->shared);
	free(d);
}

/* "/v1/listings/17/calendar?x" and "/v1/listings/18/calendar" are alike. */
static uint64_t
kind_of(const char *path)
{
	struct buf kind = BUF_INIT;
	size_t end = strcspn(path, "?#"), n;
	uint64_t hash;

	for (size_t at = 0; at < end; at += n + 1) {
		n = strcspn(path + at, "/?#");
		if (strcspn(path + at, "0123456789") < n)
			buf_str(&kind, "/#");
		else
			buf_fmt(&kind, "/%.*s", (int)n, path + at);
	}
	hash = XXH3_64bits(kind.at, kind.len) | 1;
	buf_release(&kind);
	return hash;
}

bool
denied_has(struct denied *d, const char *path)
{
	uint64_t kind = kind_of(path);
	const struct place *p;
	struct why ignored;
	bool found = false;

	if ((p = shared_lock(d->shared, &ignored)) == NULL)
		return false;
	for (size_t i = 0; i < PLACES; i++)
		if (p[i].path == kind && p[i].at_us > 0 &&
		    shared_now() - p[i].at_us < DAY_US)
			found = true;
	shared_unlock(d->shared);
	return found;
}

void
denied_note(struct denied *d, const char *path)
{
	uint64_t kind = kind_of(path);
	struct why ignored;
	struct place *p;
	size_t to = 0;

	if ((p = shared_lock(d->shared, &ignored)) == NULL)
		return;
	for (size_t i = 0; i < PLACES; i++) {
		if (p[i].path == kind) {
			to = i;
			break;
		}
		if (p[i].at_us < p[to].at_us)
			to = i;
	}
	p[to] = (struct place){kind, shared_now()};
	/* unwritten it costs one more mint */
	(void)shared_write(d->shared, to * sizeof(*p), sizeof(*p), &ignored);
	shared_unlock(d->shared);
}
