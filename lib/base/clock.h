/*
 * clock -- what time it is.
 *
 * Waits and ages are told by the steady clock, since the wall's is set while
 * we run. The steady one counts what the machine slept, too: a lease and a
 * token run out meanwhile.
 */
#ifndef HA_CLOCK_H
#define HA_CLOCK_H

#include <stdint.h>

/* Since boot; never jumps. */
int64_t clock_us(void);
int64_t clock_ms(void);
/* Since 1970-01-01T00:00Z, without leap seconds. */
int64_t clock_wall_us(void);
int64_t clock_wall_ms(void);

#endif
