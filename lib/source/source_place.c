/* Where a mistake is, and whom a resource belongs to. */
#include "source/source_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* In parentheses: for the analyzer the name is a macro, too. */
int(source_fail)(const struct checked *c, struct why *why, const char *fmt, ...)
{
	char text[512], at[64];
	struct buf place = BUF_INIT;
	struct desc d = *c->top;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(at, sizeof(at), ".resources[%zu]",
	    (size_t)(c->r - c->s->resources));
	desc_follow(&d, at);
	desc_follow(&d, text);
	desc_place(d.file, d.text, d.val.text, &place);
	why_set(
	    why, EX_CONFIG, "%s: %s (%s): %s", place.at, at, c->r->name, text);
	buf_release(&place);
	return -1;
}

const struct resource *
source_before(
    const struct source *s, const struct resource *r, const char *name)
{
	for (const struct resource *p = s->resources; p < r; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

const char *
source_group(const struct resource *r)
{
	return r->each != NULL	     ? r->each->parent
	       : r->embedded != NULL ? r->embedded->in
				     : NULL;
}
