#include "source/template.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/timeval.h"
#include "base/zone.h"
#include "json/json.h"
#include "url/url_text.h"

/* A value on its way through the filters. */
struct flow {
	struct buf text;
	int64_t us;   /* since 1970, when is_time */
	bool is_time; /* the text is made from us at the end */
};

enum time_form { FORM_DATE, FORM_TIME, FORM_RFC3339 };

/* Of whole seconds. */
static void
put_time(int64_t us, enum time_form form, struct buf *to)
{
	int64_t part = us % 1000000;

	us -= part < 0 ? part + 1000000 : part;
	buf_clear(to);
	if (form == FORM_DATE)
		date_print(days_from_time(us), to);
	else if (form == FORM_TIME)
		time_text(us, ' ', to);
	else
		time_rfc3339(us, to);
}

static int
need_time(struct flow *f, const char *filter, struct why *why)
{
	if (f->is_time)
		return 0;
	if (f->text.len == 0 ||
	    time_parse(f->text.at, f->text.len, &f->us) == -1)
		return why_set(
		    why, EX_DATAERR, "filter %s: the value is no time", filter);
	f->is_time = true;
	return 0;
}

/* "+365d", "-1h" into microseconds. */
static int
parse_move(const char *filter, int64_t *us)
{
	int64_t ms;

	if ((filter[0] != '+' && filter[0] != '-') ||
	    duration_parse(filter + 1, &ms) == -1)
		return -1;
	*us = (filter[0] == '-' ? -ms : ms) * 1000;
	return 0;
}

/* Values are checked only when there is a flow; else the name alone. */
static int
apply_filter(const char *filter, struct flow *f, struct why *why)
{
	static const char *const forms[] = {"date", "time", "rfc3339"};
	int64_t move;

	if (parse_move(filter, &move) == 0) {
		if (f == NULL)
			return 0;
		if (need_time(f, filter, why) == -1)
			return -1;
		f->us += move;
		return 0;
	}
	if (strcmp(filter, "literal") == 0)
		return 0; /* as received: the default, said aloud */
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(filter, forms[i]) != 0)
			continue;
		if (f == NULL)
			return 0;
		if (need_time(f, filter, why) == -1)
			return -1;
		put_time(f->us, (enum time_form)i, &f->text);
		f->is_time = false;
		return 0;
	}
	return why_set(why, EX_CONFIG,
	    "no filter \"%s\"; there are date, time, rfc3339, literal and "
	    "moves such as -1d",
	    filter);
}

static int
parent_value(
    const char *member, const char *parent, struct buf *to, struct why *why)
{
	struct json_val obj = {JSON_OBJECT, parent, 0}, v;

	if (parent == NULL)
		return why_set(why, EX_SOFTWARE, "there is no parent here");
	obj.len = strlen(parent);
	v = json_get(&obj, member);
	if (v.type == JSON_NONE || v.type == JSON_NULL)
		return why_set(
		    why, EX_DATAERR, "the parent has no \"%s\"", member);
	return json_text(&v, to, why);
}

/*
 * The day at the parent's place, whose zone its member says. Where that is not
 * known, the day before UTC's: nowhere it is over for longer than a day.
 */
static void
local_day(const char *member, const struct template_values *v, struct flow *f)
{
	time_t now = v->today == 0 ? time(NULL) : v->today;
	struct buf zone = BUF_INIT;
	struct why ignored;
	int64_t local = now - (int64_t)24 * 60 * 60;

	if (member != NULL &&
	    parent_value(member, v->parent, &zone, &ignored) == 0)
		(void)zone_local(zone.at, now, &local);
	buf_release(&zone);
	f->us = local * 1000000;
	f->is_time = true;
}

static int
named_value(const char *name, const struct template_values *v, struct flow *f,
    struct why *why)
{
	const struct {
		const char *name, *value;
	} plain[] = {{"account", v->account}, {"secret", v->secret},
	    {"token", v->token}, {"position", v->position}, {"key", v->key}};

	if (strncmp(name, "parent.", 7) == 0)
		return parent_value(name + 7, v->parent, &f->text, why);
	if (strcmp(name, "today") == 0 || strncmp(name, "today@", 6) == 0) {
		local_day(name[5] == '@' ? name + 6 : NULL, v, f);
		return 0;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strcmp(name, plain[i].name) != 0)
			continue;
		if (plain[i].value == NULL)
			return why_set(why, EX_CONFIG,
			    "there is no {%s} to fill in", name);
		buf_str(&f->text, plain[i].value);
		return 0;
	}
	return why_set(why, EX_CONFIG, "no value {%s}", name);
}

static int
check_name(const char *name, struct why *why)
{
	static const char *const names[] = {
	    "account", "secret", "token", "position", "key", "today"};

	if ((strncmp(name, "parent.", 7) == 0 && name[7] != '\0') ||
	    (strncmp(name, "today@", 6) == 0 && name[6] != '\0'))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return 0;
	return why_set(why, EX_CONFIG,
	    "no value {%s}; there are account, secret, token, position, key, "
	    "today, today@NAME and parent.NAME",
	    name);
}

enum form { AS_IT_IS, IN_PATH, IN_QUERY };

/* One {name|filter|…}; v NULL only checks it. */
static int
fill_one(char *inside, const struct template_values *v, enum form form,
    struct buf *to, struct why *why)
{
	struct flow f = {BUF_INIT, 0, false};
	char *rest = inside, *word = strsep(&rest, "|");
	int rc;

	rc = v == NULL ? check_name(word, why) : named_value(word, v, &f, why);
	while (rc == 0 && (word = strsep(&rest, "|")) != NULL)
		rc = apply_filter(word, v == NULL ? NULL : &f, why);
	if (rc == 0 && v != NULL) {
		if (f.is_time)
			put_time(f.us, FORM_RFC3339, &f.text);
		if (form != AS_IT_IS)
			url_encode(f.text.at, f.text.len, to);
		else
			buf_add(to, f.text.at, f.text.len);
	}
	buf_wipe(&f.text); /* it may have been the secret */
	return rc;
}

/* Of the template itself. */
static void
put_literal(const char *text, size_t len, enum form form, struct buf *to)
{
	if (form == IN_QUERY)
		url_encode_query(text, len, to);
	else if (form == IN_PATH && len == 1 && (*text == '{' || *text == '}'))
		url_encode(text, len, to);
	else
		buf_add(to, text, len);
}

static int
run(const char *text, const struct template_values *v, enum form form,
    struct buf *to, struct why *why)
{
	const char *open, *close;
	char inside[128];

	while (*(open = text + strcspn(text, "{}")) != '\0') {
		if (open[1] == *open || *open == '}') { /* itself */
			if (v != NULL) {
				put_literal(
				    text, (size_t)(open - text), form, to);
				put_literal(open, 1, form, to);
			}
			text = open + 1 + (open[1] == *open);
			continue;
		}
		if ((close = strchr(open, '}')) == NULL ||
		    (size_t)(close - open) > sizeof(inside))
			return why_set(why, EX_CONFIG,
			    "a { without its } in \"%s\"", text);
		if (v != NULL)
			put_literal(text, (size_t)(open - text), form, to);
		memcpy(inside, open + 1, (size_t)(close - open - 1));
		inside[close - open - 1] = '\0';
		if (fill_one(inside, v, form, to, why) == -1)
			return -1;
		text = close + 1;
	}
	if (v != NULL)
		put_literal(text, strlen(text), form, to);
	return 0;
}

int
template_fill(const char *text, const struct template_values *v, bool encode,
    struct buf *to, struct why *why)
{
	return run(text, v, encode ? IN_PATH : AS_IT_IS, to, why);
}

int
template_query(const char *text, const struct template_values *v,
    struct buf *to, struct why *why)
{
	return run(text, v, IN_QUERY, to, why);
}

int
template_check(const char *text, struct why *why)
{
	return run(text, NULL, AS_IT_IS, NULL, why);
}

int
template_names(const char *text,
    int (*fn)(const char *name, void *ctx, struct why *why), void *ctx,
    struct why *why)
{
	char name[128];
	int rc = 0;

	while (rc == 0 && *(text += strcspn(text, "{}")) != '\0') {
		if (text[1] == *text || *text == '}') { /* itself */
			text += 1 + (text[1] == *text);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s",
		    (int)strcspn(text + 1, "|}"), text + 1);
		rc = fn(name, ctx, why);
		text += strcspn(text, "}");
		text += *text == '}';
	}
	return rc;
}
