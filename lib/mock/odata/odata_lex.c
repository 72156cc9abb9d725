#include "mock/odata/odata_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/timeval.h"

#define MAX_LITERAL 64 /* bytes of a number, date or time */

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* "Z", "+hh:mm" or "-hh:mm" */
static bool
is_zone(const char *p, size_t len)
{
	if (len == 1)
		return *p == 'Z';
	return len == 6 && (*p == '+' || *p == '-') && digit(p[1]) &&
	       digit(p[2]) && p[3] == ':' && digit(p[4]) && digit(p[5]);
}

int
odata_time_parse(const char *text, size_t len, struct odata_time *to)
{
	const char *end = text + len, *p = memchr(text, '.', len);
	const char *zone;
	char whole[MAX_LITERAL];
	int64_t us, unit = INT64_C(100000000000);
	size_t n;

	to->ps = 0;
	if (len < 17 || len >= sizeof(whole) || text[10] != 'T')
		return -1;
	if (p != NULL) {
		for (zone = p + 1; zone < end && digit(*zone); zone++) {
			to->ps += (*zone - '0') * unit;
			unit /= 10;
		}
		if (zone == p + 1 || zone > p + 13 || p != text + 19)
			return -1;
	} else
		p = zone = text + (text[16] == ':' ? 19 : 16);
	if (zone > end || !is_zone(zone, (size_t)(end - zone)))
		return -1;
	n = (size_t)(p - text);
	memcpy(whole, text, n);
	memcpy(whole + n, zone, (size_t)(end - zone));
	if (time_parse(whole, n + (size_t)(end - zone), &us) == -1)
		return -1;
	to->s = us / 1000000;
	return 0;
}

/* -?digits[.digits][e[sign]digits] */
static bool
is_number(const char *p, const char *end)
{
	const char *from;

	p += p < end && *p == '-';
	for (from = p; p < end && digit(*p); p++)
		;
	if (p == from)
		return false;
	if (p < end && *p == '.') {
		for (from = ++p; p < end && digit(*p); p++)
			;
		if (p == from)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && (*p == '-' || *p == '+');
		for (from = p; p < end && digit(*p); p++)
			;
		if (p == from)
			return false;
	}
	return p == end;
}

/* The integer that "-308000.00" is; false if it is none of 18 digits. */
static bool
whole_of(const char *p, const char *end, int64_t *to)
{
	bool minus = *p == '-';
	int digits = 0;

	for (*to = 0, p += minus; p < end && digit(*p); p++, digits++) {
		if (digits == 18)
			return false;
		*to = *to * 10 + (*p - '0');
	}
	if (p < end && *p == '.')
		for (p++; p < end && *p == '0'; p++)
			;
	if (minus)
		*to = -*to;
	return p == end;
}

int
odata_number_parse(const char *text, size_t len, struct odata_value *v)
{
	char copy[MAX_LITERAL + 1];

	if (len > MAX_LITERAL || !is_number(text, text + len))
		return -1;
	memcpy(copy, text, len);
	copy[len] = '\0';
	v->type = ODATA_NUMBER;
	v->number = strtod(copy, NULL);
	v->integer = whole_of(text, text + len, &v->whole);
	return isfinite(v->number) ? 0 : -1;
}

/* A number, date or time of t->len bytes at t->at. */
static int
read_literal(struct odata_token *t, struct why *why)
{
	const char *p = t->at;

	t->lex = LEX_LITERAL;
	if (odata_number_parse(p, t->len, &t->value) == 0)
		return 0;
	if (t->len == 10 && p[4] == '-' &&
	    date_parse(p, t->len, &t->value.day) == 0) {
		t->value.type = ODATA_DATE;
		return 0;
	}
	if (odata_time_parse(p, t->len, &t->value.time) == 0) {
		t->value.type = ODATA_TIME;
		return 0;
	}
	return why_set(why, EX_DATAERR,
	    "\"%.*s\" is no number, no date and no time with a zone",
	    (int)(t->len > 80 ? 80 : t->len), p);
}

/* Behind the first quote: doubled ones are one. */
static int
read_string(
    const char **p, const char *end, struct odata_token *t, struct why *why)
{
	t->lex = LEX_LITERAL;
	buf_clear(&t->text);
	buf_str(&t->text, "");
	for (; *p < end; ++*p) {
		if (**p == '\'' && (*p + 1 == end || (*p)[1] != '\'')) {
			++*p;
			t->value.type = ODATA_STRING;
			return 0;
		}
		if (**p == '\'')
			++*p;
		if (**p == '\0')
			return why_set(why, EX_DATAERR, "a NUL in a text");
		buf_chr(&t->text, **p);
	}
	return why_set(why, EX_DATAERR, "a text without its closing '");
}

static enum lex
single(char c)
{
	static const char chars[] = "(),:/";
	static const enum lex kinds[] = {
	    LEX_OPEN, LEX_CLOSE, LEX_COMMA, LEX_COLON, LEX_SLASH};
	const char *at = c == '\0' ? NULL : strchr(chars, c);

	return at == NULL ? LEX_END : kinds[at - chars];
}

int
odata_lex(
    const char **p, const char *end, struct odata_token *t, struct why *why)
{
	const char *from = *p;

	while (*p < end && (**p == ' ' || **p == '\t'))
		++*p;
	t->blank = *p > from;
	t->at = *p;
	t->len = 0;
	if (*p == end) {
		t->lex = LEX_END;
		return 0;
	}
	if (letter(**p)) {
		while (*p < end && (letter(**p) || digit(**p) || **p == '.'))
			++*p;
		t->lex = LEX_WORD;
		t->len = (size_t)(*p - t->at);
		return 0;
	}
	if (**p == '\'') {
		++*p;
		return read_string(p, end, t, why);
	}
	if (digit(**p) || **p == '-') {
		while (*p < end &&
		       (letter(**p) || digit(**p) ||
			   strchr("+-.:", **p) != NULL) &&
		       **p != '\0')
			++*p;
		t->len = (size_t)(*p - t->at);
		return read_literal(t, why);
	}
	if ((t->lex = single(**p)) == LEX_END)
		return why_set(
		    why, EX_DATAERR, "\"%c\" is not understood", **p);
	++*p;
	t->len = 1;
	return 0;
}
