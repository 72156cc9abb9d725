/*
 * described -- a fake of an API that is known by its description only.
 */
#ifndef HA_DESCRIBED_H
#define HA_DESCRIBED_H

#include "mock/server/mock_backend.h"

/* The options are borrowed until b->close. -1: *why; close is called, too. */
int mock_described_open(const char *source, const struct mock_options *o,
    struct backend *b, struct why *why);

#endif
