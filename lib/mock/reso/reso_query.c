#include "mock/reso/reso_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#define HARD_TOP 10000

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place. A + is a + unless the server takes it for a blank. */
static bool
decode(char *text, bool plus)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (*text == '+' && plus)
			*to++ = ' ';
		else if (*text != '%')
			*to++ = *text;
		else {
			int high = hex(text[1]);
			int low = high == -1 ? -1 : hex(text[2]);

			if (low == -1 || high * 16 + low == 0)
				return false;
			*to++ = (char)(high * 16 + low);
			text += 2;
		}
	}
	*to = '\0';
	return true;
}

static int
wrong(struct why *why, const char *what, const char *text)
{
	why_set(why, EX_DATAERR, "%s%s%.80s", what, *text != '\0' ? ": " : "",
	    text);
	return 400;
}

/* "name=value&..." into q->args. */
static int
split(struct reso_query *q, const struct reso *m, const char *query,
    struct why *why)
{
	char *rest, *part, *value;
	bool plus = m->s.plus || m->s.link == LINK_ENCODED;

	q->n_args = 0;
	if ((q->text = rest = strdup(query)) == NULL)
		err(EX_OSERR, NULL);
	while ((part = strsep(&rest, "&")) != NULL) {
		if (*part == '\0')
			continue;
		if (q->n_args == RESO_MAX_ARGS)
			return wrong(why, "too many parameters", "");
		if ((value = strchr(part, '=')) != NULL)
			*value++ = '\0';
		if (!decode(part, plus) ||
		    (value != NULL && !decode(value, plus)))
			return wrong(why, "not percent-encoded", part);
		for (size_t i = 0; i < q->n_args; i++)
			if (strcmp(q->args[i].name, part) == 0)
				return wrong(why, "given twice", part);
		q->args[q->n_args].name = part;
		q->args[q->n_args++].value = value != NULL ? value : "";
	}
	return 0;
}

static bool
number(const char *text, uint64_t *to)
{
	const char *wrong_text = NULL;

	if (*text < '0' || *text > '9')
		return false;
	*to = (uint64_t)strtonum(text, 0, INT64_MAX, &wrong_text);
	return wrong_text == NULL;
}

static int
read_filter(struct reso_query *q, const struct reso *m, enum reso_kind k,
    const char *text, struct why *why)
{
	q->filter = odata_parse(text, m->fields[k], m->n_fields[k], why);
	if (q->filter == NULL)
		return why->status == EX_UNAVAILABLE ? 413 : 400;
	if (m->s.max_ors > 0 && odata_ors(q->filter) > (size_t)m->s.max_ors) {
		why_set(why, EX_UNAVAILABLE,
		    "too complex: more than %lld times or",
		    (long long)m->s.max_ors);
		return 413;
	}
	return 0;
}

static int
read_top(struct reso_query *q, const struct reso *m, const char *text,
    struct why *why)
{
	uint64_t most =
	    m->o->max_page > 0 ? (uint64_t)m->o->max_page : HARD_TOP;

	if (!number(text, &q->top))
		return wrong(why, "not a number of rows", text);
	q->has_top = true;
	if (q->top <= most)
		return 0;
	q->top = most;
	return m->s.clamp ? 0 : wrong(why, "more rows than are allowed", text);
}

static int
read_skip(struct reso_query *q, const struct reso *m, const char *text,
    struct why *why)
{
	if (!number(text, &q->skip))
		return wrong(why, "not a number of rows", text);
	/* what the server itself writes into a link has no limit */
	if (m->s.link == LINK_NONE && q->skip > (uint64_t)m->s.max_skip)
		return wrong(why, "more than may be skipped", text);
	return 0;
}

/* The next of "a, b,c"; its end is cut off. NULL: no more. */
static char *
next_item(char **rest)
{
	char *item = strsep(rest, ","), *end;

	if (item == NULL)
		return NULL;
	item += strspn(item, " ");
	for (end = item + strlen(item); end > item && end[-1] == ' ';)
		*--end = '\0';
	return item;
}

static int
read_order(struct reso_query *q, enum reso_kind k, char *text, struct why *why)
{
	char *item;

	while ((item = next_item(&text)) != NULL) {
		size_t len = strcspn(item, " ");
		const char *way = item + len + strspn(item + len, " ");
		int field = reso_field(k, item, len);

		if (field == -1)
			return wrong(why, "no field", item);
		if (*way != '\0' && strcmp(way, "asc") != 0 &&
		    strcmp(way, "desc") != 0)
			return wrong(why, "neither asc nor desc", way);
		if (q->n_order == RESO_MAX_ORDER)
			return wrong(why, "too many fields", item);
		q->order[q->n_order].field = (size_t)field;
		q->order[q->n_order++].desc = *way == 'd';
	}
	return 0;
}

static int
read_select(struct reso_query *q, enum reso_kind k, char *text, struct why *why)
{
	char *item;
	int field;

	while ((item = next_item(&text)) != NULL) {
		if ((field = reso_field(k, item, strlen(item))) == -1)
			return wrong(why, "no field", item);
		if (q->n_select == RESO_MAX_FIELDS)
			return wrong(why, "too many fields", item);
		q->select[q->n_select++] = (uint16_t)field;
	}
	return 0;
}

static int
read_expand(struct reso_query *q, enum reso_kind k, char *text, struct why *why)
{
	char *item;

	while ((item = next_item(&text)) != NULL) {
		enum reso_kind child = strcmp(item, "Media") == 0   ? RESO_MEDIA
				       : strcmp(item, "Rooms") == 0 ? RESO_ROOMS
				       : strcmp(item, "OpenHouses") == 0
					   ? RESO_OPEN_HOUSE
					   : RESO_PROPERTY;

		if (k != RESO_PROPERTY || child == RESO_PROPERTY)
			return wrong(why, "no navigation", item);
		q->expand[child] = true;
	}
	return 0;
}

/* "16 hex digits.8 hex digits": time and number of the last row. */
static int
read_token(struct reso_query *q, const char *text, struct why *why)
{
	uint64_t parts[2] = {0, 0};

	if (strlen(text) != 25 || text[16] != '.')
		return wrong(why, "no such token", text);
	for (size_t i = 0; i < 25; i++) {
		uint64_t *part = &parts[i > 16];

		if (i == 16)
			continue;
		if (hex(text[i]) == -1)
			return wrong(why, "no such token", text);
		*part = *part << 4 | (uint64_t)hex(text[i]);
	}
	q->after = true;
	q->after_us = (int64_t)parts[0];
	q->after_no = (uint32_t)parts[1];
	return 0;
}

static int
read_arg(struct reso_query *q, const struct reso *m, enum reso_kind k,
    const struct arg *a, struct why *why)
{
	char *copy = strdup(a->value);
	int status = 0;

	if (copy == NULL)
		err(EX_OSERR, NULL);
	if (strcmp(a->name, "$filter") == 0)
		status = read_filter(q, m, k, copy, why);
	else if (strcmp(a->name, "$top") == 0)
		status = read_top(q, m, copy, why);
	else if (strcmp(a->name, "$skip") == 0)
		status = read_skip(q, m, copy, why);
	else if (strcmp(a->name, "$orderby") == 0)
		status = read_order(q, k, copy, why);
	else if (strcmp(a->name, "$select") == 0)
		status = read_select(q, k, copy, why);
	else if (strcmp(a->name, "$expand") == 0)
		status = read_expand(q, k, copy, why);
	else if (strcmp(a->name, "$skiptoken") == 0 && m->s.link_token)
		status = read_token(q, copy, why);
	else if (strcmp(a->name, "$count") == 0) {
		q->count = strcmp(copy, "true") == 0;
		if (!q->count && strcmp(copy, "false") != 0)
			status = wrong(why, "neither true nor false", copy);
	} else if (strcmp(a->name, "$format") != 0)
		status = wrong(why, "no such option", a->name);
	else if (strcmp(copy, "json") != 0)
		status = wrong(why, "no such format", copy);
	free(copy);
	return status;
}

int
reso_query_read(struct reso_query *q, const struct reso *m, enum reso_kind k,
    const struct request *r, const char **target, struct why *why)
{
	const char *prefer = request_header(r, "Prefer");
	int status = split(q, m, r->query, why);

	*target = "query";
	for (size_t i = 0; status == 0 && i < q->n_args; i++) {
		*target = q->args[i].name;
		status = read_arg(q, m, k, &q->args[i], why);
	}
	if (prefer != NULL &&
	    strncasecmp(prefer, "odata.maxpagesize=", 18) == 0 &&
	    !number(prefer + 18, &q->max_page))
		q->max_page = 0;
	return status;
}

void
reso_query_release(struct reso_query *q)
{
	odata_free(q->filter);
	free(q->text);
}
