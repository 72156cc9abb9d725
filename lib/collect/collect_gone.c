#include "collect/collect_gone.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#define FEW 2	 /* that may be all that were asked for */
#define MOST 100 /* lines kept without an answer of another */

void
gone_release(struct gone *g)
{
	buf_release(&g->parents);
}

void
gone_note(struct gone *g, const struct buf *parent)
{
	buf_add(&g->parents, parent->at, parent->len);
	buf_chr(&g->parents, '\n');
	g->n++;
}

bool
gone_all(const struct gone *g)
{
	return !g->answered && g->n > (g->doubted ? 0 : FEW);
}

int
gone_refuse(
    const struct gone *g, const char *resource, uint64_t all, struct why *why)
{
	return why_set(why, EX_UNAVAILABLE,
	    "%s: all of %" PRIu64 " parents are gone, it says%s; none is "
	    "taken for gone",
	    resource, all, g->doubted ? ", also those that are stored" : "");
}

bool
gone_enough(const struct gone *g)
{
	return !g->answered && g->n >= MOST;
}

void
gone_write(struct gone *g, struct emit *out)
{
	char *at = g->parents.at, *lf;
	size_t left = g->parents.len;
	struct mark open, close;

	mark_init(&close);
	close.gone = true;
	for (; left > 0; left -= (size_t)(lf + 1 - at), at = lf + 1) {
		lf = memchr(at, '\n', left);
		mark_init(&open);
		open.kind = MARK_OPEN;
		buf_add(&open.parent, at, (size_t)(lf - at));
		emit_open(out, &open);
		emit_close(out, &close);
		mark_release(&open);
	}
	buf_clear(&g->parents);
	g->n = 0;
}
