#include "table/cut_value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "table/copy_field.h"
#include "table/decimal.h"
#include "base/timeval.h"

#define DOUBLE_MAX 512 /* bytes of a number that strtod is asked to read */

/* The text of a scalar; a string's without its quotes. */
struct span {
	const char *at;
	size_t len;
};

static uint64_t
get_int(const char *at, int bytes)
{
	uint64_t n = 0;

	for (int i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)at[i];
	return n;
}

/* Strings lose their quotes, and the spaces around what they say. */
static struct span
inside(const struct json_val *v)
{
	struct span s = {v->text, v->len};

	if (v->type != JSON_STRING)
		return s;
	s.at++;
	s.len -= 2;
	while (s.len > 0 && *s.at == ' ')
		s.at++, s.len--;
	while (s.len > 0 && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

static bool
is_number(const struct json_val *v, struct span s)
{
	return v->type == JSON_NUMBER ||
	       (v->type == JSON_STRING && decimal_is(s.at, s.len));
}

static int
add_integer(const struct json_val *v, struct buf *to, int bytes)
{
	long long max = bytes == 8 ? INT64_MAX : INT32_MAX, n;
	struct span s = inside(v);
	struct json_val number = {JSON_NUMBER, s.at, s.len};

	if (!is_number(v, s))
		return -1;
	if (s.len > 0 && *s.at == '+') {
		number.text++;
		number.len--;
	}
	if (json_int(&number, -max - 1, max, &n) == -1)
		return -1;
	field_int(to, (uint64_t)n, bytes);
	return 1;
}

static int
add_numeric(const struct json_val *v, struct buf *to)
{
	struct span s = inside(v);
	size_t before = to->len, open;

	if (!is_number(v, s))
		return -1;
	open = field_open(to);
	if (decimal_binary(s.at, s.len, to) == -1) {
		to->len = before;
		return -1;
	}
	field_close(to, open);
	return 1;
}

/* No tool sets a locale, so strtod reads a point. */
static int
add_double(const struct json_val *v, struct buf *to)
{
	struct span s = inside(v);
	char text[DOUBLE_MAX];
	uint64_t bits;
	double d;

	if (!is_number(v, s) || s.len >= sizeof(text))
		return -1;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	errno = 0;
	d = strtod(text, NULL);
	if (errno == ERANGE && (d == 0 || isinf(d)))
		return -1;
	memcpy(&bits, &d, sizeof(bits));
	field_int(to, bits, 8);
	return 1;
}

static int
add_boolean(const struct json_val *v, struct buf *to)
{
	static const char *const words[] = {"false", "true", "0", "1"};
	struct span s = inside(v);

	if (v->type > JSON_STRING)
		return -1;
	for (size_t i = 0; i < 4; i++)
		if (s.len == strlen(words[i]) &&
		    strncasecmp(s.at, words[i], s.len) == 0) {
			field_int(to, i & 1, 1);
			return 1;
		}
	return -1;
}

static int
add_time(const struct json_val *v, struct buf *to, bool day)
{
	struct span s = inside(v);
	int64_t n;

	if (v->type != JSON_STRING)
		return -1;
	if (day) {
		if (date_parse(s.at, s.len, &n) == -1)
			return -1;
		field_int(to, (uint32_t)(n - DAYS_TO_2000), 4);
	} else {
		if (time_parse(s.at, s.len, &n) == -1)
			return -1;
		field_int(to, (uint64_t)(n - US_TO_2000), 8);
	}
	return 1;
}

static int
add_uuid(const struct json_val *v, struct buf *to)
{
	struct span s = inside(v);

	return v->type == JSON_STRING ? field_uuid(to, s.at, s.len) : -1;
}

static int
add_text(const struct json_val *v, struct buf *to, struct why *why)
{
	size_t before = to->len, open = field_open(to);

	if (json_text(v, to, why) == -1) {
		to->len = before;
		return -1;
	}
	field_close(to, open);
	return 1;
}

static int
add_typed(enum column_type type, const struct json_val *v, struct buf *to)
{
	switch (type) {
	case COL_BIGINT:
		return add_integer(v, to, 8);
	case COL_INTEGER:
		return add_integer(v, to, 4);
	case COL_NUMERIC:
		return add_numeric(v, to);
	case COL_DOUBLE:
		return add_double(v, to);
	case COL_BOOLEAN:
		return add_boolean(v, to);
	case COL_DATE:
		return add_time(v, to, true);
	case COL_TIMESTAMPTZ:
		return add_time(v, to, false);
	case COL_UUID:
		return add_uuid(v, to);
	default:
		return -1;
	}
}

/* As add_typed, for a string that has escapes: they are undone first. */
static int
add_unescaped(enum column_type type, const struct json_val *v, struct buf *to,
    struct why *why)
{
	struct buf plain = BUF_INIT;
	struct json_val copy = {JSON_STRING, NULL, 0};
	int rc = -1;

	buf_chr(&plain, '"');
	if (json_text(v, &plain, why) == 0) {
		buf_chr(&plain, '"');
		copy.text = plain.at;
		copy.len = plain.len;
		rc = add_typed(type, &copy, to);
	}
	buf_release(&plain);
	return rc;
}

static int
refuse(enum column_type type, const struct json_val *v, struct why *why)
{
	const char *wanted = column_type_sql(type);

	if (v->type < JSON_NUMBER)
		return why_set(why, EX_DATAERR, "%s is no %s",
		    json_type_name(v->type), wanted);
	return why_set(why, EX_DATAERR, "%s of %zu bytes is no %s",
	    json_type_name(v->type),
	    v->type == JSON_STRING ? v->len - 2 : v->len, wanted);
}

int
cutval_add(enum column_type type, const struct json_val *v, struct buf *fields,
    struct why *why)
{
	int rc;

	if (v->type <= JSON_NULL ||
	    (v->type == JSON_STRING && v->len == 2 && type != COL_TEXT)) {
		field_null(fields);
		return 0;
	}
	if (type == COL_TEXT)
		return add_text(v, fields, why);
	if (type == COL_JSONB) {
		field_jsonb(fields, v->text, v->len);
		return 1;
	}
	if (v->type == JSON_STRING && memchr(v->text, '\\', v->len) != NULL)
		rc = add_unescaped(type, v, fields, why);
	else
		rc = add_typed(type, v, fields);
	return rc == -1 ? refuse(type, v, why) : rc;
}

static void
print_uuid(const char *at, struct buf *to)
{
	for (int i = 0; i < 16; i++)
		buf_fmt(to, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
		    (unsigned char)at[i]);
}

/* A key of each record goes through here: printf takes 8 % of a reload. */
static void
print_int(int64_t n, struct buf *to)
{
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	char text[24], *p = text + sizeof(text);

	do
		*--p = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		*--p = '-';
	buf_add(to, p, (size_t)(text + sizeof(text) - p));
}

void
cutval_print(enum column_type type, const char *field, struct buf *to)
{
	size_t len = (size_t)get_int(field, 4);
	const char *at = field + 4;

	switch (type) {
	case COL_BIGINT:
		print_int((int64_t)get_int(at, 8), to);
		break;
	case COL_INTEGER:
		print_int((int32_t)get_int(at, 4), to);
		break;
	case COL_NUMERIC:
		decimal_print(at, to);
		break;
	case COL_BOOLEAN:
		buf_str(to, *at ? "true" : "false");
		break;
	case COL_DATE:
		date_print((int32_t)get_int(at, 4) + DAYS_TO_2000, to);
		break;
	case COL_TIMESTAMPTZ:
		time_print((int64_t)get_int(at, 8) + US_TO_2000, to);
		break;
	case COL_UUID:
		print_uuid(at, to);
		break;
	default:
		buf_add(to, at, len);
		break;
	}
}
