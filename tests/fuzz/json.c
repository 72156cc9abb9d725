/*
 * Any bytes as JSON: the checker, paths, members and rows never read beside
 * the text, and agree with a second grammar on what is valid.
 */
#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/json_refuse.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The grammar again, slow and plain; the byte behind the value or NULL. */
static const char *value(const char *p, const char *end, int depth);

static const char *
space(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p) != NULL && *p != '\0')
		p++;
	return p;
}

static const char *
string(const char *p, const char *end)
{
	if (p == end || *p++ != '"')
		return NULL;
	while (p < end && *p != '"') {
		bool escape = *p == '\\';

		if ((unsigned char)*p < 0x20)
			return NULL;
		p += escape;
		if (escape && (p == end || *p == '\0' ||
				  strchr("\"\\/bfnrtu", *p) == NULL))
			return NULL;
		for (int i = 0; escape && *p == 'u' && i < 4; i++)
			if (p + 1 + i == end ||
			    !isxdigit((unsigned char)p[1 + i]))
				return NULL;
		if (escape)
			p += *p == 'u' ? 5 : 1;
		else if ((p = utf8_next(p, end)) == NULL)
			return NULL;
	}
	return p == end ? NULL : p + 1;
}

static const char *
digits(const char *p, const char *end)
{
	if (p == NULL || p == end || !isdigit((unsigned char)*p))
		return NULL;
	while (p < end && isdigit((unsigned char)*p))
		p++;
	return p;
}

static const char *
number(const char *p, const char *end)
{
	if (p < end && *p == '-')
		p++;
	p = p < end && *p == '0' ? p + 1 : digits(p, end);
	if (p != NULL && p < end && *p == '.')
		p = digits(p + 1, end);
	if (p != NULL && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p = digits(p + (p < end && (*p == '+' || *p == '-')), end);
	}
	return p;
}

static const char *
container(const char *p, const char *end, int depth)
{
	char close = *p == '{' ? '}' : ']';

	p = space(p + 1, end);
	if (p < end && *p == close)
		return p + 1;
	for (;;) {
		if (close == '}') {
			if ((p = string(space(p, end), end)) == NULL)
				return NULL;
			p = space(p, end);
			if (p == end || *p++ != ':')
				return NULL;
		}
		if ((p = value(p, end, depth)) == NULL || p == end)
			return NULL;
		if (*p == close)
			return p + 1;
		if (*p++ != ',')
			return NULL;
	}
}

static const char *
value(const char *p, const char *end, int depth)
{
	static const char *const words[] = {"true", "false", "null"};

	p = space(p, end);
	if (p == end)
		return NULL;
	if (*p == '{' || *p == '[')
		p = depth == 512 ? NULL : container(p, end, depth + 1);
	else if (*p == '"')
		p = string(p, end);
	else if (*p == '-' || isdigit((unsigned char)*p))
		p = number(p, end);
	else {
		for (size_t i = 0; i < 3; i++)
			if ((size_t)(end - p) >= strlen(words[i]) &&
			    memcmp(p, words[i], strlen(words[i])) == 0)
				return space(p + strlen(words[i]), end);
		return NULL;
	}
	return p == NULL ? NULL : space(p, end);
}

static int
see_member(void *ctx, const char *key, size_t keylen,
    const struct json_val *val, struct why *why)
{
	struct buf *text = ctx;

	(void)key;
	(void)keylen;
	(void)why;
	buf_clear(text);
	return json_text(val, text, why) == -1 ? 1 : 0;
}

static int
see_row(void *ctx, const struct json_val *val, struct why *why)
{
	size_t *rows = ctx;

	(void)why;
	assert(memchr(val->text, '\n', val->len) == NULL);
	(*rows)++;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {".", ".id", ".a.b", ".\"x y\"[0]"};
	static struct json *j;
	static struct json_paths *paths;
	struct json_val vals[4];
	struct buf text = BUF_INIT;
	struct why why = {0};
	enum json_type type;
	size_t rows = 0;
	char *copy;
	int ok;

	if (j == NULL) {
		j = json_new();
		paths = json_paths_new(names, 4, &why);
		assert(paths != NULL);
	}
	copy = malloc(size + JSON_PADDING);
	assert(copy != NULL);
	memcpy(copy, data, size);
	memset(copy + size, '}', JSON_PADDING);
	ok = json_check(j, copy, size, &type, &why);
	assert((value(copy, copy + size, 0) == copy + size) == (ok == 0));
	if (ok == 0 && json_plain(j))
		assert(json_pg_ok(copy, size, &why) == 0);
	if (json_pick(j, copy, size, paths, vals, true, &why) == 0) {
		assert(ok == 0);
		if (vals[0].type == JSON_OBJECT)
			json_members(&vals[0], see_member, &text, &why);
	} else
		assert(ok == -1 || why.status != 0);
	if (ok == 0)
		json_pg_ok(copy, size, &why);
	json_rows(j, copy, size, ".id", see_row, &rows, &why);
	buf_release(&text);
	free(copy);
	return 0;
}
