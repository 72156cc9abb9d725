/*
 * timeval -- points in time as texts write them, in micro seconds; and
 * lengths of time as people write them: "250ms", "90s", "1d".
 */
#ifndef HA_TIMEVAL_H
#define HA_TIMEVAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define US_PER_DAY INT64_C(86400000000)
#define US_TO_2000 INT64_C(946684800000000) /* PostgreSQL counts from there */
#define DAYS_TO_2000 10957

/* Days since 1970-01-01 of a Gregorian date. */
int64_t days_from_date(int year, int month, int day);
void date_from_days(int64_t days, int *year, int *month, int *day);
/* RFC 3339 or SQL form, UTC without a zone; micro seconds since 1970. */
int time_parse(const char *text, size_t len, int64_t *us);
/*
 * "2025-02-28", with or without a time behind it, which must be one: the
 * date as it is written, without regard to a zone. 0 or -1.
 */
int date_parse(const char *text, size_t len, int64_t *days);
/* The day that a time is in, in UTC. */
int64_t days_from_time(int64_t us);
/* Adds the text as PostgreSQL prints it (ISO, UTC). */
void date_print(int64_t days, struct buf *to);
void time_print(int64_t us, struct buf *to);
/* "2019-01-31T12:00:00Z", and the fraction if there is one. */
void time_rfc3339(int64_t us, struct buf *to);
/* The same without a zone; between: what stands behind the date, T or blank. */
void time_text(int64_t us, char between, struct buf *to);
/*
 * A whole number with the unit ms, s, m, h or d; none is seconds. 0, or -1
 * if it is no duration or does not fit.
 */
int duration_parse(const char *text, int64_t *ms);

#endif
