#include "mock/graph/graph_int.h"

#include <stdio.h>
#include <string.h>

const char *
graph_arg(const struct graph_call *c, const char *name)
{
	return arg_value(c->args, c->n_args, name);
}

size_t
graph_count_ids(const char *ids)
{
	size_t n = 1;

	for (; *ids != '\0'; ids++)
		n += *ids == ',';
	return n;
}

bool
graph_fail(struct graph_call *c, int code, int subcode, const char *message)
{
	c->m->refused++;
	graph_refuse(
	    c->a, &(struct graph_error){
		      .code = code, .subcode = subcode, .message = message});
	return false;
}

bool
graph_no_field(struct graph_call *c, const char *name, const char *node)
{
	char text[200];

	snprintf(text, sizeof(text),
	    "(#100) Tried accessing nonexisting field (%.80s) on node type "
	    "(%s)",
	    name, node);
	return graph_fail(c, 100, 0, text);
}
