#include "api/quota.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct search {
	const char *member;
	double max;
};

static int look(struct search *s, const struct json_val *v);

static int
in_member(void *ctx, const char *key, size_t keylen, const struct json_val *v,
    struct why *why)
{
	struct search *s = ctx;
	struct buf text = BUF_INIT;
	double n;
	char *end;

	if ((v->type == JSON_NUMBER || v->type == JSON_STRING) &&
	    keylen == strlen(s->member) &&
	    memcmp(key, s->member, keylen) == 0 &&
	    json_text(v, &text, why) == 0) {
		buf_str(&text, "");
		errno = 0;
		n = strtod(text.at, &end);
		if (end != text.at && *end == '\0' && errno == 0 && n > s->max)
			s->max = n;
	}
	buf_release(&text);
	return look(s, v);
}

static int
in_element(void *ctx, const struct json_val *v, struct why *why)
{
	(void)why;
	return look(ctx, v);
}

/* No deeper than json_check let through. */
static int
look(struct search *s, const struct json_val *v)
{
	struct why ignored;

	if (v->type == JSON_OBJECT)
		return json_members(v, in_member, s, &ignored);
	if (v->type == JSON_ARRAY)
		return json_elements(v, in_element, s, &ignored);
	return 0;
}

double
quota_max(struct json *j, const char *text, size_t len, const char *member)
{
	struct search s = {member, -1};
	struct json_val all = {JSON_NONE, text, len};
	struct why ignored;

	if (json_check(j, text, len, &all.type, &ignored) == 0)
		(void)look(&s, &all);
	return s.max;
}

int64_t
quota_rest_ms(
    const struct source *s, struct json *j, const struct http_answer *a)
{
	struct buf value = BUF_INIT;
	double percent = -1, n;

	for (size_t i = 0; i < s->usage.n; i++) {
		const struct usage_header *h = &s->usage.headers[i];

		if (!http_header(a, h->name, &value))
			continue;
		memset(buf_room(&value, JSON_PADDING), 0, JSON_PADDING);
		for (size_t m = 0; m < h->n_members; m++) {
			n = quota_max(j, value.at, value.len, h->members[m]);
			if (n > percent)
				percent = n;
		}
	}
	buf_release(&value);
	if (percent < s->usage.slow)
		return 0;
	if (percent >= 100 || s->usage.slow >= 100)
		return s->usage.pause_ms;
	return (int64_t)((double)s->usage.pause_ms *
			 (percent - s->usage.slow + 1) / (101 - s->usage.slow));
}
