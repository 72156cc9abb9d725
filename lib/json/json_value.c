/* Slices of JSON texts: they may be walked without an index. */
#include "json/json.h"

#include <stdint.h>
#include <string.h>

/* Of PostgreSQL's numeric. */
#define WEIGHT_MAX 32767 /* groups of four digits before the point, less 1 */
#define SCALE_MAX 16383	 /* digits behind it */
#define EXPONENT_MAX 1000000000L

enum json_type
json_type_of(char first)
{
	switch (first) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

void
json_put(struct buf *to, const char *text, size_t len)
{
	buf_set(to, text, len);
	memset(buf_room(to, JSON_PADDING), 0, JSON_PADDING);
}

const char *
json_type_name(enum json_type t)
{
	static const char *const names[] = {"nothing", "null", "boolean",
	    "boolean", "number", "string", "array", "object"};

	return names[t];
}

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && json_space(*p))
		p++;
	return p;
}

/* p is at the opening quote; the byte behind the closing one. */
static const char *
skip_string(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '"')
			return p + 1;
		if (*p == '\\')
			p++;
	}
	return end;
}

/* The byte behind the value at p, of a text that is known to be valid. */
static const char *
skip_value(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		switch (*p) {
		case '"':
			p = skip_string(p, end);
			break;
		case '{':
		case '[':
			depth++;
			p++;
			continue;
		case '}':
		case ']':
			if (depth == 0)
				return p;
			depth--;
			p++;
			break;
		case ',':
		case ' ':
		case '\n':
		case '\r':
		case '\t':
			if (depth == 0)
				return p;
			p++;
			continue;
		default:
			p++;
			continue;
		}
		if (depth == 0)
			return p;
	}
	return end;
}

/* Takes the value at *p, steps behind it; 0 if there is none. */
static int
take(const char **p, const char *end, struct json_val *v)
{
	const char *from = skip_space(*p, end);

	if (from >= end)
		return 0;
	*p = skip_value(from, end);
	v->type = json_type_of(*from);
	v->text = from;
	v->len = (size_t)(*p - from);
	return v->len > 0;
}

/* Steps over one separator; false at the end of the container. */
static bool
step(const char **p, const char *end, char separator)
{
	*p = skip_space(*p, end);
	if (*p >= end || **p != separator)
		return false;
	++*p;
	return true;
}

int
json_members(
    const struct json_val *obj, json_member_fn *fn, void *ctx, struct why *why)
{
	const char *p = obj->text + 1, *end = obj->text + obj->len;
	struct buf plain = BUF_INIT;
	int rc = 0;

	if (obj->type != JSON_OBJECT)
		return why_set(why, EX_DATAERR, "not an object");
	while (rc == 0) {
		struct json_val key, v;
		const char *name;
		size_t len;

		if (!take(&p, end, &key) || key.type != JSON_STRING ||
		    !step(&p, end, ':') || !take(&p, end, &v))
			break;
		name = key.text + 1;
		len = key.len - 2;
		if (memchr(name, '\\', len) != NULL) {
			buf_clear(&plain);
			if ((rc = json_text(&key, &plain, why)) == -1)
				break;
			name = plain.at;
			len = plain.len;
		}
		rc = fn(ctx, name, len, &v, why);
		if (!step(&p, end, ','))
			break;
	}
	buf_release(&plain);
	return rc;
}

int
json_elements(
    const struct json_val *arr, json_element_fn *fn, void *ctx, struct why *why)
{
	const char *p = arr->text + 1, *end = arr->text + arr->len;
	struct json_val v;
	int rc = 0;

	if (arr->type != JSON_ARRAY)
		return why_set(why, EX_DATAERR, "not an array");
	while (rc == 0 && take(&p, end, &v)) {
		rc = fn(ctx, &v, why);
		if (!step(&p, end, ','))
			break;
	}
	return rc;
}

struct json_val
json_get(const struct json_val *obj, const char *name)
{
	struct json_val found = {JSON_NONE, "", 0}, key, v;
	const char *p = obj->text + 1, *end = obj->text + obj->len;
	size_t len = strlen(name);
	struct buf plain = BUF_INIT;
	struct why why;

	if (obj->type != JSON_OBJECT)
		return found;
	do {
		bool same;

		if (!take(&p, end, &key) || key.type != JSON_STRING ||
		    !step(&p, end, ':') || !take(&p, end, &v))
			break;
		same =
		    key.len - 2 == len && memcmp(key.text + 1, name, len) == 0;
		if (!same && memchr(key.text, '\\', key.len) != NULL) {
			buf_clear(&plain);
			same = json_text(&key, &plain, &why) == 0 &&
			       plain.len == len &&
			       memcmp(plain.at, name, len) == 0;
		}
		if (same)
			found = v;
	} while (step(&p, end, ','));
	buf_release(&plain);
	return found;
}

static long
hex4(const char *p, const char *end)
{
	long n = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			n = n * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			n = n * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return n;
}

static void
add_utf8(struct buf *to, long c)
{
	if (c < 0x80) {
		buf_chr(to, (char)c);
	} else if (c < 0x800) {
		buf_chr(to, (char)(0xc0 | c >> 6));
		buf_chr(to, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_chr(to, (char)(0xe0 | c >> 12));
		buf_chr(to, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_chr(to, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_chr(to, (char)(0xf0 | c >> 18));
		buf_chr(to, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_chr(to, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_chr(to, (char)(0x80 | (c & 0x3f)));
	}
}

/* p is behind \u; the byte behind the escape (or pair), or NULL. */
static const char *
unescape_u(const char *p, const char *end, struct buf *to, struct why *why)
{
	long low, c = hex4(p, end);

	p += 4;
	if (c == 0) {
		why_set(
		    why, EX_DATAERR, "holds \\u0000, which PostgreSQL refuses");
		return NULL;
	}
	if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' &&
	    p[1] == 'u' && (low = hex4(p + 2, end)) >= 0xdc00 && low < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		p += 6;
	}
	if (c >= 0xd800 && c < 0xe000) {
		why_set(why, EX_DATAERR,
		    "holds half a surrogate pair, which PostgreSQL refuses");
		return NULL;
	}
	if (c == -1) {
		why_set(why, EX_DATAERR, "not an escape of JSON");
		return NULL;
	}
	add_utf8(to, c);
	return p;
}

int
json_text(const struct json_val *v, struct buf *to, struct why *why)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *p = v->text + 1, *end = v->text + v->len - 1, *slash, *e;

	if (v->type != JSON_STRING) {
		buf_add(to, v->text, v->len);
		return 0;
	}
	while ((slash = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		buf_add(to, p, (size_t)(slash - p));
		p = slash + 2;
		if (p > end)
			return why_set(
			    why, EX_DATAERR, "not an escape of JSON");
		if (slash[1] == 'u') {
			if ((p = unescape_u(p, end, to, why)) == NULL)
				return -1;
			continue;
		}
		e = slash[1] == '\0' ? NULL : strchr(from, slash[1]);
		if (e == NULL)
			return why_set(
			    why, EX_DATAERR, "not an escape of JSON");
		buf_chr(to, into[e - from]);
	}
	buf_add(to, p, (size_t)(end - p));
	return 0;
}

/* Nothing but zeros up to the exponent. */
static bool
only_zeros(const char *p, const char *end)
{
	while (p < end && *p == '0')
		p++;
	return p == end || *p == 'e' || *p == 'E';
}

int
json_int(const struct json_val *v, long long min, long long max, long long *to)
{
	const char *p = v->text, *end = v->text + v->len;
	bool minus = v->len > 0 && *p == '-', point = false;
	long scale = 0, exponent = 0, sign = 1;
	__int128 n = 0;

	if (v->type != JSON_NUMBER)
		return -1;
	for (p += minus; p < end && ((*p >= '0' && *p <= '9') || *p == '.');
	     p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		if (point && only_zeros(p, end))
			continue;
		if (n > INT64_MAX)
			return -1;
		n = n * 10 + (*p - '0');
		scale += point;
	}
	if (p < end) { /* the grammar leaves only an exponent */
		p++;
		if (p < end && (*p == '-' || *p == '+'))
			sign = *p++ == '-' ? -1 : 1;
		for (; p < end && exponent < 100000; p++)
			exponent = exponent * 10 + (*p - '0');
	}
	exponent = n == 0 ? 0 : sign * exponent - scale;
	for (; exponent > 0; exponent--)
		if ((n *= 10) > INT64_MAX)
			return -1;
	for (; exponent < 0; exponent++, n /= 10)
		if (n % 10 != 0)
			return -1;
	n = minus ? -n : n;
	if (n < min || n > max)
		return -1;
	*to = (long long)n;
	return 0;
}

/* Checks the string behind the quote at p; the byte behind it, or NULL. */
static const char *
string_ok(const char *p, const char *end, struct why *why)
{
	long code;

	for (p++; p < end && *p != '"'; p++) {
		if (*p != '\\')
			continue;
		if (++p >= end)
			break;
		if (*p != 'u')
			continue;
		if ((code = hex4(p + 1, end)) == -1)
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
		    (code = hex4(p + 3, end)) < 0xdc00 || code >= 0xe000)
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
