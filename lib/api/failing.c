#include "api/failing.h"

#include "base/shared.h"

#define TELL_US 60000000

void
failing_again(struct failing *f, const struct why *why, int64_t at_us)
{
	f->why = *why;
	f->again_us = at_us;
	if (f->changed != NULL)
		f->changed(f->ctx);
}

void
failing_over(struct failing *f)
{
	f->why.status = 0;
}

uint64_t
failing_left_ms(const struct failing *f)
{
	int64_t left_us = f->again_us - shared_now();

	return left_us > 0 ? (uint64_t)left_us / 1000 : 0;
}

bool
failing_tell(struct failing *f, const char *source, struct buf *to)
{
	int64_t now = shared_now();

	if (f->why.status == 0 ||
	    (f->told_us != 0 && now - f->told_us < TELL_US))
		return false;
	f->told_us = now;
	buf_fmt(to, "%s: %s; again in %.1f s", source, f->why.msg,
	    (double)failing_left_ms(f) / 1e3);
	return true;
}
