#include "stream/mark.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include <sodium.h>

#include "json/json.h"

#define PREFIX "{\"@ha\":\""
#define VERSION 1
#define BASE64 sodium_base64_VARIANT_ORIGINAL
/* As base64 it must fit a line. */
#define BAD_MAX ((size_t)47 << 20)
#define BAD_HEAD ((size_t)1 << 20) /* what is kept of more */

enum shape { TEXT, OBJECT, NUMBER, BOOLEAN, WORD };

#define IN(kind) (1u << (kind))
#define END_ONLY IN(MARK_END)

/* One row for each member: in which kinds, what it must be, where it goes. */
static const struct member {
	const char *name;
	unsigned kinds;	   /* where it is known */
	unsigned required; /* where it must be */
	enum shape shape;
	size_t at;
} members[] = {
#define M(name, kinds, required, shape, field)                                 \
	{                                                                      \
		name, kinds, required, shape, offsetof(struct mark, field)     \
	}
    M("source", IN(MARK_BEGIN), IN(MARK_BEGIN), TEXT, source),
    M("resource", IN(MARK_BEGIN), IN(MARK_BEGIN), TEXT, resource),
    M("account", IN(MARK_BEGIN), 0, TEXT, account),
    M("mode", IN(MARK_BEGIN), 0, WORD, mode),
    M("run", IN(MARK_BEGIN), 0, TEXT, run),
    M("from", IN(MARK_BEGIN), 0, OBJECT, from),
    M("whole", IN(MARK_BEGIN), 0, BOOLEAN, whole),
    M("begun", IN(MARK_BEGIN), 0, TEXT, begun),
    M("parent", IN(MARK_OPEN), IN(MARK_OPEN), OBJECT, parent),
    M("records", IN(MARK_CLOSE) | END_ONLY, IN(MARK_CLOSE) | END_ONLY, NUMBER,
	records),
    M("gone", IN(MARK_CLOSE), 0, BOOLEAN, gone),
    M("complete", END_ONLY, END_ONLY, BOOLEAN, complete),
    M("text", IN(MARK_BAD), IN(MARK_BAD), TEXT, text),
    M("why", END_ONLY | IN(MARK_BAD), IN(MARK_BAD), TEXT, why),
    M("key", IN(MARK_BAD), 0, TEXT, key),
    M("of", IN(MARK_BAD), 0, TEXT, of),
    M("skipped", IN(MARK_CLOSE) | END_ONLY, 0, NUMBER, skipped),
    M("parked", END_ONLY, 0, NUMBER, parked),
    M("rejected", END_ONLY, 0, NUMBER, rejected),
    M("repaired", END_ONLY, 0, NUMBER, repaired),
    M("count", END_ONLY, 0, NUMBER, count),
    M("calls", END_ONLY, 0, NUMBER, calls),
    M("retries", END_ONLY, 0, NUMBER, retries),
    M("waited_ms", END_ONLY, 0, NUMBER, waited_ms),
    M("date", IN(MARK_CLOCK), IN(MARK_CLOCK), TEXT, date),
    M("cursor", IN(MARK_AT) | END_ONLY, 0, OBJECT, cursor),
#undef M
};

#define N_MEMBERS (sizeof(members) / sizeof(members[0]))

static const char *const kinds[] = {[MARK_BEGIN] = "begin",
    [MARK_OPEN] = "open",
    [MARK_CLOSE] = "close",
    [MARK_AT] = "at",
    [MARK_CLOCK] = "clock",
    [MARK_BAD] = "bad",
    [MARK_END] = "end"};

static const char *const modes[] = {[MODE_NONE] = "",
    [MODE_FULL] = "full",
    [MODE_SINCE] = "since",
    [MODE_WINDOW] = "window",
    [MODE_KEYS] = "keys",
    [MODE_LOOKUP] = "lookup",
    [MODE_EACH] = "each",
    [MODE_EMBEDDED] = "embedded",
    [MODE_ADOPT] = "adopt",
    [MODE_PARENTS] = "parents",
    [MODE_PLAIN] = "plain",
    [MODE_OTHER] = ""};

const char *
mode_word(enum mark_mode mode)
{
	return modes[mode];
}

void
mark_init(struct mark *m)
{
	memset(m, 0, sizeof(*m));
}

/* Calls fn for every buf of the mark. */
static void
each_buf(struct mark *m, void (*fn)(struct buf *))
{
	struct buf *const all[] = {&m->source, &m->resource, &m->account,
	    &m->other_mode, &m->run, &m->from, &m->begun, &m->parent,
	    &m->cursor, &m->date, &m->why, &m->text, &m->key, &m->of, &m->extra,
	    &m->other};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		fn(all[i]);
}

void
mark_release(struct mark *m)
{
	each_buf(m, buf_release);
	json_free(m->json);
	mark_init(m);
}

bool
mark_is(const char *text, size_t len)
{
	return len >= sizeof(PREFIX) - 1 &&
	       memcmp(text, PREFIX, sizeof(PREFIX) - 1) == 0;
}

static void
reset(struct mark *m)
{
	each_buf(m, buf_clear);
	m->kind = MARK_NONE;
	m->mode = MODE_NONE;
	m->whole = m->gone = m->complete = m->has_count = false;
	m->records = m->skipped = m->parked = m->rejected = m->repaired = 0;
	m->calls = m->retries = m->waited_ms = m->count = 0;
}

static int
set_kind(struct mark *m, const struct json_val *val)
{
	m->kind = MARK_OTHER;
	for (int k = MARK_BEGIN; k <= MARK_END; k++) {
		size_t len = strlen(kinds[k]);

		if (val->len == len + 2 &&
		    memcmp(val->text + 1, kinds[k], len) == 0)
			m->kind = k;
	}
	if (m->kind == MARK_OTHER)
		buf_add(&m->other, val->text, val->len);
	return 0;
}

/* A word that is not known stays as it is: it is passed on and logged. */
static int
set_mode(struct mark *m, const struct json_val *val, struct why *why)
{
	struct buf *word = &m->other_mode;

	buf_clear(word);
	if (json_text(val, word, why) == -1)
		return -1;
	m->mode = word->len > 0 ? MODE_FULL : MODE_NONE;
	while (m->mode != MODE_NONE && m->mode < MODE_OTHER &&
	       strcmp(modes[m->mode], word->at) != 0)
		m->mode++;
	if (m->mode != MODE_OTHER)
		buf_clear(word);
	return 0;
}

static int
set_member(struct mark *m, const struct member *of, const struct json_val *val,
    struct why *why)
{
	char *to = (char *)m + of->at;
	long long n;

	if (val->type == JSON_NULL)
		return 0;
	if (of->shape == TEXT && val->type == JSON_STRING) {
		buf_clear((struct buf *)to);
		return json_text(val, (struct buf *)to, why);
	}
	if (of->shape == WORD && val->type == JSON_STRING)
		return set_mode(m, val, why);
	if (of->shape == OBJECT && val->type == JSON_OBJECT) {
		json_put((struct buf *)to, val->text, val->len);
		return 0;
	}
	if (of->shape == BOOLEAN &&
	    (val->type == JSON_TRUE || val->type == JSON_FALSE)) {
		*(bool *)to = val->type == JSON_TRUE;
		return 0;
	}
	if (of->shape == NUMBER && json_int(val, 0, LLONG_MAX, &n) == 0) {
		*(uint64_t *)to = (uint64_t)n;
		if (of->at == offsetof(struct mark, count))
			m->has_count = true;
		return 0;
	}
	return why_set(why, EX_DATAERR, "%s is wrong in a mark of kind %s",
	    of->name, kinds[m->kind]);
}

struct reading {
	struct mark *m;
	unsigned seen; /* bits of members[] */
};

static int
take(void *ctx, const char *key, size_t len, const struct json_val *val,
    struct why *why)
{
	struct reading *r = ctx;
	struct mark *m = r->m;
	long long version;

	if (m->kind == MARK_NONE)
		return set_kind(m, val); /* "@ha" comes first: mark_is */
	for (size_t i = 0; i < N_MEMBERS; i++) {
		const struct member *of = &members[i];

		if (!(of->kinds & IN(m->kind)) || strlen(of->name) != len ||
		    memcmp(of->name, key, len) != 0)
			continue;
		if (val->type != JSON_NULL)
			r->seen |= 1u << i;
		return set_member(m, of, val, why);
	}
	if (m->kind == MARK_BEGIN && len == 1 && key[0] == 'v') {
		if (json_int(val, 0, INT_MAX, &version) == -1 ||
		    version != VERSION)
			return why_set(why, EX_DATAERR,
			    "a stream of a version that is not known");
		return 0;
	}
	buf_chr(&m->extra, ',');
	buf_json(&m->extra, key, len);
	buf_chr(&m->extra, ':');
	buf_add(&m->extra, val->text, val->len);
	return 0;
}

int
mark_parse(struct mark *m, const char *text, size_t len, struct why *why)
{
	struct json_val whole = {JSON_OBJECT, text, len};
	struct reading r = {m, 0};

	reset(m);
	if (m->json == NULL)
		m->json = json_new();
	if (json_check(m->json, text, len, NULL, why) == -1 ||
	    json_members(&whole, take, &r, why) != 0) {
		why->status = EX_DATAERR;
		return why_in(why, "mark");
	}
	for (size_t i = 0; i < N_MEMBERS; i++) {
		if ((members[i].required & IN(m->kind)) &&
		    !(r.seen & (1u << i)))
			return why_set(why, EX_DATAERR,
			    "mark of kind %s without %s", kinds[m->kind],
			    members[i].name);
	}
	return 0;
}

/* What is zero, empty or false by default is left out. */
static void
write_member(const struct mark *m, const struct member *of, struct buf *to)
{
	const void *at = (const char *)m + of->at;
	const struct buf *text = at;
	bool always = of->required & IN(m->kind);
	bool stated = m->has_count && of->at == offsetof(struct mark, count);

	switch (of->shape) {
	case TEXT:
	case OBJECT:
		if (text->len == 0 && !always)
			return;
		buf_fmt(to, ",\"%s\":", of->name);
		if (of->shape == TEXT)
			buf_json(to, text->len > 0 ? text->at : "", text->len);
		else
			buf_add(to, text->len > 0 ? text->at : "{}",
			    text->len > 0 ? text->len : 2);
		return;
	case WORD:
		if (m->mode == MODE_NONE)
			return;
		text = &m->other_mode;
		buf_fmt(to, ",\"%s\":", of->name);
		if (m->mode == MODE_OTHER)
			buf_json(to, text->at, text->len);
		else
			buf_fmt(to, "\"%s\"", modes[m->mode]);
		return;
	case NUMBER:
		if (*(const uint64_t *)at != 0 || always || stated)
			buf_fmt(to, ",\"%s\":%llu", of->name,
			    (unsigned long long)*(const uint64_t *)at);
		return;
	case BOOLEAN:
		if (*(const bool *)at || always)
			buf_fmt(to, ",\"%s\":%s", of->name,
			    *(const bool *)at ? "true" : "false");
	}
}

void
mark_write(const struct mark *m, struct buf *to)
{
	buf_str(to, "{\"@ha\":");
	if (m->kind == MARK_OTHER)
		buf_add(to, m->other.at, m->other.len);
	else
		buf_fmt(to, "\"%s\"", kinds[m->kind]);
	if (m->kind == MARK_BEGIN)
		buf_fmt(to, ",\"v\":%d", VERSION);
	for (size_t i = 0; i < N_MEMBERS; i++) {
		if (members[i].kinds & IN(m->kind))
			write_member(m, &members[i], to);
	}
	if (m->extra.len > 0)
		buf_add(to, m->extra.at, m->extra.len);
	buf_chr(to, '}');
}

void
mark_bad(struct mark *m, const char *text, size_t len, const char *reason,
    const char *key)
{
	size_t n = len > BAD_MAX ? BAD_HEAD : len;
	size_t room = sodium_base64_ENCODED_LEN(n, BASE64);

	reset(m);
	m->kind = MARK_BAD;
	sodium_bin2base64(buf_room(&m->text, room), room,
	    (const unsigned char *)text, n, BASE64);
	m->text.len = room - 1;
	buf_str(&m->why, reason);
	if (n < len)
		buf_fmt(&m->why, MARK_CUT, (unsigned long long)len);
	if (key != NULL)
		buf_str(&m->key, key);
}

int
mark_bytes(const struct mark *m, struct buf *to, struct why *why)
{
	size_t room = m->text.len / 4 * 3 + 3, n;

	if (sodium_base642bin((unsigned char *)buf_room(to, room), room,
		m->text.len > 0 ? m->text.at : "", m->text.len, NULL, &n, NULL,
		BASE64) == -1)
		return why_set(
		    why, EX_DATAERR, "text of a bad mark is no base64");
	to->len += n;
	to->at[to->len] = '\0';
	return 0;
}
