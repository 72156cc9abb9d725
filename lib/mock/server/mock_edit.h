/*
 * mock_edit -- changes at several places of one text, made at once.
 *
 * Places are offsets into the text as it was. All zeros is none.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_EDIT_H
#define HA_MOCK_EDIT_H

#include <stddef.h>

#include "base/buf.h"

struct edit {
	size_t at, cut;	       /* so many bytes go, */
	size_t from, from_len; /* and these of the new texts come */
};

struct edits {
	struct edit *at; /* by place */
	size_t n;
	struct buf texts;
};

/* Two at one place: the second comes behind the first. */
void edits_add(struct edits *e, size_t at, size_t cut, const char *text);
/* What was in `to` goes. */
void edits_make(
    const struct edits *e, const char *text, size_t len, struct buf *to);
void edits_release(struct edits *e);

#endif
