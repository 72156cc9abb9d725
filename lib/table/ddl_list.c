/* The list of steps itself. */
#include "table/ddl.h"

#include <stdlib.h>

#include "base/mem.h"

struct buf *
ddl_step(struct ddl *ddl, enum ddl_kind kind, const struct resource *r,
    const char *name)
{
	struct ddl_step *at;

	ddl->at = mem_grow(ddl->at, ddl->n + 1, sizeof(*ddl->at));
	at = &ddl->at[ddl->n++];
	*at = (struct ddl_step){kind, r, NULL, mem_str(name), BUF_INIT};
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
