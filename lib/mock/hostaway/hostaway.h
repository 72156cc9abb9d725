/*
 * hostaway -- the fake Hostaway API.
 */
#ifndef HA_HOSTAWAY_H
#define HA_HOSTAWAY_H

#include "mock/server/mock_backend.h"

/* The options are borrowed until b->close. -1: *why; close is called, too. */
int mock_hostaway_open(
    const struct mock_options *o, struct backend *b, struct why *why);

#endif
