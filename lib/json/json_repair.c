/* Texts that are valid, but hold what no jsonb does; or are not quite valid. */
#include "json/json.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

#define SUBSTITUTE 0x7f /* of a byte, for one; no key has it */

struct repair {
	const char *text; /* as it came */
	char *to;	  /* the same, in which strings are changed */
	const char *end;
	struct buf path;
	json_repair_fn *fn;
	void *ctx;
	size_t n;
};

/* Of the four digits of an escape, which the grammar promises. */
static long
code_at(const char *digits)
{
	static const char hex[] = "0123456789abcdef";
	long code = 0;

	for (int i = 0; i < 4; i++)
		code = code * 16 +
		       (strchr(hex, tolower((unsigned char)digits[i])) - hex);
	return code;
}

static bool
is_escape(const char *p, const char *end)
{
	return end - p >= 6 && p[0] == '\\' && p[1] == 'u';
}

/* The next escape in [p, end) that stands for no character, or NULL. */
static const char *
bad_escape(const char *p, const char *end)
{
	for (long code; (p = memchr(p, '\\', (size_t)(end - p))) != NULL;) {
		if (!is_escape(p, end)) {
			p += 2;
			continue;
		}
		code = code_at(p + 2);
		if (code == 0 || (code >= 0xdc00 && code < 0xe000))
			return p;
		p += 6;
		if (code < 0xd800 || code >= 0xe000)
			continue;
		if (!is_escape(p, end) || (code_at(p + 2) & 0xfc00) != 0xdc00)
			return p - 6;
		p += 6;
	}
	return NULL;
}

/* The byte behind the string at p; its bad escapes become U+FFFD's. */
static const char *
mend_string(struct repair *r, const char *p)
{
	const char *end = p + 1, *bad;

	while (*end != '"')
		end += *end == '\\' ? 2 : 1;
	end++;
	if ((bad = bad_escape(p, end)) == NULL)
		return end;
	r->n++;
	if (r->fn != NULL)
		r->fn(r->ctx, r->path.len > 0 ? r->path.at : ".",
		    (size_t)(p - r->text), p, (size_t)(end - p));
	for (; bad != NULL; bad = bad_escape(bad + 6, end))
		memcpy(r->to + (bad - r->text) + 2, "fffd", 4);
	return end;
}

static const char *
over_space(const char *p)
{
	while (json_space(*p))
		p++;
	return p;
}

/* Adds a member's name to the path, as expressions have it. */
static void
name_path(struct buf *path, const char *quoted, size_t len)
{
	bool plain = len > 2 && !isdigit((unsigned char)quoted[1]);

	for (size_t i = 1; i + 1 < len && plain; i++)
		plain = quoted[i] == '_' || isalnum((unsigned char)quoted[i]);
	buf_chr(path, '.');
	buf_add(path, quoted + plain, len - 2 * plain);
}

static void
path_back(struct buf *path, size_t len)
{
	path->len = len;
	if (path->at != NULL)
		path->at[len] = '\0';
}

/* The byte behind the value at p. Nesting is bounded by the grammar. */
static const char *
mend_value(struct repair *r, const char *p)
{
	size_t was = r->path.len, name;
	char close = *p == '{' ? '}' : ']';

	if (*p == '"')
		return mend_string(r, p);
	if (*p != '{' && *p != '[') {
		while (p < r->end && strchr(",]}", *p) == NULL)
			p++;
		return p;
	}
	p = over_space(p + 1);
	for (size_t i = 0; *p != close; i++) {
		if (close == '}') {
			name = (size_t)(p - r->text);
			p = mend_string(r, p);
			name_path(&r->path, r->to + name,
			    (size_t)(p - r->text) - name);
			p = over_space(over_space(p) + 1); /* the colon */
		} else {
			buf_fmt(&r->path, "%s[%zu]", was == 0 ? "." : "", i);
		}
		p = over_space(mend_value(r, p));
		path_back(&r->path, was);
		if (*p == ',')
			p = over_space(p + 1);
	}
	return p + 1;
}

size_t
json_repair(
    const char *text, size_t len, struct buf *to, json_repair_fn *fn, void *ctx)
{
	struct repair r = {.text = text, .end = text + len, .fn = fn};

	r.ctx = ctx;
	json_put(to, text, len);
	r.to = to->at;
	if (bad_escape(text, text + len) != NULL)
		mend_value(&r, over_space(text));
	buf_release(&r.path);
	return r.n;
}

void
json_mask(const char *text, size_t len, struct buf *to)
{
	const char *p = text, *end = text + len, *next;
	bool in_string = false, escaped = false;

	json_put(to, text, len);
	for (; p < end; p = next) {
		char *c = to->at + (p - text);

		if ((next = utf8_next(p, end)) == NULL) {
			*c = SUBSTITUTE;
			next = p + 1;
		} else if ((unsigned char)*p < 0x20) {
			*c = in_string ? SUBSTITUTE : ' ';
		}
		if (*c == '"' && !escaped)
			in_string = !in_string;
		escaped = in_string && *c == '\\' && !escaped;
	}
}

bool
json_masked(const char *text, size_t len)
{
	return memchr(text, SUBSTITUTE, len) != NULL;
}
