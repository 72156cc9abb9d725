#include "base/clock.h"

#include <time.h>

static int64_t
now_us(clockid_t of)
{
	struct timespec t;

	clock_gettime(of, &t); /* fails for a clock that is not there only */
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_us(void)
{
	return now_us(CLOCK_BOOTTIME);
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

int64_t
clock_wall_us(void)
{
	return now_us(CLOCK_REALTIME);
}

int64_t
clock_wall_ms(void)
{
	return clock_wall_us() / 1000;
}
