/*
 * mock_graph_error -- an error as the Graph API words it.
 */
#ifndef HA_MOCK_GRAPH_ERROR_H
#define HA_MOCK_GRAPH_ERROR_H

#include "mock/server/mock_http.h"

enum graph_transient { TRANSIENT_UNSAID, TRANSIENT_NO, TRANSIENT_YES };

struct graph_error {
	int code;
	int subcode; /* 0: none */
	int status;  /* 0: 400 */
	enum graph_transient transient;
	const char *message; /* NULL: what that code says */
};

/* The answer becomes this error; headers stay. */
void graph_refuse(struct mock_answer *a, const struct graph_error *e);

#endif
