/* The list of steps itself, and what its names are made of. */
#include "table/ddl.h"

#include <stdio.h>
#include <stdlib.h>

#include <xxhash.h>

#include "base/mem.h"

struct buf *
ddl_step(struct ddl *ddl, enum ddl_kind kind, const struct resource *r,
    const char *name)
{
	struct ddl_step *at;

	ddl->at = mem_grow(ddl->at, ddl->n + 1, sizeof(*ddl->at));
	at = &ddl->at[ddl->n++];
	*at = (struct ddl_step){kind, r, mem_str(name), BUF_INIT};
	return &at->sql;
}

void
ddl_release(struct ddl *ddl)
{
	for (size_t i = 0; i < ddl->n; i++) {
		free(ddl->at[i].name);
		buf_release(&ddl->at[i].sql);
	}
	free(ddl->at);
	*ddl = (struct ddl){NULL, 0};
}

const char *
ddl_table(const struct source *s, const char *resource)
{
	return source_find(s, resource)->table;
}

void
ddl_hash(const void *p, size_t len, char text[DDL_HASH])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, XXH3_128bits(p, len));
	for (size_t i = 0; i < sizeof(c.digest); i++)
		snprintf(text + 2 * i, 3, "%02x", c.digest[i]);
}

void
ddl_short_name(struct buf *name)
{
	char hash[DDL_HASH];

	if (name->len <= 63)
		return;
	ddl_hash(name->at, name->len, hash);
	name->len = 54;
	while (((unsigned char)name->at[name->len] & 0xc0) == 0x80)
		name->len--; /* not inside a character */
	buf_chr(name, '_');
	buf_add(name, hash, 8);
}
