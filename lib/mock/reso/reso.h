/*
 * reso -- the fake RESO Web API, for reso.
 */
#ifndef HA_RESO_H
#define HA_RESO_H

#include "mock/server/mock_backend.h"

/* The options are borrowed until b->close. -1: *why; close is called, too. */
int mock_reso_open(
    const struct mock_options *o, struct backend *b, struct why *why);

#endif
