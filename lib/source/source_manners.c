#include "source/source_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
check_limit(const struct desc *d, void *of, struct why *why)
{
	const struct limit *l = of;

	if (!desc_is_name(l->name))
		return desc_fail(d, why, "name must be a plain name");
	if (l->requests == 0 || l->window_ms <= 0)
		return desc_fail(d, why, "needs requests and window");
	return 0;
}

const struct desc_member limit_members[] = {
    {"name", DESC_TEXT, DESC_TO(struct limit, name), .need = true},
    {"per", DESC_CHOICE, DESC_TO(struct limit, per_address),
	DESC_OF("account", "address")},
    {"requests", DESC_INT, DESC_TO(struct limit, requests), .min = 1,
	.max = 1000000},
    {"window", DESC_DURATION, DESC_TO(struct limit, window_ms)},
    {.size = sizeof(struct limit), .check = check_limit},
};

static const struct desc_member wait_header_members[] = {
    {"name", DESC_TEXT, DESC_TO(struct wait_header, name), .need = true},
    {"form", DESC_CHOICE, DESC_TO(struct wait_header, form),
	DESC_OF("seconds", "epoch", "date", "minutes", "epoch-ms")},
    {"member", DESC_TEXT, DESC_TO(struct wait_header, member)},
    {.size = sizeof(struct wait_header)},
};

const struct desc_member waits_members[] = {
    {"default", DESC_DURATION, DESC_TO(struct source, wait_ms), .usual = 10000},
    {"headers", DESC_LIST, DESC_ALL(struct source, waits, n_waits),
	.of = wait_header_members},
    {.size = sizeof(struct source)},
};

static int
check_usage_header(const struct desc *d, void *of, struct why *why)
{
	struct usage_header *h = of;

	if (h->n_members == 0)
		return desc_fail(d, why, "\"members\" is missing or empty");
	for (char *c = h->name; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	return 0;
}

static const struct desc_member usage_header_members[] = {
    {"name", DESC_TEXT, DESC_TO(struct usage_header, name), .need = true},
    {"members", DESC_TEXTS, DESC_ALL(struct usage_header, members, n_members)},
    {.size = sizeof(struct usage_header), .check = check_usage_header},
};

const struct desc_member usage_members[] = {
    {"slow", DESC_INT, DESC_TO(struct usage, slow), .min = 1, .max = 100,
	.usual = 80},
    {"pause", DESC_DURATION, DESC_TO(struct usage, pause_ms), .usual = 60000},
    {"headers", DESC_LIST, DESC_ALL(struct usage, headers, n), .need = true,
	.of = usage_header_members},
    {.size = sizeof(struct usage)},
};

/* "190" or "200-299" */
static int
read_codes(const struct desc *d, void *of, struct why *why)
{
	struct code_range *r = of;
	char *text, *end;
	int rc = 0;

	if (desc_text(d, &text, why) == -1)
		return -1;
	errno = 0;
	r->from = r->to = strtoll(text, &end, 10);
	if (end != text && *end == '-' && end[1] >= '0')
		r->to = strtoll(end + 1, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || r->from < 0 ||
	    r->to < r->from)
		rc = desc_fail(d->in->in, why,
		    "%s: \"%s\" is no code and no range such as 200-299",
		    d->in->name, text);
	free(text);
	return rc;
}

static const struct desc_member codes_members[] = {
    {.size = sizeof(struct code_range), .check = read_codes},
};

static int
check_rule(const struct desc *d, void *of, struct why *why)
{
	const struct refusal_rule *r = of;

	if (r->n_codes == 0)
		return desc_fail(d, why, "\"codes\" is missing or empty");
	if (r->smaller && r->then != REFUSAL_RETRY)
		return desc_fail(d, why, "\"smaller\" goes with retry");
	if (r->wait_ms != -1 && r->then != REFUSAL_WAIT)
		return desc_fail(d, why, "\"wait\" goes with then wait");
	return 0;
}

static const struct desc_member rule_members[] = {
    {"codes", DESC_LIST, DESC_ALL(struct refusal_rule, codes, n_codes),
	.of = codes_members},
    {"subcodes", DESC_LIST, DESC_ALL(struct refusal_rule, subcodes, n_subcodes),
	.of = codes_members},
    {"then", DESC_CHOICE, DESC_TO(struct refusal_rule, then), .need = true,
	DESC_OF("retry", "wait", "auth", "denied", "gone", "fail")},
    {"smaller", DESC_BOOL, DESC_TO(struct refusal_rule, smaller)},
    {"wait", DESC_DURATION, DESC_TO(struct refusal_rule, wait_ms), .usual = -1},
    {.size = sizeof(struct refusal_rule), .check = check_rule},
};

#define CODE_PATH(member)                                                      \
	DESC_PATH, DESC_TO(struct refusals, member), .like = ".error.code"

const struct desc_member refusals_members[] = {
    {"code", CODE_PATH(code), .need = true},
    {"subcode", CODE_PATH(subcode)},
    {"transient", CODE_PATH(transient)},
    {"rules", DESC_LIST, DESC_ALL(struct refusals, rules, n_rules),
	.need = true, .of = rule_members},
    {.size = sizeof(struct refusals)},
};
