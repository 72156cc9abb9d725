/*
 * settings -- what the user's sync.conf says of page and batch sizes, of jobs
 * and pauses.
 *
 * Inside of lib/state.
 *
 * The file is HA_SYNC_CONFIG's, or ha-tools/sync.conf in XDG_CONFIG_HOME or
 * ~/.config, which need not be there. A line is
 *   reso/media  page=5000 batch=20000 pause=200ms jobs=2
 * in which the source alone, or with a star, is all of its resources; the
 * last line that fits counts. A mistake is EX_CONFIG and names file and line.
 */
#ifndef HA_SETTINGS_H
#define HA_SETTINGS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"
#include "source/source.h"

struct setting { /* of a resource; 0: as the description has it */
	int page, batch, jobs;
	int64_t pause_ms;
};

struct settings {
	struct buf file;    /* that says something of the source; or empty */
	struct setting *of; /* one for each resource of the source */
};

int settings_load(const struct source *s, struct settings *to, struct why *why);
void settings_release(struct settings *t);

/* The page of a resource as it will be asked for; 0: it has no pages. */
int settings_page(
    const struct settings *t, const struct source *s, const struct resource *r);
/* The table for people, in which resources that agree share a line. */
void settings_print(const struct settings *t, const struct source *s,
    const struct resource *const *r, size_t n);

#endif
