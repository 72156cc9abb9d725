#include "base/timeval.h"

#include <stdbool.h>
#include <string.h>

#define US_PER_S INT64_C(1000000)

int64_t
days_from_date(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	/* 719468 days lie between 0000-03-01 and 1970-01-01 */
	return (int64_t)era * 146097 + of_era * 365 + of_era / 4 -
	       of_era / 100 + of_year - 719468;
}

void
date_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int of_era = (int)(z - era * 146097);
	int y =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * y + y / 4 - y / 100);
	int m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = y + (int)era * 400 + (*month <= 2);
}

/* Reads exactly n digits at *p. */
static bool
digits(const char **p, const char *end, int n, int *to)
{
	*to = 0;
	for (; n > 0; n--, ++*p) {
		if (*p >= end || **p < '0' || **p > '9')
			return false;
		*to = *to * 10 + (**p - '0');
	}
	return true;
}

static bool
byte(const char **p, const char *end, char c)
{
	if (*p >= end || **p != c)
		return false;
	++*p;
	return true;
}

static bool
read_date(const char **p, const char *end, int64_t *days)
{
	static const int of_month[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, last;

	if (!digits(p, end, 4, &year) || !byte(p, end, '-') ||
	    !digits(p, end, 2, &month) || !byte(p, end, '-') ||
	    !digits(p, end, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12)
		return false;
	last = of_month[month - 1];
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		last = 29;
	if (day < 1 || day > last)
		return false;
	*days = days_from_date(year, month, day);
	return true;
}

/* ".123456789": rounded to micro seconds, half of one up. */
static bool
read_fraction(const char **p, const char *end, int64_t *us)
{
	int64_t ns = 0, unit = 100000000;
	const char *from = *p;

	for (; *p < end && **p >= '0' && **p <= '9'; ++*p, unit /= 10)
		ns += (**p - '0') * unit;
	*us = (ns + 500) / 1000;
	return *p > from && *p - from <= 9;
}

/* HH:MM, HH:MM:SS or HH:MM:SS.frac; 23:59:60 and 24:00 end a day. */
static bool
read_time(const char **p, const char *end, int64_t *us)
{
	int hour, minute, second = 0;
	int64_t fraction = 0;

	if (!digits(p, end, 2, &hour) || !byte(p, end, ':') ||
	    !digits(p, end, 2, &minute))
		return false;
	if (byte(p, end, ':') && !digits(p, end, 2, &second))
		return false;
	if (byte(p, end, '.') && !read_fraction(p, end, &fraction))
		return false;
	if (hour > 24 || minute > 59 || second > 60 ||
	    (hour == 24 && (minute > 0 || second > 0 || fraction > 0)))
		return false;
	*us = (hour * 3600 + minute * 60 + second) * US_PER_S + fraction;
	return true;
}

/* Z, +HH, +HHMM, +HH:MM, or nothing, which is UTC. */
static bool
read_zone(const char **p, const char *end, int64_t *us)
{
	int hour, minute = 0, sign;

	*us = 0;
	byte(p, end, ' ');
	if (*p == end)
		return true;
	if (byte(p, end, 'Z') || byte(p, end, 'z'))
		return true;
	sign = **p == '+' ? 1 : **p == '-' ? -1 : 0;
	++*p;
	if (sign == 0 || !digits(p, end, 2, &hour))
		return false;
	if ((byte(p, end, ':') || *p < end) && !digits(p, end, 2, &minute))
		return false;
	if (hour > 15 || minute > 59)
		return false;
	*us = sign * (hour * 3600 + minute * 60) * US_PER_S;
	return true;
}

int
time_parse(const char *text, size_t len, int64_t *us)
{
	const char *p = text, *end = text + len;
	int64_t days, clock = 0, zone = 0;

	if (!read_date(&p, end, &days))
		return -1;
	if (p < end) {
		if (!byte(&p, end, 'T') && !byte(&p, end, 't') &&
		    !byte(&p, end, ' '))
			return -1;
		if (!read_time(&p, end, &clock) || !read_zone(&p, end, &zone) ||
		    p != end)
			return -1;
	}
	*us = days * US_PER_DAY + clock - zone;
	return 0;
}

int
date_parse(const char *text, size_t len, int64_t *days)
{
	const char *p = text;
	int64_t us;

	if (time_parse(text, len, &us) == -1)
		return -1;
	read_date(&p, text + len, days);
	return 0;
}

/* n of so many digits, behind *to: by printf it is no longer cheap. */
static void
put(struct buf *to, int n, size_t width)
{
	char *p = buf_room(to, width);

	to->len += width;
	p[width] = '\0';
	while (width-- > 0) {
		p[width] = (char)('0' + n % 10);
		n /= 10;
	}
}

void
date_print(int64_t days, struct buf *to)
{
	int year, month, day;

	date_from_days(days, &year, &month, &day);
	if (year >= 0 && year <= 9999)
		put(to, year, 4);
	else
		buf_fmt(to, "%04d", year);
	buf_chr(to, '-');
	put(to, month, 2);
	buf_chr(to, '-');
	put(to, day, 2);
}

int64_t
days_from_time(int64_t us)
{
	return us / US_PER_DAY - (us % US_PER_DAY < 0);
}

void
time_text(int64_t us, char between, struct buf *to)
{
	int64_t rest = us % US_PER_DAY + (us % US_PER_DAY < 0 ? US_PER_DAY : 0);
	int seconds = (int)(rest / US_PER_S), part = (int)(rest % US_PER_S);

	date_print(days_from_time(us), to);
	buf_chr(to, between);
	put(to, seconds / 3600, 2);
	buf_chr(to, ':');
	put(to, seconds / 60 % 60, 2);
	buf_chr(to, ':');
	put(to, seconds % 60, 2);
	if (part == 0)
		return;
	buf_chr(to, '.');
	put(to, part, 6);
	while (to->at[to->len - 1] == '0')
		to->at[--to->len] = '\0';
}

void
time_print(int64_t us, struct buf *to)
{
	time_text(us, ' ', to);
	buf_str(to, "+00");
}

void
time_rfc3339(int64_t us, struct buf *to)
{
	time_text(us, 'T', to);
	buf_chr(to, 'Z');
}

int
duration_parse(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60000},
	    {"h", 3600000}, {"d", 86400000}};
	size_t digits = strspn(text, "0123456789");
	int64_t n = 0;

	if (digits == 0 || digits > 12)
		return -1;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].unit) != 0)
			continue;
		if (n > INT64_MAX / units[i].ms / 1000)
			return -1;
		*ms = n * units[i].ms;
		return 0;
	}
	return -1;
}
