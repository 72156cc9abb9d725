#include "stream/position.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/timeval.h"

void
position_release(struct position *p)
{
	buf_release(&p->text);
}

void
position_clear(struct position *p)
{
	buf_clear(&p->text);
	p->kind = POSITION_NONE;
}

/* Digits as JSON and people write them: no "inf", no "0x10". */
static bool
number(struct position *p)
{
	char *end;

	if (strspn(p->text.at, "0123456789+-.eE") != p->text.len)
		return false;
	p->number = strtold(p->text.at, &end);
	return end != p->text.at && *end == '\0' && isfinite(p->number);
}

bool
position_set(struct position *p, const char *text, size_t len)
{
	position_clear(p);
	if (len == 0)
		return false;
	buf_add(&p->text, text, len);
	if (time_parse(text, len, &p->us) == 0)
		p->kind = POSITION_TIME;
	else if (number(p))
		p->kind = POSITION_NUMBER;
	else
		buf_clear(&p->text);
	return p->kind != POSITION_NONE;
}

bool
position_is(const struct position *p)
{
	return p->kind != POSITION_NONE;
}

int
position_cmp(const struct position *a, const struct position *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == POSITION_TIME)
		return (a->us > b->us) - (a->us < b->us);
	if (a->kind == POSITION_NUMBER)
		return (a->number > b->number) - (a->number < b->number);
	return 0;
}

bool
position_late(const struct position *p, int64_t horizon_us)
{
	return p->kind == POSITION_TIME && p->us > horizon_us;
}

int64_t
position_horizon(int64_t clock_ms)
{
	return (clock_ms > 0 ? clock_ms * 1000 : clock_wall_us()) +
	       POSITION_SKEW_US;
}

void
position_raise(struct position *p, const struct position *by)
{
	if (position_cmp(p, by) < 0)
		position_set(p, by->text.at, by->text.len);
}

void
position_back(struct position *p, int64_t ms)
{
	if (p->kind == POSITION_TIME)
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
	if (p->kind != POSITION_TIME || ms == 0) {
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

	return p->kind == POSITION_TIME && s > 0 && s <= UINT32_MAX
		   ? (uint32_t)s
		   : 0;
}
