/*
 * mock_stats -- what was asked of the mock, counted for tests.
 *
 * Times are microseconds of a clock that does not go back.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_STATS_H
#define HA_MOCK_STATS_H

#include <stdint.h>

#include "base/buf.h"
#include "mock/server/mock_limit.h"

struct mock_stats;

struct mock_stats *mock_stats_new(void);
void mock_stats_free(struct mock_stats *s); /* NULL is fine */
void mock_stats_reset(struct mock_stats *s);
/* A request arrived; the path's numbers are taken for ids: "{id}". */
void mock_stats_call(struct mock_stats *s, const char *path, int64_t now_us);
void mock_stats_status(struct mock_stats *s, int status);
void mock_stats_fault(struct mock_stats *s);
void mock_stats_mint(struct mock_stats *s);
/*
 * One JSON object: calls, families, statuses, limited, mints, busiest (the
 * most starts that any window of the rule held), share (the least time the
 * calls need under the rule over the time they took; null up to N calls).
 */
void mock_stats_json(
    const struct mock_stats *s, const struct limit_rule *rule, struct buf *to);

#endif
