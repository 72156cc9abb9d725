#include "mock/graph/graph_fields.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct graph_fields {
	char *text; /* cut into names */
	struct graph_field nodes[GRAPH_MAX_FIELDS];
	size_t n;
};

struct reader {
	struct graph_fields *f;
	char *p;
	char next; /* what was at p before a name was ended there */
	struct why *why;
};

static const char name_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/* The character to read; a name may have been ended with a NUL on it. */
static char
look(const struct reader *r)
{
	return r->next != '\0' ? r->next : *r->p;
}

static void
step(struct reader *r)
{
	r->next = '\0';
	r->p++;
}

static void
skip_blanks(struct reader *r)
{
	while (look(r) == ' ')
		step(r);
}

static int
syntax(struct reader *r, const char *wanted)
{
	return why_set(r->why, EX_USAGE,
	    "Syntax error \"Expected %s.\" at character %zu", wanted,
	    (size_t)(r->p - r->f->text) + 1);
}

/* A name, ended in place. */
static const char *
read_name(struct reader *r)
{
	char *from;
	size_t len;

	skip_blanks(r);
	if (r->next != '\0')
		return NULL;
	from = r->p;
	len = strspn(from, name_bytes);
	r->p += len;
	if (len == 0)
		return NULL;
	r->next = *r->p;
	*r->p = '\0';
	return from;
}

/* Up to the closing bracket, which is left behind. */
static const char *
read_argument(struct reader *r)
{
	char *from, *end;

	if (look(r) != '(')
		return NULL;
	step(r);
	from = r->p;
	if ((end = strchr(from, ')')) == NULL)
		return NULL;
	*end = '\0';
	r->p = end + 1;
	r->next = '\0';
	return from;
}

static int
read_modifier(struct reader *r, struct graph_field *field)
{
	const char *name, *value, *wrong = NULL;

	step(r); /* the dot */
	if ((name = read_name(r)) == NULL)
		return syntax(r, "a modifier");
	if ((value = read_argument(r)) == NULL)
		return syntax(r, "an argument in brackets");
	if (strcmp(name, "after") == 0)
		field->after = value;
	else if (strcmp(name, "before") == 0)
		field->before = value;
	else if (strcmp(name, "limit") == 0) {
		field->limit = strtonum(value, 0, 1000000, &wrong);
		if (wrong != NULL)
			return syntax(r, "a number as limit");
	} else if (strcmp(name, "since") != 0 && strcmp(name, "until") != 0 &&
		   strcmp(name, "order") != 0)
		return syntax(r, "a known modifier");
	return 0;
}

/* A list of fields up to `end`: '}', or '\0' for the outermost. */
static int
read_list(struct reader *r, char end, int depth, const struct graph_field **to)
{
	for (;;) {
		struct graph_field *field;

		if (r->f->n == GRAPH_MAX_FIELDS || depth > GRAPH_MAX_DEPTH)
			return syntax(r, "fewer fields");
		field = &r->f->nodes[r->f->n++];
		field->limit = -1;
		if ((field->name = read_name(r)) == NULL)
			return syntax(r, "a name");
		*to = field;
		to = &field->next;
		for (skip_blanks(r); look(r) == '.'; skip_blanks(r))
			if (read_modifier(r, field) == -1)
				return -1;
		if (look(r) == '{') {
			step(r);
			if (read_list(r, '}', depth + 1, &field->sub) == -1)
				return -1;
			step(r);
			skip_blanks(r);
		}
		if (look(r) == end)
			return 0;
		if (look(r) != ',')
			return syntax(
			    r, end == '}' ? "a comma or }" : "end of string");
		step(r);
	}
}

struct graph_fields *
graph_fields_parse(const char *text, struct why *why)
{
	struct graph_fields *f = calloc(1, sizeof(*f));
	struct reader r = {f, NULL, '\0', why};
	const struct graph_field *first;

	if (f == NULL || (f->text = strdup(text)) == NULL)
		err(EX_OSERR, NULL);
	r.p = f->text;
	if (read_list(&r, '\0', 1, &first) == 0)
		return f;
	graph_fields_free(f);
	return NULL;
}

void
graph_fields_free(struct graph_fields *f)
{
	if (f == NULL)
		return;
	free(f->text);
	free(f);
}

const struct graph_field *
graph_fields_first(const struct graph_fields *f)
{
	return f != NULL && f->n > 0 ? &f->nodes[0] : NULL;
}

const struct graph_field *
graph_field_find(const struct graph_field *first, const char *name)
{
	while (first != NULL && strcmp(first->name, name) != 0)
		first = first->next;
	return first;
}

bool
graph_field_wants(const struct graph_field *first, const char *name)
{
	return first == NULL || graph_field_find(first, name) != NULL;
}

void
graph_fields_put(const struct graph_field *first, struct buf *to)
{
	for (const struct graph_field *f = first; f != NULL; f = f->next) {
		if (f != first)
			buf_chr(to, ',');
		buf_str(to, f->name);
		if (f->limit >= 0)
			buf_fmt(to, ".limit(%lld)", (long long)f->limit);
		if (f->sub != NULL) {
			buf_chr(to, '{');
			graph_fields_put(f->sub, to);
			buf_chr(to, '}');
		}
	}
}
