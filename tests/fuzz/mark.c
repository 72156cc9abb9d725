/* Any bytes as a mark: what is read is written so that it reads the same. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/in.h"
#include "stream/mark.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
parse(struct mark *m, const char *text, size_t len)
{
	struct why why = {0};
	char *copy = malloc(len + IN_PADDING);
	int rc;

	assert(copy != NULL);
	memcpy(copy, text, len);
	memset(copy + len, '"', IN_PADDING);
	rc = mark_parse(m, copy, len, &why);
	assert(rc == 0 || why.status == EX_DATAERR);
	free(copy);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct mark m;

	mark_init(&m);
	if (mark_is((const char *)data, size) &&
	    parse(&m, (const char *)data, size) == 0) {
		mark_write(&m, &once);
		assert(mark_is(once.at, once.len));
		assert(parse(&m, once.at, once.len) == 0);
		mark_write(&m, &twice);
		assert(once.len == twice.len &&
		       memcmp(once.at, twice.at, once.len) == 0);
	}
	mark_release(&m);
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
