#include "page/page_int.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/mem.h"

/* The ways of paging: each style has its own, in a file of its name. */
#define WAY(style, name) [style] = &page_by_##name,
static const struct page_way *const ways[] = {PAGE_STYLES(WAY)};
#undef WAY

static int
choose_way(struct page_kit *k, enum page_what what, struct why *why)
{
	const struct paging *g = k->paging;

	if (what == PAGE_ONE) {
		k->way = &page_of_one;
		return 0;
	}
	k->walk = g->style == PAGE_WALK;
	k->way = ways[k->walk ? g->by : g->style];
	if (k->walk && k->r->position == NULL)
		return why_set(why, EX_CONFIG,
		    "%s/%s: a walk needs a "
		    "position",
		    k->source->name, k->r->name);
	return 0;
}

/* Can it be read so? */
static int
check_what(const struct page_kit *k, enum page_what what, struct why *why)
{
	const struct resource *r = k->r;
	const char *name = k->source->name;

	if (what == PAGE_EACH && r->each == NULL)
		return why_set(why, EX_USAGE,
		    "%s/%s: is not read per parent, "
		    "leave --each out",
		    name, r->name);
	if (what == PAGE_LIST && r->path == NULL && r->each != NULL)
		return why_set(why, EX_USAGE,
		    "%s/%s: is read per parent, "
		    "with --each and %s on standard input",
		    name, r->name, r->each->parent);
	if (what == PAGE_LIST && r->path == NULL)
		return why_set(why, EX_USAGE,
		    "%s/%s: is part of %s, "
		    "see ha-unnest(1)",
		    name, r->name,
		    r->embedded != NULL ? r->embedded->in : "another");
	return 0;
}

static void
choose_path(struct page_kit *k, enum page_what what)
{
	const struct resource *r = k->r;

	k->rows = k->source->rows;
	k->paging = what == PAGE_EACH ? &r->each->paging : &r->paging;
	k->path = r->path;
	k->query = &r->query;
	if (what == PAGE_EACH) {
		k->path = r->each->path;
		k->query = &r->each->query;
	} else if (what == PAGE_ONE) {
		k->path = r->one->path;
		k->query = &r->one->query;
		if (r->one->row != NULL)
			k->rows = r->one->row;
	}
}

struct page_kit *
page_kit_new(const struct source *s, const struct resource *r,
    enum page_what what, struct why *why)
{
	struct page_kit *k = mem_new(1, sizeof(*k));

	k->source = s;
	k->r = r;
	if (check_what(k, what, why) == -1) {
		page_kit_free(k);
		return NULL;
	}
	choose_path(k, what);
	if (choose_way(k, what, why) == -1 || page_fields(k, why) == -1 ||
	    ((k->blank = blank_new(r, why)) == NULL && why->status != 0)) {
		page_kit_free(k);
		return NULL;
	}
	k->json = json_new();
	return k;
}

void
page_kit_free(struct page_kit *k)
{
	if (k == NULL)
		return;
	json_free(k->json);
	blank_free(k->blank);
	json_paths_free(k->paths);
	json_paths_free(k->envelope_paths);
	for (size_t i = 0; i < k->n_keys; i++)
		free(k->keys[i].fields);
	free(k->keys);
	free(k->fields);
	free(k->vals);
	buf_release(&k->text);
	buf_release(&k->key);
	position_release(&k->when);
	position_release(&k->tail);
	free(k);
}

int
page_kit_size(const struct page_kit *k)
{
	return k->way == &page_of_one ? 0 : k->paging->size;
}

/* What an `at` mark of another style carries is of no use here. */
static int
check_from(
    const struct page *p, const struct page_window *window, struct why *why)
{
	const struct page_kit *k = p->kit;
	enum middle m = p->from.middle;

	if (window->is && !k->way->windows)
		return why_set(why, EX_USAGE,
		    "%s/%s: is not asked for by time: its description does "
		    "not page it by keyset",
		    k->source->name, k->r->name);
	if (m == MIDDLE_NONE || m == k->way->middle)
		return 0;
	return why_set(why, EX_USAGE,
	    "--from: a cursor of another way of paging than the "
	    "description's");
}

/* The way that the aim asks for, and what it needs. */
static int
choose_aim(struct page *p, enum page_aim aim, struct why *why)
{
	const struct page_kit *k = p->kit;
	const struct page_way *way = k->way->aims[aim];

	if (aim == PAGE_ROWS)
		way = k->way;
	else if (way == NULL || k->paging != &k->r->paging)
		return why_set(why, EX_USAGE,
		    "%s/%s: is not paged by keyset, so it has no list of "
		    "keys%s",
		    k->source->name, k->r->name,
		    aim == PAGE_LOOKUP
			? ", nor does \"one\" say how to ask for a row"
			: "");
	p->way = way;
	p->state = mem_new(1, way->size + 1);
	return 0;
}

static void
set(struct page *p, const struct page_of *of)
{
	p->seen = seen_new(of->parent == NULL);
	p->now = of->now != NULL ? of->now : time;
	p->steady = of->steady != NULL ? of->steady : clock_ms;
	p->begun_s = (int64_t)p->now(NULL);
	p->begun_ms = p->steady();
	p->today = of->today != 0 ? of->today : p->now(NULL);
	p->size = of->size > 0 ? of->size : p->kit->paging->size;
	p->account = mem_str(of->account);
	if (of->parent != NULL)
		json_put(&p->parent, of->parent, strlen(of->parent));
}

static int
begin(struct page *p, const struct page_of *of, struct why *why)
{
	if (cursor_read(&p->from, of->from, why) == -1 ||
	    check_from(p, &of->window, why) == -1 ||
	    choose_aim(p, of->aim, why) == -1)
		return -1;
	buf_add(&p->since, p->from.position.text.at, p->from.position.text.len);
	p->group = 1;
	page_pass(p);
	if (p->way->begin != NULL && p->way->begin(p, of, why) == -1)
		return -1;
	return page_base(p, why);
}

struct page *
page_new(struct page_kit *k, const struct page_of *of, struct why *why)
{
	struct page *p = mem_new(1, sizeof(*p));

	p->kit = k;
	set(p, of);
	if (begin(p, of, why) == 0)
		return p;
	page_free(p);
	return NULL;
}

void
page_free(struct page *p)
{
	if (p == NULL)
		return;
	if (p->state != NULL && p->way->release != NULL)
		p->way->release(p);
	free(p->state);
	free(p->account);
	buf_release(&p->parent);
	buf_release(&p->wanted);
	cursor_release(&p->from);
	free(p->rows);
	free(p->out);
	buf_release(&p->side);
	buf_release(&p->masked);
	seen_free(p->seen);
	position_release(&p->newest);
	position_release(&p->line);
	position_release(&p->at);
	buf_release(&p->since);
	buf_release(&p->cursor);
	buf_release(&p->base);
	free(p);
}

int
page_ask(struct page *p, struct buf *to, struct why *why)
{
	(void)why;
	if (p->over)
		return 0;
	buf_set(to, p->base.at, p->base.len);
	return p->way->ask(p, to);
}

static void
choose_rows(struct page *p)
{
	p->n_out = 0;
	p->out = mem_grow(p->out, p->room + 1, sizeof(*p->out));
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].pass_on)
			p->out[p->n_out++] = i;
}

/* The walk turns, and says where a later one may go on. */
static void
turn_to(struct page *p, enum turn turn)
{
	void (*write)(struct page *) = NULL;

	page_turn(p, turn);
	if (p->over && p->complete)
		write = p->way->done;
	else if (!p->over && turn == TURN_ON)
		write = p->way->border;
	else
		return;
	buf_clear(&p->cursor);
	if (write != NULL)
		write(p);
	if (p->cursor.len > 0)
		buf_chr(&p->cursor, '}');
}

void
page_clock(struct page *p, int64_t ms)
{
	p->far_ms = ms;
}

/* A time of an earlier run that is still to come: the far side's clock says. */
static bool
from_future(const struct page *p)
{
	const struct cursor *c = &p->from;

	return p->pages == 1 &&
	       (position_late(&c->position, p->horizon_us) ||
		   position_late(&c->newest, p->horizon_us) ||
		   position_late(&c->stop, p->horizon_us) ||
		   (c->window.len == 0 &&
		       position_late(&c->time, p->horizon_us)));
}

int
page_take(struct page *p, const char *body, size_t len, struct why *why)
{
	enum turn turn;

	p->horizon_us = position_horizon(
	    p->far_ms > 0 ? p->far_ms : (int64_t)p->now(NULL) * 1000);
	if (page_read(p, body, len, why) == -1)
		return -1;
	p->pages++;
	page_measure(p);
	if (from_future(p) || page_same(p)) {
		page_over(p, p->pages == 1 ? "future" : "stuck");
		p->n = p->n_out = 0;
		return 0;
	}
	if (p->way->take(p, &turn, why) == -1)
		return -1;
	choose_rows(p);
	turn_to(p, turn);
	return 0;
}

bool
page_smaller(struct page *p)
{
	if (p->size <= 1)
		return false;
	p->size /= 2;
	return true;
}

bool
page_refused(struct page *p, long code)
{
	bool gone = code == 400 || code == 404 || code == 410 || code == 422;
	enum turn turn;

	if (!gone || p->way->refused == NULL || !p->way->refused(p, &turn))
		return false;
	p->n = p->n_out = 0;
	p->pages++;
	turn_to(p, turn);
	return true;
}

size_t
page_rows(const struct page *p)
{
	return p->n_out;
}

struct page_row
page_row(const struct page *p, size_t i)
{
	const struct row *r = &p->rows[p->out[i]];

	if (r->bad == 0)
		return (struct page_row){.text = r->text, .len = r->len};
	return (struct page_row){r->text, r->len, p->side.at + r->bad - 1,
	    r->key_len > 0 ? p->side.at + r->key : NULL};
}

const struct buf *
page_cursor(const struct page *p)
{
	return &p->cursor;
}

struct page_sum
page_sum(const struct page *p)
{
	struct page_sum s = {.over = p->over,
	    .complete = p->complete,
	    .why = p->why,
	    .has_count = p->has_count,
	    .count = p->count,
	    .distinct = seen_n(p->seen),
	    .again = p->again,
	    .late = p->late,
	    .unfit = p->from.unfit,
	    .moved = p->moved_all + p->moved,
	    .pages = p->pages,
	    .number = p->pages + 1};

	s.impossible =
	    p->over && !p->complete &&
	    (strcmp(p->why, "count") == 0 || strcmp(p->why, "stuck") == 0);
	s.full = p->from.middle == MIDDLE_NONE && !position_is(&p->line) &&
		 p->variants == 0;
	if (p->has_count && s.full)
		s.expected = p->count;
	if (p->has_count && p->size > 0)
		s.total =
		    (p->count + (uint64_t)p->size - 1) / (uint64_t)p->size;
	if (p->way->sum != NULL)
		p->way->sum(p, &s);
	return s;
}
