/*
 * mock -- the fake API as a whole: who may ask, how often, what goes wrong.
 *
 * Puts together what is in server/, and hands what is left of a request to a
 * backend that knows the data: hostaway/, reso/, graph/, or described/ for an
 * API known by its description only. Texts in the options are borrowed and
 * must outlive the mock.
 */
#ifndef HA_MOCK_H
#define HA_MOCK_H

#include "base/why.h"
#include "mock/server/mock_backend.h"

void mock_defaults(struct mock_options *o);

struct mock;

/* The source is "hostaway", "messenger", "reso" or the name of a description.
 */
struct mock *mock_open(
    const char *source, const struct mock_options *o, struct why *why);
int mock_port(const struct mock *m);
const char *mock_base(const struct mock *m); /* "/v1" */
/* Until SIGTERM or SIGINT: 0, or -1. */
int mock_run(struct mock *m, struct why *why);
void mock_close(struct mock *m); /* NULL is fine */

#endif
