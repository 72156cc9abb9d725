/*
 * zone -- what time it is somewhere, by the name of the zone.
 *
 * Zones are those of the system's tz database (package tzdata): TZDIR, or
 * /usr/share/zoneinfo.
 */
#ifndef HA_ZONE_H
#define HA_ZONE_H

#include <stdint.h>
#include <time.h>

/* "America/New_York": seconds of the wall clock there, as if it were UTC's;
 * -1 and *local as it was: there is no such zone here. */
int zone_local(const char *zone, time_t at, int64_t *local);

#endif
