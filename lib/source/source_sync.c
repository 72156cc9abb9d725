#include "source/source_read.h"

#include <string.h>

#define BATCH_MAX 1000000
#define SIGN_MAX 16 /* bytes: one sign of a few code points */

/*
 * What ha-sync makes of a source: phases that people ask for by a flag. Each
 * tool checks them, so that a mistake is found when the schema is made and not
 * in the night.
 */

static bool
has(const struct sync_phase *p, const char *resource)
{
	for (size_t i = 0; i < p->n_resources; i++)
		if (strcmp(p->resources[i], resource) == 0)
			return true;
	return false;
}

static bool
is_flag(const char *t)
{
	return t[0] >= 'a' && t[0] <= 'z' &&
	       t[strspn(t, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* It stands in a line of its own on somebody's terminal. */
static bool
is_line(const char *t)
{
	for (; *t != '\0'; t++)
		if ((unsigned char)*t < ' ' || *t == '\177')
			return false;
	return true;
}

static int
check_texts(const struct desc *d, void *of, struct why *why)
{
	static const char *const taken[] = {"account", "all", "dbname",
	    "dry-run", "force", "full", "help", "json", "locked", "max-delete",
	    "max-time", "quiet", "reconcile", "verbose", "version"};
	const struct sync_phase *p = of;

	if (!is_flag(p->flag))
		return desc_fail(
		    d, why, ".flag: \"%s\" cannot be a flag", p->flag);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(p->flag, taken[i]) == 0)
			return desc_fail(d, why,
			    ".flag: --%s is an option of ha-sync", p->flag);
	if (p->title[0] == '\0' || !is_line(p->title))
		return desc_fail(d, why, ".title must be one line");
	if (p->sign != NULL &&
	    (p->sign[0] == '\0' || strlen(p->sign) > SIGN_MAX ||
		strchr(p->sign, ' ') != NULL || !is_line(p->sign)))
		return desc_fail(d, why, ".sign must be one sign");
	for (size_t i = 0; i < p->n_accounts; i++)
		if (!desc_is_name(p->accounts[i]))
			return desc_fail(
			    d, why, ".accounts[%zu] must be a plain name", i);
	if (p->n_resources == 0)
		return desc_fail(d, why, "needs resources");
	return 0;
}

#define TO(member) DESC_TO(struct sync_phase, member)
#define ALL(list) DESC_ALL(struct sync_phase, list, n_##list)

static const struct desc_member phase_members[] = {
    {"flag", DESC_TEXT, TO(flag), .need = true},
    {"title", DESC_TEXT, TO(title), .need = true},
    {"sign", DESC_TEXT, TO(sign)},
    {"accounts", DESC_TEXTS, ALL(accounts)},
    {"resources", DESC_TEXTS, ALL(resources)},
    {.size = sizeof(struct sync_phase), .check = check_texts},
};

const struct desc_member sync_members[] = {
    {"batch", DESC_INT, DESC_TO(struct sync, batch), .min = 1, .max = BATCH_MAX,
	.usual = 10000},
    {"phases", DESC_LIST, DESC_ALL(struct sync, phases, n_phases),
	.of = phase_members},
    {.size = sizeof(struct sync)},
};

/* A parent that has a phase has it before its children have theirs. */
static int
check_order(const struct source *s, size_t phase, const struct desc *d,
    const struct resource *r, struct why *why)
{
	for (size_t i = 0; i < r->n_parents; i++) {
		bool before = false;

		for (size_t k = 0; k <= phase; k++)
			before |=
			    has(&s->sync.phases[k], r->parents[i].resource);
		if (!before)
			return desc_fail(d, why,
			    ".resources: no phase up to this one has \"%s\", "
			    "the parent of %s",
			    r->parents[i].resource, r->name);
	}
	return 0;
}

static int
check_phase(
    const struct source *s, size_t phase, const struct desc *d, struct why *why)
{
	const struct sync_phase *p = &s->sync.phases[phase];
	const struct resource *r;

	for (size_t i = 0; i < phase; i++)
		if (strcmp(s->sync.phases[i].flag, p->flag) == 0)
			return desc_fail(
			    d, why, ".flag: --%s is there twice", p->flag);
	for (size_t i = 0; i < p->n_resources; i++) {
		if ((r = source_find(s, p->resources[i])) == NULL)
			return desc_fail(
			    d, why, ".resources: no \"%s\"", p->resources[i]);
		if (check_order(s, phase, d, r, why) == -1)
			return -1;
	}
	return 0;
}

/* A plain run goes through the phases: it must come by all defaults. */
static int
check_defaults(const struct source *s, const struct desc *d, struct why *why)
{
	for (size_t i = 0; i < s->n_resources; i++) {
		const struct resource *r = &s->resources[i];
		bool there = !r->by_default;

		for (size_t k = 0; k < s->sync.n_phases; k++)
			there |= has(&s->sync.phases[k], r->name);
		if (!there)
			return desc_fail(d, why,
			    ".phases: %s is a default and in none of them",
			    r->name);
	}
	return 0;
}

int
source_check_sync(
    const struct desc *top, const struct source *s, struct why *why)
{
	struct desc d, list, phase;

	if (!desc_get(top, "sync", &d) || !desc_get(&d, "phases", &list))
		return 0;
	for (size_t i = 0; i < s->sync.n_phases; i++) {
		phase = desc_child(&list, NULL, i, list.val);
		if (check_phase(s, i, &phase, why) == -1)
			return -1;
	}
	return check_defaults(s, &d, why);
}
