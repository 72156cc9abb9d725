#include "source/source_read.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static int
read_limit(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const char *const known[] = {
	    "name", "per", "requests", "window", NULL};
	static const char *const pers[] = {"account", "address", NULL};
	struct source *s = ctx;
	struct limit *l;
	int per = 0;

	(void)name;
	s->limits = reallocarray(s->limits, s->n_limits + 1, sizeof(*l));
	if (s->limits == NULL)
		err(EX_OSERR, NULL);
	l = &s->limits[s->n_limits++];
	memset(l, 0, sizeof(*l));
	if (desc_object(d, known, why) == -1 ||
	    desc_text(d, "name", true, &l->name, why) == -1 ||
	    desc_choice(d, "per", pers, &per, why) == -1 ||
	    desc_int(d, "requests", 1, 1000000, &l->requests, why) == -1 ||
	    desc_duration(d, "window", &l->window_ms, why) == -1)
		return -1;
	l->per_address = per == 1;
	if (!desc_is_name(l->name))
		return desc_fail(d, why, "name must be a plain name");
	if (l->requests == 0 || l->window_ms <= 0)
		return desc_fail(d, why, "needs requests and window");
	return 0;
}

static int
read_wait(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const char *const known[] = {"name", "form", "member", NULL};
	static const char *const forms[] = {
	    "seconds", "epoch", "date", "minutes", "epoch-ms", NULL};
	struct source *s = ctx;
	struct wait_header *w;
	int form = WAIT_SECONDS;

	(void)name;
	s->waits = reallocarray(s->waits, s->n_waits + 1, sizeof(*w));
	if (s->waits == NULL)
		err(EX_OSERR, NULL);
	w = &s->waits[s->n_waits++];
	memset(w, 0, sizeof(*w));
	if (desc_object(d, known, why) == -1 ||
	    desc_text(d, "name", true, &w->name, why) == -1 ||
	    desc_choice(d, "form", forms, &form, why) == -1 ||
	    desc_text(d, "member", false, &w->member, why) == -1)
		return -1;
	w->form = (enum wait_form)form;
	return 0;
}

static int
read_waits(const struct desc *top, struct source *s, struct why *why)
{
	static const char *const known[] = {"headers", "default", NULL};
	struct desc d, m;

	s->wait_ms = 10000;
	if (!desc_get(top, "waits", &d))
		return 0;
	if (desc_object(&d, known, why) == -1 ||
	    desc_duration(&d, "default", &s->wait_ms, why) == -1)
		return -1;
	if (!desc_get(&d, "headers", &m))
		return 0;
	return desc_elements(&m, read_wait, s, why);
}

static int
read_usage_header(
    void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const char *const known[] = {"name", "members", NULL};
	struct usage *u = ctx;
	struct usage_header *h;

	(void)name;
	u->headers = reallocarray(u->headers, u->n + 1, sizeof(*h));
	if (u->headers == NULL)
		err(EX_OSERR, NULL);
	h = &u->headers[u->n++];
	memset(h, 0, sizeof(*h));
	if (desc_object(d, known, why) == -1 ||
	    desc_text(d, "name", true, &h->name, why) == -1 ||
	    desc_texts(d, "members", &h->members, &h->n_members, why) == -1)
		return -1;
	if (h->n_members == 0)
		return desc_fail(d, why, "\"members\" is missing or empty");
	for (char *c = h->name; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	return 0;
}

static int
read_usage(const struct desc *top, struct usage *u, struct why *why)
{
	static const char *const known[] = {"headers", "slow", "pause", NULL};
	struct desc d, m;

	u->slow = 80;
	u->pause_ms = 60000;
	if (!desc_get(top, "usage", &d))
		return 0;
	if (desc_object(&d, known, why) == -1 ||
	    desc_int(&d, "slow", 1, 100, &u->slow, why) == -1 ||
	    desc_duration(&d, "pause", &u->pause_ms, why) == -1 ||
	    desc_need(&d, "headers", &m, why) == -1)
		return -1;
	return desc_elements(&m, read_usage_header, u, why);
}

/* "190" or "200-299" */
static int
read_codes(const struct desc *d, const char *name, struct code_range **to,
    size_t *n, struct why *why)
{
	char **texts = NULL, *end;
	size_t n_texts = 0;
	int rc = desc_texts(d, name, &texts, &n_texts, why);

	if (rc == 0 && n_texts > 0 &&
	    (*to = calloc(n_texts, sizeof(**to))) == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; rc == 0 && i < n_texts; i++) {
		struct code_range *r = &(*to)[i];

		errno = 0;
		r->from = r->to = strtoll(texts[i], &end, 10);
		if (end != texts[i] && *end == '-' && end[1] >= '0')
			r->to = strtoll(end + 1, &end, 10);
		if (end == texts[i] || *end != '\0' || errno != 0 ||
		    r->from < 0 || r->to < r->from)
			rc = desc_fail(d, why,
			    "%s: \"%s\" is no code and no range such as "
			    "200-299",
			    name, texts[i]);
	}
	*n = n_texts;
	for (size_t i = 0; i < n_texts; i++)
		free(texts[i]);
	free(texts);
	return rc;
}

static int
read_rule(void *ctx, const char *name, const struct desc *d, struct why *why)
{
	static const char *const known[] = {
	    "codes", "subcodes", "then", "smaller", "wait", NULL};
	static const char *const thens[] = {
	    "retry", "wait", "auth", "denied", "gone", "fail", NULL};
	struct refusals *all = ctx;
	struct refusal_rule *r;
	struct desc m;
	int then = 0;

	(void)name;
	all->rules = reallocarray(all->rules, all->n_rules + 1, sizeof(*r));
	if (all->rules == NULL)
		err(EX_OSERR, NULL);
	r = &all->rules[all->n_rules++];
	memset(r, 0, sizeof(*r));
	r->wait_ms = -1;
	if (desc_object(d, known, why) == -1 ||
	    read_codes(d, "codes", &r->codes, &r->n_codes, why) == -1 ||
	    read_codes(d, "subcodes", &r->subcodes, &r->n_subcodes, why) ==
		-1 ||
	    desc_need(d, "then", &m, why) == -1 ||
	    desc_choice(d, "then", thens, &then, why) == -1 ||
	    desc_bool(d, "smaller", &r->smaller, why) == -1 ||
	    desc_duration(d, "wait", &r->wait_ms, why) == -1)
		return -1;
	r->then = (enum refusal)then;
	if (r->n_codes == 0)
		return desc_fail(d, why, "\"codes\" is missing or empty");
	if (r->smaller && r->then != REFUSAL_RETRY)
		return desc_fail(d, why, "\"smaller\" goes with retry");
	if (r->wait_ms != -1 && r->then != REFUSAL_WAIT)
		return desc_fail(d, why, "\"wait\" goes with then wait");
	return 0;
}

static int
read_errors(const struct desc *top, struct refusals *r, struct why *why)
{
	static const char *const known[] = {
	    "code", "subcode", "transient", "rules", NULL};
	struct expr *paths[3];
	struct desc d, m;

	if (!desc_get(top, "errors", &d))
		return 0;
	if (desc_object(&d, known, why) == -1 ||
	    desc_expr(&d, "code", true, &r->code, why) == -1 ||
	    desc_expr(&d, "subcode", false, &r->subcode, why) == -1 ||
	    desc_expr(&d, "transient", false, &r->transient, why) == -1 ||
	    desc_need(&d, "rules", &m, why) == -1 ||
	    desc_elements(&m, read_rule, r, why) == -1)
		return -1;
	paths[0] = r->code;
	paths[1] = r->subcode;
	paths[2] = r->transient;
	for (size_t i = 0; i < 3; i++)
		if (paths[i] != NULL && !expr_is_path(paths[i]))
			return desc_fail(&d, why,
			    "\"%s\" must be a plain path such as .error.code",
			    expr_source(paths[i]));
	return 0;
}

int
source_read_manners(const struct desc *top, struct source *s, struct why *why)
{
	struct desc d;

	if (desc_get(top, "limits", &d) &&
	    desc_elements(&d, read_limit, s, why) == -1)
		return -1;
	if (read_waits(top, s, why) == -1 ||
	    read_usage(top, &s->usage, why) == -1)
		return -1;
	return read_errors(top, &s->refusals, why);
}

void
source_release_manners(struct source *s)
{
	for (size_t i = 0; i < s->n_limits; i++)
		free(s->limits[i].name);
	for (size_t i = 0; i < s->n_waits; i++) {
		free(s->waits[i].name);
		free(s->waits[i].member);
	}
	for (size_t i = 0; i < s->usage.n; i++) {
		struct usage_header *h = &s->usage.headers[i];

		free(h->name);
		for (size_t m = 0; m < h->n_members; m++)
			free(h->members[m]);
		free(h->members);
	}
	for (size_t i = 0; i < s->refusals.n_rules; i++) {
		free(s->refusals.rules[i].codes);
		free(s->refusals.rules[i].subcodes);
	}
	free(s->limits);
	free(s->waits);
	free(s->usage.headers);
	free(s->refusals.rules);
	expr_free(s->refusals.code);
	expr_free(s->refusals.subcode);
	expr_free(s->refusals.transient);
}
