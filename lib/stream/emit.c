#include "stream/emit.h"

#include <string.h>

#include "base/out.h"

void
emit_init(struct emit *e, bool plain)
{
	memset(e, 0, sizeof(*e));
	e->plain = plain;
}

void
emit_release(struct emit *e)
{
	buf_release(&e->line);
}

void
emit_mark(struct emit *e, const struct mark *m)
{
	if (e->plain)
		return;
	buf_clear(&e->line);
	mark_write(m, &e->line);
	out_line(e->line.at, e->line.len);
}

void
emit_begin(struct emit *e, const struct mark *begin)
{
	e->records = e->skipped = 0;
	e->group_records = e->group_skipped = 0;
	emit_mark(e, begin);
}

void
emit_record(struct emit *e, const char *text, size_t len)
{
	e->records++;
	e->group_records++;
	out_line(text, len);
}

void
emit_drop(struct emit *e, uint64_t n)
{
	e->skipped += n;
	e->group_skipped += n;
}

void
emit_open(struct emit *e, const struct mark *open)
{
	e->group_records = e->group_skipped = 0;
	emit_mark(e, open);
}

void
emit_close(struct emit *e, const struct mark *m)
{
	struct mark now;

	if (m != NULL)
		now = *m; /* borrows its texts */
	else
		mark_init(&now);
	now.kind = MARK_CLOSE;
	now.records = e->group_records;
	now.skipped += e->group_skipped;
	emit_mark(e, &now);
}

void
emit_line(struct emit *e, const char *text, size_t len)
{
	if (!e->plain)
		out_line(text, len);
}

void
emit_bad(struct emit *e, const char *text, size_t len, const char *reason,
    const char *key)
{
	struct mark bad;

	mark_init(&bad);
	mark_bad(&bad, text, len, reason, key);
	emit_mark(e, &bad);
	mark_release(&bad);
}

void
emit_alone(struct mark *m, enum mark_kind kind)
{
	struct buf line = BUF_INIT;

	m->kind = kind;
	mark_write(m, &line);
	out_line(line.at, line.len);
	buf_release(&line);
}

void
emit_end(struct emit *e, const struct mark *m)
{
	struct mark now = *m; /* borrows its texts */

	now.kind = MARK_END;
	now.records = e->records;
	now.skipped += e->skipped;
	emit_mark(e, &now);
}
