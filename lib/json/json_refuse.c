#include "json/json_refuse.h"

#include <string.h>

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
