#include "page/page_window.h"

#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include "base/timeval.h"

/* 2019 and 2019-01 are their first days. */
static int
parse(const char *text, int64_t *us)
{
	size_t len = strlen(text);
	char day[11];

	if (len != 4 && len != 7)
		return time_parse(text, len, us);
	memcpy(day, text, len);
	memcpy(day + len, &"-01-01"[len == 7 ? 3 : 0], 11 - len);
	return time_parse(day, strlen(day), us);
}

static int
border(const char *option, const char *given, char *to, size_t size,
    int64_t *us, struct why *why)
{
	struct buf text = BUF_INIT;

	if (parse(given, us) == -1)
		return why_set(why, EX_USAGE,
		    "%s: not a time such as 2019, 2019-01, 2019-01-31 or "
		    "2019-01-31T12:00:00Z: %s",
		    option, given);
	time_rfc3339(*us, &text);
	(void)strlcpy(to, text.at, size);
	buf_release(&text);
	return 0;
}

int
page_window_set(struct page_window *w, const char *since, const char *until,
    bool nulls, struct why *why)
{
	int64_t from = INT64_MIN;

	memset(w, 0, sizeof(*w));
	w->until_us = INT64_MAX;
	w->nulls = nulls;
	w->is = nulls || since != NULL || until != NULL;
	if (nulls && (since != NULL || until != NULL))
		return why_set(why, EX_USAGE,
		    "--nulls: rows without a time are in no window of time");
	/* a first condition leaves rows without a time out, whatever it says */
	if (w->is && !nulls &&
	    border("--since", since != NULL ? since : "0001-01-01", w->since,
		sizeof(w->since), &from, why) == -1)
		return -1;
	if (until != NULL && border("--until", until, w->until,
				 sizeof(w->until), &w->until_us, why) == -1)
		return -1;
	if (w->is && w->until_us <= from)
		return why_set(why, EX_USAGE,
		    "--until %s is not behind --since %s", until,
		    since != NULL ? since : "0001");
	return 0;
}

void
page_window_name(const struct page_window *w, struct buf *to)
{
	if (w->nulls)
		buf_str(to, "null");
	else if (w->is)
		buf_fmt(to, "%s/%s", w->since, w->until);
}

void
page_window_json(const struct page_window *w, struct buf *to)
{
	if (w->nulls) {
		buf_str(to, "{\"nulls\":true}");
		return;
	}
	buf_fmt(to, "{\"since\":\"%s\"", w->since);
	if (w->until[0] != '\0')
		buf_fmt(to, ",\"until\":\"%s\"", w->until);
	buf_chr(to, '}');
}
