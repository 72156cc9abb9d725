/*
 * Any text as the parameter `fields`: no crash; what is taken, written again
 * and read again, says the same.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mock/graph/graph_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct graph_fields *f;
	struct why why = {0};
	char *text = malloc(size + 1);

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	f = graph_fields_parse(text, &why);
	assert((f == NULL) == (why.status != 0));
	free(text);
	if (f == NULL)
		return 0;
	graph_fields_put(graph_fields_first(f), &once);
	graph_fields_free(f);
	f = graph_fields_parse(once.at, &why);
	assert(f != NULL);
	graph_fields_put(graph_fields_first(f), &twice);
	assert(strcmp(once.at, twice.at) == 0);
	graph_fields_free(f);
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
