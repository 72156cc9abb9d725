#include "api/refusal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A code may be a number or a text of digits. */
static bool
number_at(struct expr *path, const struct http_answer *a, int64_t *to)
{
	struct buf text = BUF_INIT;
	struct why ignored;
	bool is = false;
	char *end;

	if (path != NULL &&
	    expr_text(path, a->body.at, a->body.len, &text, &ignored) == 1) {
		buf_str(&text, "");
		errno = 0;
		*to = strtoll(text.at, &end, 10);
		is = end != text.at && *end == '\0' && errno == 0;
	}
	buf_release(&text);
	return is;
}

static bool
among(const struct code_range *at, size_t n, int64_t code)
{
	for (size_t i = 0; i < n; i++)
		if (code >= at[i].from && code <= at[i].to)
			return true;
	return false;
}

/* The first rule that fits counts. */
static const struct refusal_rule *
rule_of(const struct refusals *r, const struct refusal_said *said)
{
	for (size_t i = 0; i < r->n_rules; i++) {
		const struct refusal_rule *rule = &r->rules[i];

		if (among(rule->codes, rule->n_codes, said->code) &&
		    (rule->n_subcodes == 0 ||
			among(rule->subcodes, rule->n_subcodes, said->subcode)))
			return rule;
	}
	return NULL;
}

bool
refusal_is_later(const struct http_answer *a, const struct expr *e)
{
	return a->rows && a->body.len > REFUSAL_MAX && expr_is_path(e);
}

bool
refusal_read(const struct source *s, const struct http_answer *a,
    struct json *j, struct refusal_said *said)
{
	const struct refusals *r = &s->refusals;
	const struct refusal_rule *rule;
	struct why ignored;

	*said = (struct refusal_said){-1, -1, REFUSAL_FAIL, false, -1};
	if (r->code == NULL || a->body.len == 0 ||
	    refusal_is_later(a, r->code) ||
	    json_check(j, a->body.at, a->body.len, NULL, &ignored) == -1 ||
	    !number_at(r->code, a, &said->code))
		return false;
	if (!number_at(r->subcode, a, &said->subcode))
		said->subcode = -1;
	if ((rule = rule_of(r, said)) != NULL) {
		said->then = rule->then;
		said->smaller = rule->smaller;
		said->wait_ms = rule->wait_ms;
	} else if (r->transient != NULL && expr_true(r->transient, a->body.at,
					       a->body.len, &ignored) == 1) {
		said->then = REFUSAL_RETRY;
	}
	return true;
}
