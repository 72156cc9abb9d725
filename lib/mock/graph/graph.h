/*
 * graph -- the fake Graph API, for messenger.
 */
#ifndef HA_GRAPH_H
#define HA_GRAPH_H

#include "mock/server/mock_backend.h"

/* The options are borrowed until b->close. -1: *why; close is called, too. */
int mock_graph_open(
    const struct mock_options *o, struct backend *b, struct why *why);

#endif
