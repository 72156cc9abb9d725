#include "page/position.h"

#include <stdlib.h>
#include <string.h>

#include "base/timeval.h"

void
position_release(struct position *p)
{
	buf_release(&p->text);
}

void
position_set(struct position *p, const char *text, size_t len)
{
	char *end;

	buf_clear(&p->text);
	p->is_time = p->is_number = false;
	if (len == 0)
		return;
	buf_add(&p->text, text, len);
	p->is_time = time_parse(text, len, &p->us) == 0;
	if (p->is_time || strchr("-0123456789", text[0]) == NULL)
		return;
	p->number = strtold(p->text.at, &end);
	p->is_number = *end == '\0' && end != p->text.at;
}

bool
position_is(const struct position *p)
{
	return p->text.len > 0;
}

int
position_cmp(const struct position *a, const struct position *b)
{
	size_t n = a->text.len < b->text.len ? a->text.len : b->text.len;
	int way;

	if (a->is_time && b->is_time)
		return (a->us > b->us) - (a->us < b->us);
	if (a->is_number && b->is_number)
		return (a->number > b->number) - (a->number < b->number);
	if (n > 0 && (way = memcmp(a->text.at, b->text.at, n)) != 0)
		return way;
	return (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

void
position_raise(struct position *p, const struct position *by)
{
	if (position_is(by) && position_cmp(p, by) < 0)
		position_set(p, by->text.at, by->text.len);
}

void
position_back(struct position *p, int64_t ms)
{
	if (p->is_time)
		p->us -= ms * 1000;
}

/* "…Z" or an offset at its end: an OData time has one, some servers' not. */
static bool
has_zone(const struct buf *t)
{
	char before = t->len > 6 ? t->at[t->len - 6] : '\0';

	return t->len > 0 && (t->at[t->len - 1] == 'Z' || before == '+' ||
				 (before == '-' && t->at[t->len - 3] == ':'));
}

void
position_print_back(const struct position *p, int64_t ms, struct buf *to)
{
	if (!p->is_time || ms == 0) {
		buf_str(to, p->text.at);
		return;
	}
	time_text(p->us - ms * 1000, 'T', to);
	buf_str(to, has_zone(&p->text) ? "Z" : "");
}

uint32_t
position_seconds(const struct position *p)
{
	int64_t s = p->us / 1000000;

	return p->is_time && s > 0 && s <= UINT32_MAX ? (uint32_t)s : 0;
}
