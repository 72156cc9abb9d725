#include "source/source_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "source/template.h"

/* Long chains of "or" are refused by some servers, from about 20 on. */
#define KEYS_OR 20
#define KEYS_IN 100 /* unless said otherwise */
#define KEYS_MAX 1000

/* A name of OData: it goes into filters as it stands. */
static bool
is_field(const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"abcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && text[n] == '\0' && (*text < '0' || *text > '9');
}

/* "A,B,C" holds B. */
static bool
selects(const char *list, const char *name)
{
	size_t n = strlen(name), len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (len == n && memcmp(list, name, n) == 0)
			return true;
		if (list[len] == '\0')
			return false;
	}
}

static int
check_keyset(const struct desc *d, const struct paging *p, struct why *why)
{
	static const char *const ours[] = {
	    "time", "key", "filter", "select", "short", "nulls", "keys"};
	struct desc member;
	struct why inner;

	for (size_t i = 0; p->style != PAGE_KEYSET && i < 7; i++)
		if (desc_get(d, ours[i], &member))
			return desc_fail(
			    d, why, "\"%s\" goes with keyset only", ours[i]);
	if (p->style != PAGE_KEYSET)
		return 0;
	if (p->time == NULL)
		return desc_fail(d, why,
		    "\"time\" is missing: the field by which rows are "
		    "ordered");
	if (p->key == NULL)
		return desc_fail(d, why,
		    "\"key\" is missing: the field that tells rows of one "
		    "time apart");
	if (!is_field(p->time) || !is_field(p->key))
		return desc_fail(
		    d, why, "\"time\" and \"key\" are names of fields");
	if (p->filter != NULL && *p->filter == '\0')
		return desc_fail(d, why, "\"filter\" is empty");
	if (p->filter != NULL && template_check(p->filter, &inner) == -1)
		return desc_fail(d, why, "\"filter\": %s", inner.msg);
	if (p->select != NULL &&
	    (!selects(p->select, p->time) || !selects(p->select, p->key)))
		return desc_fail(d, why,
		    "\"select\" lacks \"%s\" or \"%s\": without them there "
		    "is no next page",
		    p->time, p->key);
	return 0;
}

static int
check_link(const struct desc *d, const struct paging *p, struct why *why)
{
	bool links = p->style == PAGE_LINK ||
		     (p->style == PAGE_WALK && p->by == PAGE_LINK);

	if (p->ask_count && !links && p->style != PAGE_KEYSET)
		return desc_fail(
		    d, why, "\"count\" goes with keyset and link only");
	if ((p->cursor != NULL || p->resume) && !links)
		return desc_fail(
		    d, why, "\"cursor\" and \"resume\" go with link only");
	return 0;
}

static int
check_style(const struct desc *d, const struct paging *p, struct why *why)
{
	if (p->style == PAGE_WALK && p->by != PAGE_AFTER &&
	    p->by != PAGE_OFFSET && p->by != PAGE_LINK)
		return desc_fail(
		    d, why, "a walk goes by after, offset or link");
	if ((p->style == PAGE_AFTER ||
		(p->style == PAGE_WALK && p->by == PAGE_AFTER)) &&
	    p->after_param == NULL)
		return desc_fail(d, why,
		    "\"after\" is missing: the name of "
		    "the parameter");
	if (check_link(d, p, why) == -1)
		return -1;
	return check_keyset(d, p, why);
}

/* ["after", ".paging.cursors.after"]: the parameter, and where it comes from */
static int
read_cursor(const struct desc *d, void *of, struct why *why)
{
	struct paging *p = of;
	char *two[2] = {NULL, NULL};
	int rc = desc_two(d, "[parameter, path]", two, why);

	p->cursor_param = two[0];
	if (rc == 0 && *two[0] == '\0')
		rc = desc_fail(d, why, "must be [parameter, path]");
	if (rc == 0)
		rc = desc_expr(d, two[1], &p->cursor, why);
	if (rc == 0 && !expr_is_path(p->cursor))
		rc = desc_fail(
		    d, why, "must name a plain path such as .cursors.after");
	free(two[1]);
	return rc;
}

#define TO(member) DESC_TO(struct paging, member)

static const struct desc_member cursor_members[] = {
    {".", DESC_TEXT, TO(cursor_param), .later = true},
    {".", DESC_EXPR, TO(cursor), .later = true},
    {.size = sizeof(struct paging), .check = read_cursor},
};

/* So many at once: that depends on the way. */
static int
check_keys(const struct desc *d, void *of, struct why *why)
{
	struct page_keys *k = of;
	struct desc group;

	if (k->by_or)
		k->group = KEYS_OR;
	return desc_get(d, "group", &group)
		   ? desc_int(&group, 1, k->by_or ? KEYS_OR : KEYS_MAX,
			 &k->group, why)
		   : 0;
}

static const struct desc_member page_keys_members[] = {
    {"by", DESC_CHOICE, DESC_TO(struct page_keys, by_or), DESC_OF("in", "or")},
    {"size", DESC_INT, DESC_TO(struct page_keys, size), .min = 1,
	.max = 300000},
    {"group", DESC_INT, DESC_TO(struct page_keys, group), .usual = KEYS_IN,
	.later = true},
    {"count", DESC_NOT, DESC_TO(struct page_keys, no_count)},
    {.size = sizeof(struct page_keys), .check = check_keys},
};

/* Parameters that have a name unless the description says otherwise. */
static void
usual_names(struct paging *p)
{
	const char *limit = p->style == PAGE_KEYSET ? "$top" : "limit";

	if (p->limit_param == NULL)
		p->limit_param = mem_str(limit);
	if (p->offset_param == NULL)
		p->offset_param = mem_str("offset");
}

static int
check_page(const struct desc *d, void *of, struct why *why)
{
	struct paging *p = of;

	usual_names(p);
	return check_style(d, p, why);
}

#define NAME(style, name) #name,
static const char *const styles[] = {PAGE_STYLES(NAME) "walk", NULL};

/* Where "page" is absent, one answer holds everything. */
const struct desc_member paging_members[] = {
    {"style", DESC_CHOICE, TO(style), .choices = styles},
    {"by", DESC_CHOICE, TO(by), .choices = styles, .usual = PAGE_AFTER},
    {"size", DESC_INT, TO(size), .min = 1, .max = 100000, .usual = 100},
    {"limit", DESC_TEXT, TO(limit_param)},
    {"offset", DESC_TEXT, TO(offset_param)},
    {"after", DESC_TEXT, TO(after_param)},
    {"overlap", DESC_DURATION, TO(overlap_ms)},
    {"time", DESC_TEXT, TO(time)},
    {"key", DESC_TEXT, TO(key)},
    {"filter", DESC_TEXT, TO(filter)},
    {"select", DESC_TEXT, TO(select)},
    {"short", DESC_BOOL, TO(short_is_end)},
    {"nulls", DESC_NOT, TO(no_nulls)},
    {"count", DESC_BOOL, TO(ask_count)},
    {"resume", DESC_BOOL, TO(resume)},
    {"cursor", DESC_PART, DESC_SAME(struct paging), .of = cursor_members},
    {"keys", DESC_PART, TO(keys), .of = page_keys_members},
    {.size = sizeof(struct paging), .check = check_page},
};
