#include "table/cut_way.h"

#include <stdio.h>

#include "base/buf.h"

XXH128_hash_t
cut_way(const struct resource *r)
{
	struct buf how = BUF_INIT;
	XXH128_hash_t hash;

	for (size_t i = 0; i < r->n_columns; i++)
		buf_fmt(&how, "%s %s%s %d %s\n", r->columns[i].name,
		    column_type_sql(r->columns[i].type),
		    r->columns[i].or_null ? "?" : "", r->columns[i].of_parent,
		    expr_source(r->columns[i].from));
	if (r->deleted != NULL)
		buf_fmt(&how, "deleted %s\n", expr_source(r->deleted));
	hash = XXH3_128bits(how.at, how.len);
	buf_release(&how);
	return hash;
}

void
cut_way_text(const struct resource *r, char text[33])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, cut_way(r));
	for (size_t i = 0; i < sizeof(c.digest); i++)
		snprintf(text + 2 * i, 3, "%02x", c.digest[i]);
}
