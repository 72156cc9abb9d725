#include "upsert/upsert_int.h"

#include <string.h>

#include "stream/position.h"
#include "base/timeval.h"

/* A column that is the version, or cut by the expression of the position. */
static bool
steers(const struct resource *r, const struct column *c)
{
	if (c->type != COL_TIMESTAMPTZ || c->of_parent)
		return false;
	for (size_t i = 0; i < r->n_version; i++)
		if (strcmp(r->version[i], c->name) == 0)
			return true;
	return r->position != NULL &&
	       strcmp(expr_source(r->position), expr_source(c->from)) == 0;
}

void
late_begin(struct upsert *u)
{
	const struct resource *r = u->r;

	u->late = u->blind = (struct odd){0};
	u->far_ms = 0;
	buf_clear(&u->steers);
	for (size_t i = 0; i < r->n_columns; i++)
		buf_chr(&u->steers, steers(r, &r->columns[i]) ? 1 : 0);
	while (u->steers.len > 0 && u->steers.at[u->steers.len - 1] == 0)
		u->steers.len--;
}

/* Of a field as COPY has it; both in the order of the network. */
static uint64_t
number(const char *at, size_t bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | (unsigned char)*at++;
	return n;
}

bool
late_is(const struct upsert *u)
{
	const char *at = u->fields.at;
	int64_t latest = INT64_MIN, us;
	uint32_t len;

	if (u->steers.len > 0 && u->r->n_identity > 0)
		at += 4 + number(at, 4); /* ident comes first */
	for (size_t i = 0; i < u->steers.len; i++, at += len) {
		len = (uint32_t)number(at, 4);
		at += 4;
		if (len == UINT32_MAX) /* NULL */
			len = 0;
		if (!u->steers.at[i] || len != 8)
			continue;
		us = (int64_t)number(at, 8) + US_TO_2000;
		latest = us > latest ? us : latest;
	}
	return latest > position_horizon(u->far_ms);
}
