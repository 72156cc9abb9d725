#include "mock/hostaway/hostaway_page.h"

#include <string.h>

#include "base/timeval.h"
#include "mock/server/mock_answer.h"
#include "mock/server/mock_gen.h"

/* Digits with an optional sign and up to one decimal; false: none. */
static bool
number(const char *text, int64_t scale, int64_t *to)
{
	const char *p = text;
	int64_t n = 0;

	p += *p == '-';
	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9' && n < INT64_MAX / 1000; p++)
		n = n * 10 + (*p - '0');
	n *= scale;
	if (scale == 10 && *p == '.' && p[1] >= '0' && p[1] <= '9')
		n += p[1] - '0';
	*to = *text == '-' ? -n : n;
	return true;
}

static bool
param_value(const char *text, enum param_form form, int64_t *to)
{
	int64_t us;

	if (form == PARAM_WORD) {
		*to = word_value(text);
		return *text != '\0';
	}
	if (form == PARAM_NUMBER || form == PARAM_TENTHS)
		return number(text, form == PARAM_TENTHS ? 10 : 1, to);
	if (time_parse(text, strlen(text), &us) == -1)
		return false;
	*to = us / 1000000 / DAY_S;
	if (form == PARAM_SINCE)
		*to *= DAY_S;
	else if (form == PARAM_UNTIL)
		*to = (*to + 1) * DAY_S - 1;
	return true;
}

/* "ids[]" is meant by "ids[]=1" and by "ids[0]=1". */
static bool
same_name(const char *given, const char *name)
{
	size_t n = strcspn(name, "[");

	if (name[n] == '\0')
		return strcmp(given, name) == 0;
	return strncmp(given, name, n) == 0 && given[n] == '[' &&
	       given[n + 1 + strspn(given + n + 1, "0123456789")] == ']';
}

static void
add_param(
    struct hostaway_list *l, const struct request *r, const struct param *p)
{
	struct mock_filter f = {.op = p->op, .value = p->value};
	bool found = false;

	f.set = l->set + l->n_set;
	for (size_t i = 0; i < r->n_args; i++) {
		if (!same_name(r->args[i].name, p->name) ||
		    !param_value(r->args[i].value, p->form, &f.a))
			continue;
		found = true;
		if (p->op == FILTER_IN && l->n_set < MAX_SET) {
			l->set[l->n_set++] = f.a;
			f.n++;
		}
	}
	if (found)
		list_filter(l, &f);
}

void
list_filter(struct hostaway_list *l, const struct mock_filter *f)
{
	if (l->query.n_filters == MAX_FILTERS)
		return;
	l->filters[l->query.n_filters++] = *f;
	l->query.filters = l->filters;
}

void
list_begin(struct hostaway_list *l, const struct mock_options *o,
    const struct request *r, const struct param *params, size_t n)
{
	const char *after = request_arg(r, "afterId");
	uint64_t max = o->max_page > 0 ? (uint64_t)o->max_page : 500;
	const char *arg;
	int64_t value;

	memset(&l->query, 0, sizeof(l->query));
	l->query.order = (struct mock_order){-1, -1, false, false, false};
	l->n_set = 0;
	l->query.limit = 100;
	l->query.gone_is_end = o->gone_is_end;
	if ((arg = request_arg(r, "limit")) != NULL && number(arg, 1, &value) &&
	    value > 0)
		l->query.limit = (uint64_t)value;
	if (l->query.limit > max)
		l->query.limit = max;
	if ((arg = request_arg(r, "offset")) != NULL &&
	    number(arg, 1, &value) && value > 0)
		l->query.offset = (uint64_t)value;
	if (o->honour_page && (arg = request_arg(r, "page")) != NULL &&
	    number(arg, 1, &value) && value > 0)
		l->query.offset = (uint64_t)value * l->query.limit;
	if (after != NULL && number(after, 1, &l->query.after_id))
		l->query.after = true;
	l->more = l->query.after || l->query.offset > 0;
	for (size_t i = 0; i < n; i++)
		add_param(l, r, &params[i]);
}

static void
put_envelope(const struct mock_query *q, enum envelope form, uint64_t first,
    uint64_t count, struct buf *to)
{
	unsigned long long offset = q->after ? first : q->offset;
	unsigned long long limit = q->limit, n = count;

	buf_chr(to, ']');
	if (form == ENVELOPE_LIMIT)
		buf_fmt(to, ",\"count\":%llu,\"limit\":%llu,\"offset\":%llu", n,
		    limit, q->after ? 0 : offset);
	else if (form == ENVELOPE_PAGES)
		buf_fmt(to,
		    ",\"limit\":%llu,\"offset\":%llu,\"count\":%llu,"
		    "\"page\":%llu,\"totalPages\":%llu",
		    limit, offset, n, offset / limit + 1,
		    (n + limit - 1) / limit);
	else if (form == ENVELOPE_COUNT && offset == 0)
		buf_fmt(to, ",\"count\":%llu,\"offset\":null", n);
	else if (form == ENVELOPE_COUNT)
		buf_fmt(to, ",\"count\":%llu,\"offset\":%llu", n, offset);
	buf_chr(to, '}');
}

void
list_answer(struct hostaway_list *l, struct mock_table *t, enum envelope form,
    struct mock_answer *a, uint64_t *rows)
{
	uint64_t first, shown, count;

	if (form == ENVELOPE_NOTHING)
		l->query.limit = UINT64_MAX;
	buf_str(&a->body, "{\"status\":\"success\",\"result\":[");
	count = table_page(t, &l->query, &a->body, &first, &shown);
	put_envelope(&l->query, form, first, count, &a->body);
	if (rows != NULL)
		*rows = shown;
}

void
list_one(
    struct mock_table *t, struct mock_row *row, int kind, struct mock_answer *a)
{
	if (row == NULL) {
		mock_fail(a, 404, "Resource not found");
		return;
	}
	buf_str(&a->body, "{\"status\":\"success\",\"result\":");
	table_text(t, row, kind, &a->body);
	buf_chr(&a->body, '}');
}
