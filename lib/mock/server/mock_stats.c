#include "mock/server/mock_stats.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define MAX_FAMILIES 64

struct family {
	char name[80];
	uint64_t calls;
};

struct mock_stats {
	int64_t *at; /* of each call */
	size_t n, room;
	struct family families[MAX_FAMILIES];
	size_t n_families;
	uint64_t statuses[600];
	uint64_t faults, mints;
};

struct mock_stats *
mock_stats_new(void)
{
	struct mock_stats *s = calloc(1, sizeof(*s));

	if (s == NULL)
		err(EX_OSERR, NULL);
	return s;
}

void
mock_stats_free(struct mock_stats *s)
{
	if (s == NULL)
		return;
	free(s->at);
	free(s);
}

void
mock_stats_reset(struct mock_stats *s)
{
	free(s->at);
	memset(s, 0, sizeof(*s));
}

/* "/listings/40161/calendar" is of the family "/listings/{id}/calendar". */
static void
family_name(const char *path, char *to, size_t size)
{
	size_t n = 0;

	while (*path != '\0' && n + 6 < size) {
		size_t len = strcspn(path + 1, "/") + 1;

		if (*path == '/' && len > 1 &&
		    strspn(path + 1, "0123456789") == len - 1) {
			memcpy(to + n, "/{id}", 5);
			n += 5;
		} else
			for (size_t i = 0; i < len && n + 6 < size; i++)
				to[n++] = path[i];
		path += len;
	}
	to[n] = '\0';
}

void
mock_stats_call(struct mock_stats *s, const char *path, int64_t now_us)
{
	struct family f = {.calls = 0};
	size_t i = 0;

	if (s->n == s->room) {
		s->room = s->room == 0 ? 1024 : s->room * 2;
		if ((s->at = reallocarray(s->at, s->room, sizeof(*s->at))) ==
		    NULL)
			err(EX_OSERR, NULL);
	}
	s->at[s->n++] = now_us;
	family_name(path, f.name, sizeof(f.name));
	while (i < s->n_families && strcmp(s->families[i].name, f.name) != 0)
		i++;
	if (i == MAX_FAMILIES)
		i--; /* the last one takes all the rest */
	else if (i == s->n_families)
		s->families[s->n_families++] = f;
	s->families[i].calls++;
}

void
mock_stats_status(struct mock_stats *s, int status)
{
	if (status > 0 && status < 600)
		s->statuses[status]++;
}

void
mock_stats_fault(struct mock_stats *s)
{
	s->faults++;
}

void
mock_stats_mint(struct mock_stats *s)
{
	s->mints++;
}

static size_t
busiest(const struct mock_stats *s, int64_t window_us)
{
	size_t most = 0, from = 0;

	for (size_t i = 0; i < s->n; i++) {
		while (s->at[i] - s->at[from] >= window_us)
			from++;
		if (i - from + 1 > most)
			most = i - from + 1;
	}
	return most;
}

/* n calls need at least floor((n - 1) / N) whole windows. */
static void
add_share(
    const struct mock_stats *s, const struct limit_rule *rule, struct buf *to)
{
	int64_t windows = (int64_t)(s->n - 1);
	double took;

	buf_str(to, ",\"share\":");
	if (rule->requests == 0 || s->n <= (size_t)rule->requests) {
		buf_str(to, "null");
		return;
	}
	took = (double)(s->at[s->n - 1] - s->at[0]) / 1000;
	windows /= rule->requests;
	buf_fmt(to, "%.4f",
	    took > 0 ? (double)(windows * rule->window_ms) / took : 1.0);
}

void
mock_stats_json(
    const struct mock_stats *s, const struct limit_rule *rule, struct buf *to)
{
	const char *comma = "";

	buf_fmt(to, "{\"calls\":%zu,\"families\":{", s->n);
	for (size_t i = 0; i < s->n_families; i++, comma = ",") {
		buf_str(to, comma);
		buf_json(to, s->families[i].name, strlen(s->families[i].name));
		buf_fmt(to, ":%llu", (unsigned long long)s->families[i].calls);
	}
	buf_str(to, "},\"statuses\":{");
	comma = "";
	for (int i = 0; i < 600; i++)
		if (s->statuses[i] > 0) {
			buf_fmt(to, "%s\"%d\":%llu", comma, i,
			    (unsigned long long)s->statuses[i]);
			comma = ",";
		}
	buf_fmt(to,
	    "},\"limited\":%llu,\"mints\":%llu,\"faults\":%llu"
	    ",\"took_ms\":%lld",
	    (unsigned long long)s->statuses[429], (unsigned long long)s->mints,
	    (unsigned long long)s->faults,
	    s->n > 0 ? (long long)(s->at[s->n - 1] - s->at[0]) / 1000 : 0LL);
	buf_fmt(to, ",\"limit\":%d,\"window_ms\":%lld,\"busiest\":%zu",
	    rule->requests, (long long)rule->window_ms,
	    busiest(s, rule->window_ms * 1000));
	add_share(s, rule, to);
	buf_str(to, "}");
}
