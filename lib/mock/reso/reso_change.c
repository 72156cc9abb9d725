#include "mock/reso/reso_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/timeval.h"
#include "mock/server/mock_answer.h"

#define STEP_US 37123  /* between two changes */
#define MOST_NAMED 100 /* keys in an answer */

struct reso_change {
	struct reso *m;
	enum reso_kind k;
	bool hard; /* `gone=1` */
	bool tie;  /* `tie=1`: all at one time */
};

static int64_t
tick(struct reso_change *c)
{
	return c->tie ? c->m->clock : (c->m->clock += STEP_US);
}

/* A room of a listing changes the listing's time, a picture does not. */
static void
moved(struct reso_change *c, uint32_t no)
{
	uint32_t listing = reso_listing(c->m, c->k, no);
	int64_t us = tick(c);

	reso_touch(c->m, c->k, no)->us = us;
	if (c->k == RESO_ROOMS && listing != NO_ROW)
		reso_touch(c->m, RESO_PROPERTY, listing)->us = us;
}

static void
update(struct reso_change *c, uint32_t no)
{
	c->m->t[c->k].rows[no].edits++;
	moved(c, no);
}

/* Pictures, rooms and open houses say so, unless they just vanish. */
static void delete (struct reso_change *c, uint32_t no)
{
	bool soft = c->k > RESO_PROPERTY && c->k < RESO_MEMBER && !c->hard;

	c->m->t[c->k].rows[no].flags |= soft ? ROW_DELETED : ROW_GONE;
	moved(c, no);
	if (c->k == RESO_PROPERTY)
		reso_touch_children(c->m, no);
}

/* Sold: VOW sees a changed row, IDX none. */
static void
leave(struct reso_change *c, uint32_t no)
{
	c->m->t[c->k].rows[no].flags |= ROW_OFF_MARKET;
	moved(c, no);
	reso_touch_children(c->m, no);
}

static void
withdraw(struct reso_change *c, uint32_t no)
{
	c->m->t[c->k].rows[no].flags |= c->hard ? ROW_GONE : ROW_WITHDRAWN;
	moved(c, no);
	reso_touch_children(c->m, no);
}

/* A hidden row is seen at last, with the time it always had. */
static void
late(struct reso_change *c, uint32_t no)
{
	reso_touch(c->m, c->k, no)->flags &= ~(uint32_t)ROW_HIDDEN;
}

/* The same, but as new. */
static void
arrive(struct reso_change *c, uint32_t no)
{
	late(c, no);
	moved(c, no);
}

static void
add(struct reso_change *c, uint32_t no)
{
	uint32_t listings = c->m->t[RESO_PROPERTY].first_n;

	tick(c);
	if (c->k == RESO_PROPERTY) {
		reso_append(c->m, RESO_PROPERTY, NO_ROW);
		for (int i = 0; i < 4; i++)
			reso_append(c->m, RESO_MEDIA, no);
		reso_append(c->m, RESO_ROOMS, no);
	} else
		reso_append(c->m, c->k,
		    listings == 0
			? NO_ROW
			: (uint32_t)(reso_hash(c->m, c->k, no, 30) % listings));
}

static const struct {
	const char *path;
	void (*fn)(struct reso_change *c, uint32_t no);
	bool listings; /* of Property only */
	bool hidden;   /* rows that are not visible yet */
	bool fresh;    /* no row is needed */
} changes[] = {{"/update", update, false, false, false},
    {"/delete", delete, false, false, false},
    {"/leave", leave, true, false, false},
    {"/withdraw", withdraw, true, false, false},
    {"/late", late, false, true, false},
    {"/arrive", arrive, false, true, false}, {"/add", add, false, false, true}};

/* A row that the change can be made to: none of those it was made to. */
static uint32_t
draw_row(const struct reso_change *c, size_t which)
{
	const struct reso_table *t = &c->m->t[c->k];
	uint32_t not_these = changes[which].listings
				 ? ROW_OFF_MARKET | ROW_WITHDRAWN | ROW_GONE
				 : ROW_DELETED | ROW_GONE;
	uint32_t at;

	if (t->n == 0)
		return NO_ROW;
	at = (uint32_t)(reso_hash(c->m, c->k, 0, 5000 + c->m->moved++) % t->n);
	for (uint32_t i = 0; i < t->n; i++, at = at + 1 == t->n ? 0 : at + 1)
		if ((t->rows[at].flags & (not_these | ROW_CHANGED)) == 0 &&
		    ((t->rows[at].flags & ROW_HIDDEN) != 0) ==
			changes[which].hidden)
			return at;
	return NO_ROW;
}

void
reso_between_pages(struct reso *m, enum reso_kind k)
{
	struct reso_change c = {m, k, false, false};
	const struct {
		double chance;
		enum reso_kind k;
		size_t which;
	} what[] = {{fmax(m->o->move, m->s.move), k, 0},
	    {fmax(m->o->vanish, m->s.vanish), RESO_PROPERTY, 2},
	    {m->s.late, k, 4}};
	uint32_t no;

	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		c.k = what[i].k;
		if (reso_draw(m, what[i].chance) &&
		    (no = draw_row(&c, what[i].which)) != NO_ROW)
			changes[what[i].which].fn(&c, no);
	}
	reso_settle(m);
}

/* Which keys, as far as they fit; rows that were added are at the end. */
static void
say_changed(
    const struct reso_change *c, struct buf *keys, uint32_t no, uint64_t i)
{
	if (i >= MOST_NAMED)
		return;
	buf_str(keys, i > 0 ? ",\"" : "\"");
	reso_key(c->m, c->k, no, keys);
	buf_chr(keys, '"');
}

static void
make_change(struct reso_change *c, size_t which, const struct request *r,
    struct mock_answer *a)
{
	const char *key = request_arg(r, "key");
	uint64_t n = key != NULL ? 1 : (uint64_t)request_number(r, "n", 1);
	uint64_t done = 0;
	struct buf keys = BUF_INIT;
	uint32_t no;

	c->hard = request_number(r, "gone", 0) == 1;
	c->tie = request_number(r, "tie", 0) == 1;
	c->m->clock += STEP_US;
	buf_str(&keys, "");
	for (; done < n; done++) {
		no = changes[which].fresh ? c->m->t[c->k].n
		     : key != NULL	  ? reso_find(c->m, c->k, key)
					  : draw_row(c, which);
		if (no == NO_ROW)
			break;
		changes[which].fn(c, no);
		say_changed(c, &keys, no, done);
	}
	reso_settle(c->m);
	buf_fmt(&a->body, "{\"changed\":%llu,\"keys\":[%s]}\n",
	    (unsigned long long)done, keys.at);
	buf_release(&keys);
}

static enum reso_feed
feed_arg(const struct request *r)
{
	const char *feed = request_arg(r, "feed");

	return feed != NULL && strcmp(feed, "idx") == 0 ? FEED_IDX : FEED_VOW;
}

/* Keys and times of what a feed shows, by (time, key), nulls first. */
static void
dump(struct reso *m, enum reso_kind k, enum reso_feed feed,
    struct mock_answer *a)
{
	const struct reso_table *t = &m->t[k];

	a->type = "application/x-ndjson";
	for (uint32_t i = 0; i < t->n_order[feed]; i++) {
		uint32_t no = t->order[feed][i];

		buf_str(&a->body, "{\"key\":\"");
		reso_key(m, k, no, &a->body);
		buf_str(&a->body, "\",\"time\":");
		if (t->rows[no].us != NO_TIME) {
			buf_chr(&a->body, '"');
			reso_put_time(m, t->rows[no].us, &a->body);
			buf_str(&a->body, "\"}\n");
		} else
			buf_str(&a->body, "null}\n");
	}
}

static void
queries(const struct reso *m, struct mock_answer *a)
{
	buf_fmt(&a->body,
	    "{\"reads\":%llu,\"rows\":%llu,\"skips\":%llu,\"refused\":%llu}\n",
	    (unsigned long long)m->reads, (unsigned long long)m->rows,
	    (unsigned long long)m->skips, (unsigned long long)m->refused);
}

/* `set?to=link=loop`: a switch while it runs, sizes apart. */
static void
set(struct reso *m, const struct request *r, struct mock_answer *a)
{
	const char *to = request_arg(r, "to");
	struct why why = {0};

	if (to == NULL || reso_switch(&m->s, to, &why) == -1)
		mock_fail(a, 400, to == NULL ? "to is missing" : why.msg);
	else
		buf_str(&a->body, "{}\n");
}

bool
reso_control(
    void *ctx, struct request *r, const char *path, struct mock_answer *a)
{
	struct reso_change c = {.m = ctx};
	bool dumps = strncmp(path, "/dump/", 6) == 0;
	const char *name = dumps ? path + 6 : request_arg(r, "resource");
	size_t which = 0;
	int k = name == NULL ? -1 : reso_kind_named(name, strlen(name));

	while (which < sizeof(changes) / sizeof(changes[0]) &&
	       strcmp(changes[which].path, path) != 0)
		which++;
	if (strcmp(path, "/queries") == 0)
		queries(c.m, a);
	else if (strcmp(path, "/set") == 0)
		set(c.m, r, a);
	else if (!dumps && which == sizeof(changes) / sizeof(changes[0]))
		return false;
	else if (k == -1 ||
		 (!dumps && (k >= RESO_MEMBER || (k != RESO_PROPERTY &&
						     changes[which].listings))))
		mock_fail(a, 404, "no such resource");
	else if (dumps)
		dump(c.m, (enum reso_kind)k, feed_arg(r), a);
	else {
		c.k = (enum reso_kind)k;
		make_change(&c, which, r, a);
	}
	return true;
}
