#include "page/page_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * What a run leaves behind for the next one:
 *   {"position":"2025-07-01 10:00:00"}     it was complete
 *   {"newest":…,"stop":…,"at":…,"keys":[…]} left in the middle of a walk
 *   {"newest":…,"offset":99,"seen":100,"keys":["17"]} or of an offset list
 *   {"position":…,"key":"K7","took":90} by keyset, or in the middle:
 *   {"stop":…,"time":…,"key":"K7","null":"K9","begun":…}
 * A window leaves no position, and in its middle the last of these with
 * "window":…: read on without it, the rows before it would be lost.
 *   {"position":…,"took":90} by link, or in the middle, if links live:
 *   {"newest":…,"stop":…,"link":…,"seen":100,"begun":…}
 */

static int
read_number(const struct json_val *v, uint64_t *to)
{
	long long n;

	if (json_int(v, 0, INT64_MAX, &n) == -1)
		return -1;
	*to = (uint64_t)n;
	return 0;
}

static int
read_position(const struct json_val *v, struct cursor *c, struct position *to)
{
	struct buf text = BUF_INIT;
	struct why ignored;

	if (v->type != JSON_STRING)
		return -1;
	if (json_text(v, &text, &ignored) == -1 ||
	    (text.len > 0 && !position_set(to, text.at, text.len)))
		c->unfit = true;
	buf_release(&text);
	return 0;
}

static int
read_one_key(void *ctx, const struct json_val *v, struct why *why)
{
	struct cursor *c = ctx;
	struct buf text = BUF_INIT;
	size_t i = 0;

	while (i < 3 && c->keys[i] != NULL)
		i++;
	if (i == 3 || v->type != JSON_STRING ||
	    json_text(v, &text, why) == -1) {
		buf_release(&text);
		return -1;
	}
	c->keys[i] = buf_take(&text);
	return 0;
}

/* A key by keyset stays JSON: a text or a number. */
static int
read_json(const struct json_val *v, char **to)
{
	if (*to != NULL || v->type == JSON_OBJECT || v->type == JSON_ARRAY)
		return -1;
	*to = mem_new(1, v->len + 1 + JSON_PADDING);
	memcpy(*to, v->text, v->len);
	return 0;
}

static int
read_link(const struct json_val *v, struct cursor *c, struct why *why)
{
	struct buf text = BUF_INIT;

	if (c->link != NULL || v->type != JSON_STRING ||
	    json_text(v, &text, why) == -1 || text.len == 0) {
		buf_release(&text);
		return -1;
	}
	c->link = buf_take(&text);
	return 0;
}

/* A walk is left in one way. */
static int
set_middle(struct cursor *c, enum middle m)
{
	if (c->middle != MIDDLE_NONE && c->middle != m)
		return -1;
	c->middle = m;
	return 0;
}

static bool
is(const char *key, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(key, name, len) == 0;
}

static int
read_member(void *ctx, const char *key, size_t len, const struct json_val *v,
    struct why *why)
{
	struct cursor *c = ctx;
	struct position *at[] = {&c->position, &c->newest, &c->stop, &c->at};
	const char *names[] = {"position", "newest", "stop", "at"};
	uint64_t *numbers[] = {&c->seen, &c->begun, &c->took};
	const char *counted[] = {"seen", "begun", "took"};

	for (size_t i = 0; i < 4; i++)
		if (is(key, len, names[i]))
			return read_position(v, c, at[i]);
	for (size_t i = 0; i < 3; i++)
		if (is(key, len, counted[i]))
			return read_number(v, numbers[i]);
	if (is(key, len, "offset"))
		return set_middle(c, MIDDLE_LIST) == -1
			   ? -1
			   : read_number(v, &c->offset);
	if (is(key, len, "keys"))
		return v->type == JSON_ARRAY && set_middle(c, MIDDLE_LIST) == 0
			   ? json_elements(v, read_one_key, c, why)
			   : -1;
	if (is(key, len, "key"))
		return read_json(v, &c->key);
	if (is(key, len, "window"))
		return v->type == JSON_STRING ? json_text(v, &c->window, why)
					      : -1;
	if (is(key, len, "link"))
		return set_middle(c, MIDDLE_LINK) == -1 ? -1
							: read_link(v, c, why);
	if (!is(key, len, "time") && !is(key, len, "null"))
		return -1;
	if (set_middle(c, MIDDLE_KEYSET) == -1)
		return -1;
	return is(key, len, "time") ? read_position(v, c, &c->time)
				    : read_json(v, &c->null_key);
}

/*
 * What was written down by an earlier version, or by hand: a position that is
 * none. What is left is where the run had begun.
 */
static void
forget_middle(struct cursor *c)
{
	struct position stop = c->stop;

	memset(&c->stop, 0, sizeof(c->stop));
	cursor_release(c);
	memset(c, 0, sizeof(*c));
	c->position = stop;
	c->unfit = true;
}

int
cursor_read(struct cursor *c, const char *text, struct why *why)
{
	struct json *j;
	struct buf copy = BUF_INIT;
	struct json_val v = {JSON_OBJECT, NULL, 0};
	enum json_type type;
	int rc = 0;

	if (text == NULL || *text == '\0')
		return 0;
	j = json_new();
	json_put(&copy, text, strlen(text));
	v.text = copy.at;
	v.len = copy.len;
	if (json_check(j, copy.at, copy.len, &type, why) == -1 ||
	    (type != JSON_OBJECT && type != JSON_NULL) ||
	    (type == JSON_OBJECT && json_members(&v, read_member, c, why) != 0))
		rc = why_set(why, EX_USAGE,
		    "--from: not a cursor that an `at` "
		    "or `end` mark of this resource carries");
	buf_release(&copy);
	json_free(j);
	if (rc == 0 && c->unfit && c->middle != MIDDLE_NONE)
		forget_middle(c);
	return rc;
}

void
cursor_release(struct cursor *c)
{
	position_release(&c->position);
	position_release(&c->newest);
	position_release(&c->stop);
	position_release(&c->at);
	position_release(&c->time);
	free(c->key);
	free(c->null_key);
	buf_release(&c->window);
	free(c->link);
	for (size_t i = 0; i < 3; i++)
		free(c->keys[i]);
}

void
cursor_text(struct buf *to, const char *name, const struct buf *text)
{
	if (text->len == 0)
		return;
	buf_fmt(to, "%s\"%s\":", to->len == 0 ? "{" : ",", name);
	buf_json(to, text->at, text->len);
}

void
cursor_json(struct buf *to, const char *name, const struct buf *json)
{
	if (json->len > 0)
		buf_fmt(to, "%s\"%s\":%s", to->len == 0 ? "{" : ",", name,
		    json->at);
}

void
cursor_number(struct buf *to, const char *name, uint64_t value)
{
	buf_fmt(to, "%s\"%s\":%llu", to->len == 0 ? "{" : ",", name,
	    (unsigned long long)value);
}
