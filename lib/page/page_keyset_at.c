#include "page/page_keyset.h"

#include <string.h>
#include <sysexits.h>

#define LONGEST_S UINT64_C(3155760000) /* a hundred years */

/*
 * Where a walk by time and key begins, and what it leaves for the next.
 *
 * A row may become visible late, up to the overlap after its time. A run
 * that began when it was S on the far side's clock has missed no row of a
 * time before S less the overlap, and its last row's time is not later than
 * S and the time that the run took. So the next one begins at that time,
 * less what this one took (since its first leg), less the overlap. No clock
 * is compared with the data: only how long a run took is measured. Without
 * an overlap nothing becomes visible late, and the next run goes on behind
 * the last row exactly; so does a run that was left in the middle, since a
 * tie may be larger than what one run reads.
 */

/* The first condition of a run since a position. */
static void
start_at(struct page *p, const struct position *from)
{
	struct page_keyset *k = p->state;
	const struct paging *g = p->kit->paging;
	uint64_t took = p->from.took < LONGEST_S ? p->from.took : LONGEST_S;
	int64_t ms = g->overlap_ms + (int64_t)took * 1000;
	struct buf text = BUF_INIT;

	position_print_back(from, g->overlap_ms == 0 ? 0 : ms, &text);
	buf_fmt(&k->start, "%s ge %s", g->time, text.at);
	buf_release(&text);
}

/* A key as it stands in a row: a text or a number. */
static bool
is_key(const char *json)
{
	struct json_val v = {json_type_of(json[0]), json, strlen(json)};
	struct buf text = BUF_INIT;
	struct why ignored;
	bool is =
	    v.type == JSON_NUMBER ||
	    (v.type == JSON_STRING && json_text(&v, &text, &ignored) == 0);

	buf_release(&text);
	return is;
}

static int
check_cursor(const struct page *p, struct why *why)
{
	const struct cursor *c = &p->from;
	bool keys =
	    (c->key == NULL || is_key(c->key)) &&
	    (c->null_key == NULL || strcmp(c->null_key, "null") == 0 ||
		strcmp(c->null_key, "true") == 0 || is_key(c->null_key));

	if (keys &&
	    (c->middle == MIDDLE_NONE ||
		(position_is(&c->time) ? c->key : c->null_key) != NULL) &&
	    (!position_is(&c->time) || page_odata_literal(&c->time.text)) &&
	    (!position_is(&c->position) ||
		page_odata_literal(&c->position.text)))
		return 0;
	return why_set(why, EX_USAGE,
	    "--from: no time and key that a cursor of this resource has");
}

/* A cursor goes on in the window in which it was left, or nowhere. */
static int
check_window(const struct page *p, const struct page_window *w, struct why *why)
{
	const struct cursor *c = &p->from;
	struct buf name = BUF_INIT;
	int rc = 0;

	if (c->middle == MIDDLE_NONE && !position_is(&c->position) &&
	    c->window.len == 0)
		return 0;
	page_window_name(w, &name);
	if (c->window.len != name.len ||
	    (name.len > 0 && memcmp(c->window.at, name.at, name.len) != 0))
		rc = why_set(why, EX_USAGE,
		    "--from: a cursor of %s%s, but asked for is %s%s",
		    c->window.len > 0 ? "the window " : "no window",
		    c->window.len > 0 ? c->window.at : "",
		    name.len > 0 ? "the window " : "none",
		    name.len > 0 ? name.at : "");
	buf_release(&name);
	return rc;
}

/* The conditions of a window; one without a time may need no question. */
static void
begin_window(struct page *p)
{
	struct page_keyset *k = p->state;

	if (k->window.nulls) {
		k->in_nulls = true;
		p->over = p->complete = p->kit->paging->no_nulls;
	} else if (k->window.is) {
		buf_fmt(&k->start, "%s ge %s", p->kit->paging->time,
		    k->window.since);
	}
}

int
page_keyset_begin(struct page *p, const struct page_of *of, struct why *why)
{
	const struct paging *g = p->kit->paging;
	struct cursor *c = &p->from;
	struct page_keyset *k = p->state;

	if (check_cursor(p, why) == -1 ||
	    check_window(p, &of->window, why) == -1 ||
	    page_odata_begin(p, &k->odata, why) == -1)
		return -1;
	k->window = of->window;
	p->resumed = c->middle != MIDDLE_NONE;
	if (p->resumed && position_is(&c->stop))
		start_at(p, &c->stop); /* not asked for again: for the mode */
	else if (position_is(&c->position))
		start_at(p, &c->position);
	if (position_is(&c->time)) {
		json_put(&k->time, c->time.text.at, c->time.text.len);
	} else if (position_is(&c->position) && c->key != NULL &&
		   (g->overlap_ms == 0 || c->position.kind != POSITION_TIME)) {
		json_put(&k->time, c->position.text.at, c->position.text.len);
	}
	if (k->time.len > 0 && c->key != NULL)
		json_put(&k->odata.key, c->key, strlen(c->key));
	json_put(&k->sure, k->time.at, k->time.len);
	json_put(&k->sure_key, k->odata.key.at, k->odata.key.len);
	k->begun = c->begun > 0 ? (int64_t)c->begun : p->begun_s;
	k->met_nulls = c->null_key != NULL && strcmp(c->null_key, "true") == 0;
	k->in_nulls = c->null_key != NULL && !k->met_nulls;
	if (k->in_nulls && strcmp(c->null_key, "null") != 0)
		json_put(&k->null_key, c->null_key, strlen(c->null_key));
	begin_window(p);
	return 0;
}

void
page_keyset_border(struct page *p)
{
	const struct page_keyset *k = p->state;
	const struct cursor *c = &p->from;
	const struct position *since = p->resumed ? &c->stop : &c->position;
	struct buf window = BUF_INIT;

	if (!page_odata_same(&k->sure, &k->time) && k->time.len > 0)
		return; /* nobody goes on from a time that is still to come */
	page_window_name(&k->window, &window);
	cursor_text(&p->cursor, "window", &window);
	buf_release(&window);
	cursor_text(&p->cursor, "stop", &since->text);
	cursor_text(&p->cursor, "time", &k->time);
	cursor_json(&p->cursor, "key", &k->odata.key);
	if (k->in_nulls || k->met_nulls)
		buf_fmt(&p->cursor, "%s\"null\":%s",
		    p->cursor.len == 0 ? "{" : ",",
		    k->met_nulls	  ? "true"
		    : k->null_key.len > 0 ? k->null_key.at
					  : "null");
	if (p->cursor.len > 0)
		cursor_number(&p->cursor, "begun", (uint64_t)k->begun);
}

/* Whole seconds, rounded up, between two positions. */
static int64_t
apart(const struct position *early, const struct position *late)
{
	if (early->kind != POSITION_TIME || late->kind != POSITION_TIME)
		return INT64_MAX;
	return (late->us - early->us + 999999) / 1000000;
}

/* The place of the last row, if the position of before is not behind it. */
void
page_keyset_done(struct page *p)
{
	const struct page_keyset *k = p->state;
	const struct cursor *c = &p->from;
	const struct position *was = p->resumed ? &c->stop : &c->position;
	int64_t took = page_took(p, k->begun);
	struct buf key = BUF_INIT;
	struct position at = {0};

	if (k->window.is)
		return; /* what is before it or behind it was not read */
	position_set(&at, k->sure.at, k->sure.len);
	if (position_cmp(&at, was) < 0) {
		position_set(&at, was->text.at, was->text.len);
		buf_str(&key, p->resumed || c->key == NULL ? "" : c->key);
	} else {
		buf_add(&key, k->sure_key.at, k->sure_key.len);
	}
	if (took > apart(was, &at))
		took = apart(was, &at);
	cursor_text(&p->cursor, "position", &at.text);
	cursor_json(&p->cursor, "key", &key);
	if (p->cursor.len > 0 && took > 0)
		cursor_number(&p->cursor, "took", (uint64_t)took);
	buf_release(&key);
	position_release(&at);
}
