/*
 * duration -- lengths of time as people write them: "250ms", "90s", "1d".
 */
#ifndef HA_DURATION_H
#define HA_DURATION_H

#include <stdint.h>

/*
 * A whole number with the unit ms, s, m, h or d; none is seconds. 0, or -1
 * if it is no duration or does not fit.
 */
int duration_parse(const char *text, int64_t *ms);

#endif
