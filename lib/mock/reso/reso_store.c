#include "mock/reso/reso_int.h"

#include <assert.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/timeval.h"

#define DAY_US (DAY_S * INT64_C(1000000))
#define HISTORY_DAYS 1100
#define NULL_EVERY 20011 /* row 11 of so many has no time */
#define KEY_STEP 16	 /* keys grow by that, with gaps */

static const char *const districts[] = {"C", "E", "N", "W", "X"};

uint64_t
reso_hash(const struct reso *m, enum reso_kind k, uint32_t no, uint64_t salt)
{
	return rng_hash(m->o->size.seed, salt, ((uint64_t)k << 40) + no);
}

bool
reso_draw(struct reso *m, double chance)
{
	struct rng r = {reso_hash(m, RESO_PROPERTY, 0, 1000 + m->drawn++)};

	return rng_chance(&r, chance);
}

static void *
grow(void *at, size_t n, size_t size)
{
	if ((at = reallocarray(at, n == 0 ? 1 : n, size)) == NULL)
		err(EX_OSERR, NULL);
	return at;
}

/*
 * History: rows spread over three years, some at whole seconds, some with up
 * to six digits; one in eight in one great tie, a few in another, a tenth in
 * small ones.
 */
static int64_t
first_time(const struct reso *m, enum reso_kind k, uint32_t no)
{
	uint64_t h = reso_hash(m, k, no, 1), kind = h % 100;
	int64_t now = m->o->size.now * INT64_C(1000000);
	int64_t us =
	    now - DAY_US - (int64_t)((h >> 8) % (HISTORY_DAYS * DAY_US));

	if (no % NULL_EVERY == 11)
		return NO_TIME;
	if (kind < 12)
		return now - 200 * DAY_US;
	if (kind < 15)
		return now - 90 * DAY_US + 184466;
	if (kind < 25)
		return us - us % INT64_C(3600000000);
	if (kind < 65)
		return us - us % 1000000;
	return kind < 72 ? us - us % 100000 : us;
}

static uint32_t
first_child(const struct reso *m, enum reso_kind k, uint32_t listing)
{
	uint64_t all = m->t[RESO_PROPERTY].first_n;
	uint64_t jitter = listing == 0 || listing >= all
			      ? 0
			      : reso_hash(m, k, listing, 2) & 0xffff;

	if (listing > all)
		listing = (uint32_t)all;
	return (uint32_t)((((uint64_t)listing << 16) + jitter) *
			  m->t[k].of_first / (all << 16));
}

void
reso_children(const struct reso *m, enum reso_kind k, uint32_t listing,
    uint32_t *from, uint32_t *to)
{
	*from = *to = 0;
	if (m->t[RESO_PROPERTY].first_n == 0 ||
	    listing >= m->t[RESO_PROPERTY].first_n)
		return;
	*from = first_child(m, k, listing);
	*to = first_child(m, k, listing + 1);
}

uint32_t
reso_listing(const struct reso *m, enum reso_kind k, uint32_t no)
{
	const struct reso_table *t = &m->t[k];
	uint64_t all = m->t[RESO_PROPERTY].first_n;
	uint32_t i;

	if (k == RESO_PROPERTY)
		return no;
	if (no >= t->first_n)
		return t->parents[no - t->first_n];
	if (no >= t->of_first || all == 0)
		return NO_ROW;
	i = (uint32_t)(no * all / t->of_first);
	while (i > 0 && first_child(m, k, i) > no)
		i--;
	while (i + 1 < all && first_child(m, k, i + 1) <= no)
		i++;
	return i;
}

/* A child of a listing that is not there yet is visible: an orphan. */
bool
reso_visible(
    const struct reso *m, enum reso_kind k, uint32_t no, enum reso_feed feed)
{
	uint32_t flags = m->t[k].rows[no].flags, listing;
	uint32_t gone = feed == FEED_IDX
			    ? ROW_GONE | ROW_OFF_MARKET | ROW_WITHDRAWN
			    : ROW_GONE;

	if ((flags & (ROW_HIDDEN | gone)) != 0)
		return false;
	if (k == RESO_PROPERTY || k >= RESO_MEMBER)
		return true;
	listing = reso_listing(m, k, no);
	return listing == NO_ROW ||
	       (m->t[RESO_PROPERTY].rows[listing].flags & gone) == 0;
}

struct stamp {
	int64_t us;
	uint32_t no;
};

static int
by_time(const void *a, const void *b)
{
	const struct stamp *x = a, *y = b;

	if (x->us != y->us)
		return x->us < y->us ? -1 : 1;
	return (x->no > y->no) - (x->no < y->no);
}

/* What is left of the order, and the sorted ones among it. */
static void
merge(struct reso *m, enum reso_kind k, enum reso_feed feed,
    const struct stamp *add, uint32_t n_add)
{
	struct reso_table *t = &m->t[k];
	uint32_t n = 0, *order = grow(NULL, (size_t)t->n, sizeof(*order));
	uint32_t i = 0, j = 0;

	while (i < t->n_order[feed] || j < n_add) {
		struct stamp old = {0, 0};

		if (j < n_add && !reso_visible(m, k, add[j].no, feed)) {
			j++;
			continue;
		}
		if (i < t->n_order[feed]) {
			old.no = t->order[feed][i];
			old.us = t->rows[old.no].us;
			if ((t->rows[old.no].flags & ROW_CHANGED) != 0) {
				i++;
				continue;
			}
			if (j == n_add || by_time(&old, &add[j]) < 0) {
				order[n++] = old.no;
				i++;
				continue;
			}
		}
		order[n++] = add[j++].no;
	}
	free(t->order[feed]);
	t->order[feed] = order;
	t->n_order[feed] = n;
}

static void
settle(struct reso *m, enum reso_kind k)
{
	struct reso_table *t = &m->t[k];
	struct stamp *add = grow(NULL, t->n_changed, sizeof(*add));

	for (uint32_t i = 0; i < t->n_changed; i++)
		add[i] =
		    (struct stamp){t->rows[t->changed[i]].us, t->changed[i]};
	qsort(add, t->n_changed, sizeof(*add), by_time);
	for (int feed = 0; feed < FEEDS; feed++)
		merge(m, k, (enum reso_feed)feed, add, t->n_changed);
	for (uint32_t i = 0; i < t->n_changed; i++)
		t->rows[t->changed[i]].flags &= ~(uint32_t)ROW_CHANGED;
	t->n_changed = 0;
	free(add);
}

void
reso_settle(struct reso *m)
{
	for (int k = 0; k < RESO_KINDS; k++)
		if (m->t[k].n_changed > 0)
			settle(m, (enum reso_kind)k);
}

struct reso_row *
reso_touch(struct reso *m, enum reso_kind k, uint32_t no)
{
	struct reso_table *t = &m->t[k];

	if ((t->rows[no].flags & ROW_CHANGED) != 0)
		return &t->rows[no];
	if (t->n_changed == t->room_changed) {
		t->room_changed = t->room_changed * 2 + 64;
		t->changed =
		    grow(t->changed, t->room_changed, sizeof(*t->changed));
	}
	t->changed[t->n_changed++] = no;
	t->rows[no].flags |= ROW_CHANGED;
	return &t->rows[no];
}

void
reso_touch_children(struct reso *m, uint32_t listing)
{
	for (int k = RESO_MEDIA; k <= RESO_OPEN_HOUSE; k++) {
		const struct reso_table *t = &m->t[k];
		uint32_t from, to;

		reso_children(m, (enum reso_kind)k, listing, &from, &to);
		for (; from < to; from++)
			reso_touch(m, (enum reso_kind)k, from);
		for (uint32_t no = t->first_n; no < t->n; no++)
			if (t->parents[no - t->first_n] == listing)
				reso_touch(m, (enum reso_kind)k, no);
	}
}

uint32_t
reso_append(struct reso *m, enum reso_kind k, uint32_t listing)
{
	struct reso_table *t = &m->t[k];

	if (t->n == t->room) {
		t->room = t->room + t->room / 8 + 64;
		t->rows = grow(t->rows, t->room, sizeof(*t->rows));
		t->parents =
		    grow(t->parents, t->room - t->first_n, sizeof(*t->parents));
	}
	t->parents[t->n - t->first_n] = listing;
	t->rows[t->n] = (struct reso_row){.us = m->clock};
	reso_touch(m, k, t->n);
	return t->n++;
}

void
reso_key(const struct reso *m, enum reso_kind k, uint32_t no, struct buf *to)
{
	uint64_t h = reso_hash(m, k, no, 3);
	uint64_t n = (uint64_t)no * KEY_STEP + h % KEY_STEP;
	const struct reso_table *t = &m->t[k];
	bool clash = k >= RESO_MEMBER && no + 1 == t->first_n &&
		     m->t[RESO_PROPERTY].first_n > 0;

	if (m->s.grid && !clash)
		buf_str(to, "EXB"); /* which board's */
	switch (k) {
	case RESO_PROPERTY:
		h = t->first_n == 0 ? 4 : (uint64_t)no * 5 / t->first_n;
		buf_fmt(to, "%s%llu", districts[h > 4 ? 4 : h],
		    (unsigned long long)(10000000 + n));
		break;
	case RESO_MEDIA:
		buf_fmt(to, "%08llx-%04x-4%03x-%012llx", (unsigned long long)n,
		    (unsigned)(h >> 16) & 0xffff, (unsigned)(h >> 32) & 0xfff,
		    (unsigned long long)(rng_mix(h) & 0xffffffffffff));
		break;
	default:
		/* the last office and member clash with a listing */
		if (clash)
			reso_key(
			    m, RESO_PROPERTY, k == RESO_OFFICE ? 5 : 6, to);
		else
			buf_fmt(
			    to, "%09llu", (unsigned long long)(100000000 + n));
	}
}

/* With as many digits as it needs, none for a whole second. */
void
reso_put_time(const struct reso *m, int64_t us, struct buf *to)
{
	time_rfc3339(m->s.coarse ? us - us % 1000000 : us, to);
}

static int
key_compare(const struct reso *m, enum reso_kind k, uint32_t no,
    const char *key, size_t len)
{
	struct buf text = BUF_INIT;
	size_t n;
	int c;

	reso_key(m, k, no, &text);
	n = text.len < len ? text.len : len;
	c = n == 0 ? 0 : memcmp(text.at, key, n);
	if (c == 0)
		c = (text.len > len) - (text.len < len);
	buf_release(&text);
	return c;
}

uint32_t
reso_key_from(
    const struct reso *m, enum reso_kind k, const char *key, size_t len)
{
	uint32_t lo = 0, hi = m->t[k].n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (key_compare(m, k, mid, key, len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t
reso_find(const struct reso *m, enum reso_kind k, const char *key)
{
	uint32_t no = reso_key_from(m, k, key, strlen(key));

	return no < m->t[k].n && key_compare(m, k, no, key, strlen(key)) == 0
		   ? no
		   : NO_ROW;
}

uint32_t
reso_order_from(const struct reso *m, enum reso_kind k, enum reso_feed feed,
    int64_t us, uint32_t no)
{
	const struct reso_table *t = &m->t[k];
	uint32_t lo = 0, hi = t->n_order[feed];

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2, at = t->order[feed][mid];

		if (t->rows[at].us < us || (t->rows[at].us == us && at < no))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Which rows of the first ones are not visible yet: `hidden`, spread. */
static void
hide(struct reso_table *t, uint32_t among, int64_t hidden)
{
	uint32_t step = hidden > 0 ? among / (uint32_t)hidden : 0;

	for (int64_t i = 0; step > 0 && i < hidden; i++)
		t->rows[(uint32_t)i * step + step / 2].flags |= ROW_HIDDEN;
}

static void
fill(struct reso *m, enum reso_kind k, uint32_t of_first, uint32_t more)
{
	struct reso_table *t = &m->t[k];
	struct stamp *all;
	uint64_t h;

	t->of_first = of_first;
	t->n = t->first_n = t->room = of_first + more;
	t->rows = grow(NULL, t->n, sizeof(*t->rows));
	for (uint32_t no = 0; no < t->n; no++) {
		h = reso_hash(m, k, no, 4);
		t->rows[no] = (struct reso_row){.us = first_time(m, k, no)};
		if (k == RESO_PROPERTY && h % 10 == 0)
			t->rows[no].flags |= ROW_OFF_MARKET;
		else if (k == RESO_PROPERTY && h % 101 == 0)
			t->rows[no].flags |= ROW_WITHDRAWN;
		else if (k > RESO_PROPERTY && k < RESO_MEMBER && h % 33 == 0)
			t->rows[no].flags |= ROW_DELETED;
	}
	hide(t, of_first, k < RESO_MEMBER ? m->s.hidden : 0);
	all = grow(NULL, t->n, sizeof(*all));
	for (uint32_t no = 0; no < t->n; no++)
		all[no] = (struct stamp){t->rows[no].us, no};
	qsort(all, t->n, sizeof(*all), by_time);
	for (int feed = 0; feed < FEEDS; feed++)
		merge(m, k, (enum reso_feed)feed, all, t->n);
	free(all);
}

int
reso_store_open(struct reso *m, struct why *why)
{
	const struct reso_switches *s = &m->s;
	uint32_t hidden = (uint32_t)s->hidden, lost = (uint32_t)s->orphans;
	uint32_t offices = (uint32_t)s->offices, members = (uint32_t)s->members;

	if (s->properties < 20 && s->media + s->rooms + s->open_houses > 0)
		return why_set(
		    why, EX_USAGE, "children need at least 20 properties");
	fill(m, RESO_PROPERTY, (uint32_t)s->properties + hidden, 0);
	fill(m, RESO_MEDIA, s->media == 0 ? 0 : (uint32_t)s->media + hidden,
	    offices * 4 + members + lost);
	fill(m, RESO_ROOMS, s->rooms == 0 ? 0 : (uint32_t)s->rooms + hidden,
	    lost);
	fill(m, RESO_OPEN_HOUSE,
	    s->open_houses == 0 ? 0 : (uint32_t)s->open_houses + hidden, lost);
	fill(m, RESO_MEMBER, members, 0);
	fill(m, RESO_OFFICE, offices, 0);
	return 0;
}

void
reso_store_close(struct reso *m)
{
	for (int k = 0; k < RESO_KINDS; k++) {
		struct reso_table *t = &m->t[k];

		free(t->rows);
		free(t->parents);
		free(t->changed);
		for (int feed = 0; feed < FEEDS; feed++)
			free(t->order[feed]);
	}
}
