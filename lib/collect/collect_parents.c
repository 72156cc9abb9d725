#include "collect/collect_int.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "table/cut.h"

/* All parents are of one source and one account: whose token is used. */
static int
check_section(struct collect *c, const struct mark *m, struct why *why)
{
	const char *want = c->o->account;

	if (m->source.len == 0 || strcmp(m->source.at, c->source->name) != 0)
		return why_set(why, EX_DATAERR, "the parents are of %s",
		    m->source.len > 0 ? m->source.at : "no source");
	if (c->o->aim == PAGE_LOOKUP && strcmp(m->resource.at, c->r->name) != 0)
		return why_set(why, EX_DATAERR, "the keys are of %s, not of %s",
		    m->resource.at, c->r->name);
	if (want == NULL && c->parents_account.len > 0)
		want = c->parents_account.at;
	if (want != NULL && m->account.len > 0 &&
	    strcmp(want, m->account.at) != 0)
		return why_set(why, EX_DATAERR,
		    "parents of account %s, not of %s", m->account.at, want);
	buf_set(&c->parents_account, m->account.at, m->account.len);
	return 0;
}

/* Nobody knows whose children to ask for. */
static void
refused(struct collect *c, const char *reason)
{
	char who[96];

	snprintf(who, sizeof(who), "a %s record",
	    c->o->each ? c->r->each->parent : c->r->name);
	collect_refused(c, who, reason);
}

/* Not what is asked for, but what tells whether asking works. */
static bool
is_known(const struct buf *key)
{
	struct json_val v = {JSON_OBJECT, key->at, key->len};

	return key->len > 0 && *key->at == '{' &&
	       json_get(&v, "known").type == JSON_TRUE;
}

static int
next(struct collect *c, struct why *why)
{
	struct item item;
	int got;

	while ((got = stream_next(c->in, &item, why)) == 1) {
		if (item.kind == MARK_BEGIN &&
		    check_section(c, item.mark, why) == -1)
			return -1;
		if (item.kind == MARK_END && !item.mark->complete)
			collect_stop(c, item.mark->why.len > 0
					    ? item.mark->why.at
					    : "input");
		if (item.kind == MARK_BAD)
			refused(c, item.mark->why.at);
		if (item.kind != MARK_NONE)
			continue;
		json_put(&c->parent, item.line.text, item.line.len);
		c->known |= c->o->aim == PAGE_LOOKUP && is_known(&c->parent);
		/* keys bring nothing along */
		return c->o->each && collect_split(c, why) == -1 ? -1 : 1;
	}
	c->input_over = true;
	if (got == -1 && stream_cut(c->in))
		c->input_cut = true;
	return got;
}

/* The first line tells the account; an empty marked section has none. */
int
collect_parents_open(struct collect *c, struct why *why)
{
	int got;

	if ((c->in = stream_open(NULL, 0, false, why)) == NULL)
		return -1;
	stream_guess(c->in);
	if ((got = next(c, why)) == -1)
		return -1;
	c->kept = got == 1;
	return 0;
}

int
collect_parent(struct collect *c, struct why *why)
{
	if (c->kept) {
		c->kept = false;
		return 1;
	}
	return c->input_over ? 0 : next(c, why);
}

int
collect_group(struct collect *c, struct page *page, struct why *why)
{
	int got, full;

	while ((got = collect_parent(c, why)) == 1)
		if ((full = page_want(
			 page, c->parent.at, c->parent.len, why)) != 0)
			return full;
	return got;
}

/* The member of an object on standard input that names its row. */
static const char *
key_name(const struct collect *c)
{
	const struct resource *p;

	if (!c->o->each)
		return resource_by_key(c->r);
	p = source_groups_by(c->source, c->r);
	return p != NULL && p->n_fields > 0 ? p->fields[0].name : "id";
}

const char *
collect_who(
    const struct collect *c, const struct buf *parent, char *to, size_t room)
{
	struct json_val v = {JSON_OBJECT, parent->at, parent->len};
	struct json_val key = json_get(&v, key_name(c));

	if (key.len == 0)
		key = (struct json_val){JSON_STRING, "?", 1};
	snprintf(to, room, "%s %.*s",
	    c->o->each ? c->r->each->parent : c->r->name,
	    (int)(key.len < 60 ? key.len : 60), key.text);
	return to;
}

int
collect_mend(const struct collect *c, struct buf *parent, struct why *why)
{
	if (cut_parent_mend(key_name(c), parent, why) == 0)
		return 0;
	why->status = EX_UNAVAILABLE; /* its own affair */
	return -1;
}
