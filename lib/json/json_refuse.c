#include "json/json_refuse.h"

#include <string.h>

#include "base/utf8.h"

bool
json_bom(const char *text, size_t len)
{
	return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
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
