#include "page/page_list.h"

#include <string.h>

void
page_list_begin(struct page *p, struct page_list *l)
{
	page_walk_begin(p);
	if (p->from.keys[0] != NULL)
		buf_str(&l->last, p->from.keys[0]);
}

void
page_list_reset(const struct page *p, struct page_list *l)
{
	buf_clear(&l->last);
	l->anchor_known = false;
	l->glitches = 0;
	if (p->pass == p->group)
		l->odd_anchors = 0;
}

void
page_list_release(struct page_list *l)
{
	buf_release(&l->last);
}

bool
page_list_anchor(
    const struct page *p, const struct page_list *l, const struct row *r)
{
	if (l->anchor_known)
		return r->sight.key == l->anchor;
	return r->key_len == l->last.len && l->last.len > 0 &&
	       memcmp(p->side.at + r->key, l->last.at, r->key_len) == 0;
}

bool
page_list_stands(const struct page *p, const struct row *r)
{
	struct met m = seen_look(p->seen, &r->sight);

	return m.pass == p->pass && (m.as == SEEN_SAME || m.same_version);
}

/*
 * The anchor comes first. If it changed it may have moved, and unread rows
 * with it. Without a version there are texts that change at each reading: the
 * third such anchor is believed.
 */
static bool
holds(struct page *p, struct page_list *l, const struct row *anchor)
{
	if (page_list_stands(p, anchor))
		return true;
	if (p->resumed_first)
		return !position_is(&p->from.at) ||
		       position_cmp(page_row_at(p, anchor, &p->kit->when),
			   &p->from.at) == 0;
	return anchor->sight.when == 0 && l->odd_anchors++ > 1;
}

bool
page_list_joined(struct page *p, struct page_list *l, bool first, bool lap)
{
	bool counts_moved = page_count_moved(p);

	if (first)
		return true;
	if (!lap)
		return !counts_moved;
	if (p->n > 0 && page_list_anchor(p, l, &p->rows[0]) &&
	    holds(p, l, &p->rows[0]))
		return true;
	p->moved++;
	for (size_t i = 0; i < p->n; i++)
		if (page_list_stands(p, &p->rows[i]) ||
		    (p->resumed_first && page_list_anchor(p, l, &p->rows[i]) &&
			holds(p, l, &p->rows[i])))
			return true;
	return false;
}

void
page_list_keep(
    const struct page *p, struct page_list *l, const struct row *last)
{
	buf_set(&l->last, p->side.at + last->key, last->key_len);
}

bool
page_list_glitch(struct page_list *l)
{
	return l->glitches++ < 2;
}

bool
page_list_border(struct page *p, const struct page_list *l)
{
	if (p->phase != PHASE_MAIN || l->last.len == 0 || p->variants > 0)
		return false;
	cursor_text(&p->cursor, "newest", &p->newest.text);
	cursor_text(&p->cursor, "stop", &p->line.text);
	if (p->kit->walk)
		cursor_text(&p->cursor, "at", &p->at.text);
	return true;
}

void
page_list_keys(
    struct page *p, const struct page_list *l, const char *keys, size_t n)
{
	cursor_number(&p->cursor, "seen", p->from.seen + p->distinct);
	buf_str(&p->cursor, ",\"keys\":[");
	buf_json(&p->cursor, l->last.at, l->last.len);
	for (; n > 0; n--, keys += strlen(keys) + 1) {
		buf_chr(&p->cursor, ',');
		buf_json(&p->cursor, keys, strlen(keys));
	}
	buf_chr(&p->cursor, ']');
}
