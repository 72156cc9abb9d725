#include "json/json_refuse.h"

#include <string.h>

/* Of PostgreSQL's numeric. */
#define WEIGHT_MAX 32767 /* groups of four digits before the point, less 1 */
#define SCALE_MAX 16383	 /* digits behind it */
#define EXPONENT_MAX 1000000000L

bool
json_bom(const char *text, size_t len)
{
	return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
}

const char *
utf8_next(const char *p, const char *end)
{
	unsigned char c = (unsigned char)*p;
	unsigned long code;
	int more;

	if (c < 0x80)
		return p + 1;
	if (c < 0xc2 || c > 0xf4)
		return NULL;
	more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	if (end - p <= more)
		return NULL;
	code = c & (0x3fU >> more);
	for (int i = 1; i <= more; i++) {
		unsigned char d = (unsigned char)p[i];

		if ((d & 0xc0) != 0x80)
			return NULL;
		code = code << 6 | (d & 0x3f);
	}
	if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) ||
	    code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return NULL;
	return p + more + 1;
}

int
json_explain(const char *text, size_t len, struct why *why)
{
	const char *end = text + len, *p = text, *open = NULL, *next;
	const char *what = "empty";

	if (json_bom(text, len))
		return why_set(
		    why, EX_DATAERR, "byte 1: starts with a byte order mark");
	for (; p < end; p = next) {
		if ((next = utf8_next(p, end)) == NULL) {
			what = "not UTF-8";
			break;
		}
		if (*p == '\0') {
			what = "a NUL byte";
			break;
		}
		if (open != NULL && (unsigned char)*p < 0x20) {
			what = "a control character in a string";
			break;
		}
		if (*p == '"')
			open = open == NULL ? p : NULL;
		else if (*p == '\\' && open != NULL && next < end &&
			 (unsigned char)*next >= 0x20 && (*next & 0x80) == 0)
			next++;
	}
	if (p == end && open != NULL) {
		what = "a string that does not end";
		p = open;
	} else if (p == end && len > 0) {
		what = "no value";
		p = text;
	}
	return why_set(
	    why, EX_DATAERR, "byte %zu: %s", (size_t)(p - text) + 1, what);
}

static int
hex4(const char *p)
{
	int n = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0'
			: (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
			    ? (c | 0x20) - 'a' + 10
			    : -1;

		if (d < 0)
			return -1;
		n = n * 16 + d;
	}
	return n;
}

/* Checks the string behind the quote at p; the byte behind it, or NULL. */
static const char *
string_ok(const char *p, const char *end, struct why *why)
{
	int code;

	for (p++; p < end && *p != '"'; p++) {
		if (*p != '\\')
			continue;
		if (++p >= end)
			break;
		if (*p != 'u')
			continue;
		if (end - p < 5 || (code = hex4(p + 1)) == -1)
			break;
		p += 4;
		if (code == 0) {
			why_set(why, EX_DATAERR,
			    "holds \\u0000, which PostgreSQL refuses");
			return NULL;
		}
		if (code >= 0xdc00 && code < 0xe000)
			break;
		if (code < 0xd800 || code >= 0xe000)
			continue;
		if (end - p < 7 || p[1] != '\\' || p[2] != 'u' ||
		    (code = hex4(p + 3)) < 0xdc00 || code >= 0xe000)
			break;
		p += 6;
	}
	if (p < end && *p == '"')
		return p + 1;
	why_set(why, EX_DATAERR,
	    "holds half a surrogate pair, which PostgreSQL refuses");
	return NULL;
}

/*
 * Checks a number as numeric_in does: the groups of four decimal digits
 * before the point fit 16 bits, and so do the digits behind it.
 */
static const char *
number_ok(const char *p, const char *end, struct why *why)
{
	long exponent = 0, before = 0, behind = 0, first = -1, digits = 0;
	bool point = false, minus = false;

	if (p < end && *p == '-')
		p++;
	for (; p < end && ((*p >= '0' && *p <= '9') || *p == '.'); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		if (*p != '0' && first == -1)
			first = digits;
		digits++;
		point ? behind++ : before++;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		if (++p < end && (*p == '-' || *p == '+'))
			minus = *p++ == '-';
		for (; p < end && *p >= '0' && *p <= '9'; p++)
			if (exponent < EXPONENT_MAX * 2)
				exponent = exponent * 10 + (*p - '0');
	}
	if (minus)
		exponent = -exponent;
	/* the first digit that counts stands for 10^(weight) */
	if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX ||
	    behind - exponent > SCALE_MAX ||
	    (first != -1 &&
		before - first - 1 + exponent >= (WEIGHT_MAX + 1) * 4L)) {
		why_set(why, EX_DATAERR,
		    "holds a number out of PostgreSQL's range");
		return NULL;
	}
	return p;
}

int
json_pg_ok(const char *text, size_t len, struct why *why)
{
	const char *end = text + len, *p = text;

	while (p < end) {
		if (*p == '"')
			p = string_ok(p, end, why);
		else if (*p == '-' || (*p >= '0' && *p <= '9'))
			p = number_ok(p, end, why);
		else
			p++;
		if (p == NULL)
			return -1;
	}
	return 0;
}
