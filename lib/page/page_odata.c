#include "page/page_odata.h"

#include <string.h>
#include <sysexits.h>

int
page_odata_begin(const struct page *p, struct page_odata *o, struct why *why)
{
	const char *filter = p->kit->paging->filter;
	struct template_values values = page_values(p);

	if (filter != NULL &&
	    template_fill(filter, &values, false, &o->filter, why) == -1)
		return why_in(why, "filter");
	return 0;
}

void
page_odata_release(struct page_odata *o)
{
	buf_release(&o->filter);
	buf_release(&o->key);
	buf_release(&o->mark);
}

bool
page_odata_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && a->len > 0 &&
	       memcmp(a->at, b->at, a->len) == 0;
}

void
page_odata_operand(struct buf *to, const struct buf *json)
{
	struct json_val v = {json_type_of(json->at[0]), json->at, json->len};
	struct buf text = BUF_INIT;
	struct why ignored;

	if (v.type == JSON_NUMBER) {
		buf_add(to, json->at, json->len);
		return;
	}
	(void)json_text(&v, &text, &ignored); /* it was read before */
	buf_chr(to, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\'')
			buf_chr(to, '\'');
		buf_chr(to, text.at[i]);
	}
	buf_chr(to, '\'');
	buf_release(&text);
}

bool
page_odata_literal(const struct buf *t)
{
	return t->len > 0 &&
	       strspn(t->at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz:.+-") == t->len;
}

void
page_odata_filter(const struct page_odata *o, const char *now, struct buf *to)
{
	const struct buf *always = &o->filter;
	struct buf filter = BUF_INIT;

	if (always->len > 0 && *now != '\0')
		buf_fmt(&filter, "(%s) and (%s)", always->at, now);
	else
		buf_str(&filter, always->len > 0 ? always->at : now);
	if (filter.len > 0)
		page_param(to, "$filter", filter.at);
	buf_release(&filter);
}

struct json_val
page_odata_member(const struct page *p, size_t row, const char *name)
{
	struct json_val v = {JSON_OBJECT, p->rows[row].text, p->rows[row].len};

	if (v.len == 0 || v.text[0] != '{')
		v.type = JSON_NULL;
	return json_get(&v, name);
}

int
page_odata_key(
    const struct page *p, size_t row, struct buf *key, struct why *why)
{
	const char *name = p->kit->paging->key;
	struct json_val v = page_odata_member(p, row, name);
	struct buf text = BUF_INIT;
	int rc = 0;

	if (v.type != JSON_STRING && v.type != JSON_NUMBER)
		rc = why_set(why, EX_PROTOCOL,
		    "row %zu of the page has no %s: no page can follow it",
		    row + 1, name);
	else if ((rc = json_text(&v, &text, why)) == -1)
		why_set(why, EX_PROTOCOL,
		    "row %zu of the page: %s is no text that can be asked for",
		    row + 1, name);
	json_put(key, v.text == NULL ? "" : v.text, v.len);
	buf_release(&text);
	return rc;
}

/* Within a tie only the keys move. Powers of two: every circle is met. */
bool
page_odata_circles(struct page_odata *o, const struct buf *key)
{
	if (page_odata_same(&o->mark, key))
		return true;
	o->tie++;
	if ((o->tie & (o->tie - 1)) == 0)
		json_put(&o->mark, key->at, key->len);
	return false;
}

int
page_odata_end(
    const struct page *p, struct page_odata *o, bool *end, struct why *why)
{
	bool next = p->answer.has_next;

	if (p->n == 0 && next)
		return why_set(why, EX_PROTOCOL,
		    "an empty page that links another: such a list is read by "
		    "\"link\"");
	o->linked |= next;
	*end = p->n == 0 || (p->n < (size_t)p->size && !next &&
				(o->linked || p->kit->paging->short_is_end));
	return 0;
}
