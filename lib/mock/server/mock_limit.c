#include "mock/server/mock_limit.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct limit_window { /* the last `requests` arrivals of one account or address
		       */
	enum limit_scope scope;
	char *who;
	int64_t *at;
	size_t next; /* in the ring: the oldest */
	struct limit_window *link;
};

struct mock_limit {
	struct limit_rule rules[LIMIT_SCOPES];
	struct limit_window *windows;
};

/* "200/10s", "50/500ms" */
static int
parse_rate(const char *text, struct limit_rule *rule)
{
	int64_t n = 0, window = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9' && n < 1000000; p++)
		n = n * 10 + (*p - '0');
	if (p == text || n == 0 || *p++ != '/')
		return -1;
	for (; *p >= '0' && *p <= '9' && window < 1000000; p++)
		window = window * 10 + (*p - '0');
	if (strcmp(p, "s") == 0)
		window *= 1000;
	else if (strcmp(p, "ms") != 0)
		return -1;
	if (window == 0)
		return -1;
	*rule = (struct limit_rule){(int)n, window};
	return 0;
}

int
limit_parse(
    const char *text, struct limit_rule rules[LIMIT_SCOPES], struct why *why)
{
	struct limit_rule both = {0, 10000};

	if (strcmp(text, "old") == 0) {
		rules[LIMIT_ACCOUNT] = (struct limit_rule){20, 10000};
		rules[LIMIT_ADDRESS] = (struct limit_rule){15, 10000};
		return 0;
	}
	if (strcmp(text, "new") == 0)
		both.requests = 200;
	else if (strcmp(text, "none") != 0 && parse_rate(text, &both) == -1)
		return why_set(
		    why, EX_USAGE, "%s: not new, old, none or N/Ws", text);
	rules[LIMIT_ACCOUNT] = rules[LIMIT_ADDRESS] = both;
	return 0;
}

struct mock_limit *
mock_limit_new(const struct limit_rule rules[])
{
	struct mock_limit *l = calloc(1, sizeof(*l));

	if (l == NULL)
		err(EX_OSERR, NULL);
	memcpy(l->rules, rules, sizeof(l->rules));
	return l;
}

static void
forget(struct mock_limit *l)
{
	struct limit_window *w;

	while ((w = l->windows) != NULL) {
		l->windows = w->link;
		free(w->at);
		free(w->who);
		free(w);
	}
}

void
mock_limit_free(struct mock_limit *l)
{
	if (l == NULL)
		return;
	forget(l);
	free(l);
}

void
mock_limit_set(struct mock_limit *l, const struct limit_rule rules[])
{
	forget(l);
	memcpy(l->rules, rules, sizeof(l->rules));
}

static struct limit_window *
window_of(struct mock_limit *l, enum limit_scope scope, const char *who)
{
	size_t n = (size_t)l->rules[scope].requests;
	struct limit_window *w = l->windows;

	while (w != NULL && (w->scope != scope || strcmp(w->who, who) != 0))
		w = w->link;
	if (w != NULL)
		return w;
	if ((w = calloc(1, sizeof(*w))) == NULL ||
	    (w->who = strdup(who)) == NULL ||
	    (w->at = calloc(n, sizeof(*w->at))) == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < n; i++)
		w->at[i] = INT64_MIN / 2; /* long ago */
	w->scope = scope;
	w->link = l->windows;
	return l->windows = w;
}

bool
mock_limit_check(struct mock_limit *l, enum limit_scope scope, const char *who,
    int64_t now_us, int64_t *free_at_us)
{
	const struct limit_rule *rule = &l->rules[scope];
	const struct limit_window *w;

	if (rule->requests == 0)
		return true;
	w = window_of(l, scope, who);
	*free_at_us = w->at[w->next] + rule->window_ms * 1000;
	return now_us >= *free_at_us;
}

void
mock_limit_count(struct mock_limit *l, enum limit_scope scope, const char *who,
    int64_t now_us)
{
	struct limit_window *w;

	if (l->rules[scope].requests == 0)
		return;
	w = window_of(l, scope, who);
	w->at[w->next] = now_us;
	w->next = (w->next + 1) % (size_t)l->rules[scope].requests;
}

int
mock_limit_left(struct mock_limit *l, enum limit_scope scope, const char *who,
    int64_t now_us)
{
	const struct limit_rule *rule = &l->rules[scope];
	const struct limit_window *w;
	int left = 0;

	if (rule->requests == 0)
		return INT32_MAX;
	w = window_of(l, scope, who);
	for (int i = 0; i < rule->requests; i++)
		left += w->at[i] + rule->window_ms * 1000 <= now_us;
	return left;
}

const struct limit_rule *
mock_limit_rule(const struct mock_limit *l, enum limit_scope scope)
{
	return &l->rules[scope];
}
