#include "page/page_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static int
choose_style(struct page_kit *k, struct why *why)
{
	const struct paging *g = k->paging;

	k->walk = g->style == PAGE_WALK;
	k->by = k->walk ? g->by : g->style;
	if (k->walk && k->r->position == NULL)
		return why_set(why, EX_CONFIG,
		    "%s/%s: a walk needs a "
		    "position",
		    k->source->name, k->r->name);
	return 0;
}

static int
choose_path(struct page_kit *k, bool each, struct why *why)
{
	const struct resource *r = k->r;
	const char *name = k->source->name;

	if (each && r->each == NULL)
		return why_set(why, EX_USAGE,
		    "%s/%s: is not read per parent, "
		    "leave --each out",
		    name, r->name);
	if (!each && r->path == NULL && r->each != NULL)
		return why_set(why, EX_USAGE,
		    "%s/%s: is read per parent, "
		    "with --each and %s on standard input",
		    name, r->name, r->each->parent);
	if (!each && r->path == NULL)
		return why_set(why, EX_USAGE,
		    "%s/%s: is part of %s, "
		    "see ha-unnest(1)",
		    name, r->name,
		    r->embedded != NULL ? r->embedded->in : "another");
	k->paging = each ? &r->each->paging : &r->paging;
	k->path = each ? r->each->path : r->path;
	k->query = each ? &r->each->query : &r->query;
	return 0;
}

struct page_kit *
page_kit_new(const struct source *s, const struct resource *r, bool each,
    struct why *why)
{
	struct page_kit *k = calloc(1, sizeof(*k));

	if (k == NULL)
		err(EX_OSERR, NULL);
	k->source = s;
	k->r = r;
	if (choose_path(k, each, why) == -1 || choose_style(k, why) == -1 ||
	    page_fields(k, why) == -1 ||
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
	free(k);
}

/* From where an earlier run was left: behind its last row. */
static void
resume(struct page *p)
{
	struct cursor *c = &p->from;

	p->resumed = p->resumed_first = true;
	p->before = c->seen;
	position_raise(&p->newest, &c->newest);
	p->newest_known = position_is(&p->newest);
	if (position_is(&c->stop) && p->kit->walk)
		position_set(&p->line, c->stop.text.at, c->stop.text.len);
	if (c->keys[0] != NULL)
		buf_str(&p->last, c->keys[0]);
	p->offset = c->offset;
	p->lap = c->offset > 0;
	for (size_t i = 1; i < 3 && c->keys[i] != NULL; i++) {
		buf_add(&p->ring, c->keys[i], strlen(c->keys[i]) + 1);
		p->ring_n++;
	}
	p->step = p->ring_n > 0 ? 1 : 0;
}

/* Full, or since a position: what kind of run the cursor asks for. */
static void
begin(struct page *p)
{
	const struct position *from = &p->from.position;

	page_pass(p);
	p->group = p->pass;
	if (p->kit->by == PAGE_KEYSET)
		return; /* page_keyset_begin */
	if (p->from.middle && p->kit->by != PAGE_NONE) {
		resume(p);
	} else if (position_is(from) && p->kit->walk) {
		position_set(&p->line, from->text.at, from->text.len);
	} else if (position_is(from) && p->kit->paging->style == PAGE_OFFSET &&
		   p->kit->paging == &p->kit->r->paging) {
		p->variants = p->kit->r->n_since;
	}
	position_back(&p->line, p->kit->paging->overlap_ms);
}

/* What an `at` mark of another style carries is of no use here. */
static int
check_from(const struct page *p, struct why *why)
{
	enum middle m = p->from.middle;
	enum middle ours = MIDDLE_LIST;

	if (p->kit->by == PAGE_KEYSET)
		ours = MIDDLE_KEYSET;
	else if (p->kit->by == PAGE_LINK)
		ours = MIDDLE_LINK;
	if (p->window.is && ours != MIDDLE_KEYSET)
		return why_set(why, EX_USAGE,
		    "%s/%s: is not asked for by time: its description does "
		    "not page it by keyset",
		    p->kit->source->name, p->kit->r->name);
	if (m == MIDDLE_NONE || m == ours)
		return 0;
	return why_set(why, EX_USAGE,
	    "--from: a cursor of another way of paging than the "
	    "description's");
}

/* Rows a page, unless the caller says otherwise. */
static int
usual_size(const struct page_kit *k, enum page_aim aim)
{
	const struct page_keys *keys = &k->paging->keys;

	if (aim == PAGE_LOOKUP)
		return keys->group;
	return aim == PAGE_KEYS && keys->size > 0 ? keys->size
						  : k->paging->size;
}

struct page *
page_new(struct page_kit *k, const struct page_of *of, struct why *why)
{
	struct page *p = calloc(1, sizeof(*p));

	if (p == NULL)
		err(EX_OSERR, NULL);
	p->kit = k;
	p->aim = of->aim;
	p->seen = seen_new(of->parent == NULL);
	p->now = of->now != NULL ? of->now : time;
	p->today = of->today != 0 ? of->today : p->now(NULL);
	p->size = usual_size(k, p->aim);
	if (of->size > 0 && (p->aim != PAGE_LOOKUP || of->size < p->size))
		p->size = of->size;
	p->window = of->window;
	p->api_base = strdup(of->base != NULL ? of->base : k->source->base);
	if (p->api_base == NULL)
		err(EX_OSERR, NULL);
	if (of->account != NULL && (p->account = strdup(of->account)) == NULL)
		err(EX_OSERR, NULL);
	if (of->parent != NULL) {
		buf_str(&p->parent, of->parent);
		(void)buf_room(&p->parent, JSON_PADDING);
	}
	if (cursor_read(&p->from, of->from, why) == -1 ||
	    check_from(p, why) == -1)
		goto fail;
	begin(p);
	if ((k->by == PAGE_LINK && page_link_begin(p, why) == -1) ||
	    page_base(p, why) == -1 ||
	    (k->by == PAGE_KEYSET && page_keyset_begin(p, why) == -1) ||
	    (p->aim != PAGE_ROWS && page_keys_begin(p, why) == -1))
		goto fail;
	return p;
fail:
	page_free(p);
	return NULL;
}

void
page_free(struct page *p)
{
	if (p == NULL)
		return;
	free(p->account);
	free(p->api_base);
	buf_release(&p->parent);
	cursor_release(&p->from);
	free(p->rows);
	free(p->out);
	buf_release(&p->side);
	seen_free(p->seen);
	position_release(&p->newest);
	position_release(&p->line);
	position_release(&p->at);
	buf_release(&p->cursor);
	buf_release(&p->base);
	buf_release(&p->last);
	buf_release(&p->ring);
	page_keyset_release(&p->keyset);
	page_link_release(&p->link);
	page_lookup_release(&p->lookup);
	free(p);
}

static enum turn
none_take(struct page *p)
{
	(void)page_count_moved(p);
	page_accept(p);
	return TURN_LAST;
}

static void
choose_rows(struct page *p)
{
	p->n_out = 0;
	p->out = reallocarray(p->out, p->room + 1, sizeof(*p->out));
	if (p->out == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].pass_on)
			p->out[p->n_out++] = i;
}

int
page_take(struct page *p, const char *body, size_t len, struct why *why)
{
	enum turn turn;
	int rc;

	if (page_read(p, body, len, why) == -1)
		return -1;
	p->pages++;
	if (p->aim != PAGE_ROWS) {
		rc = p->aim == PAGE_KEYS ? page_keys_take(p, why)
					 : page_lookup_take(p, why);
		choose_rows(p);
		return rc;
	}
	if (p->kit->by == PAGE_KEYSET) {
		if (page_keyset_take(p, &turn, why) == -1)
			return -1;
	} else if (p->kit->by == PAGE_LINK) {
		if (page_link_take(p, &turn, why) == -1)
			return -1;
	} else if (p->kit->by == PAGE_NONE)
		turn = none_take(p);
	else if (p->kit->by == PAGE_OFFSET)
		turn = offset_take(p);
	else
		turn = after_take(p);
	choose_rows(p);
	page_turn(p, turn);
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

	if (gone && p->kit->by == PAGE_LINK)
		return page_link_refused(p);
	if (!gone || p->kit->by != PAGE_AFTER || after_key(p) == NULL)
		return false;
	p->n = p->n_out = 0;
	p->pages++;
	page_turn(p, after_back(p));
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

	return (struct page_row){r->text, r->len};
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
	    .distinct =
		p->kit->by == PAGE_KEYSET ? p->distinct : seen_n(p->seen),
	    .again = p->again,
	    .moved = p->moved_all + p->moved,
	    .gone = p->lookup.gone,
	    .pages = p->pages,
	    .number = p->pages + 1};

	s.full = !p->from.middle && !position_is(&p->line) &&
		 p->variants == 0 && p->keyset.start.len == 0 &&
		 !p->window.is && p->aim != PAGE_LOOKUP;
	if (p->has_count && (s.full || p->kit->by == PAGE_KEYSET))
		s.expected = p->count;
	if (p->has_count && p->size > 0)
		s.total =
		    (p->count + (uint64_t)p->size - 1) / (uint64_t)p->size;
	return s;
}
