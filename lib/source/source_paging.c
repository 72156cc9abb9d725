#include "source/source_read.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "source/template.h"

/* Long chains of "or" are refused by some servers, from about 20 on. */
#define KEYS_OR 20
#define KEYS_IN 100

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

/* Parameters that have a name unless the description says otherwise. */
static void
usual_names(struct paging *p)
{
	const char *limit = p->style == PAGE_KEYSET ? "$top" : "limit";

	if (p->limit_param == NULL && (p->limit_param = strdup(limit)) == NULL)
		err(EX_OSERR, NULL);
	if (p->offset_param == NULL &&
	    (p->offset_param = strdup("offset")) == NULL)
		err(EX_OSERR, NULL);
}

/* ["after", ".paging.cursors.after"]: the parameter, and where it comes from */
static int
read_cursor(const struct desc *page, struct paging *p, struct why *why)
{
	char **texts = NULL;
	struct desc d;
	size_t n = 0;
	int rc;

	if (!desc_get(page, "cursor", &d))
		return 0;
	rc = desc_texts(page, "cursor", &texts, &n, why);
	if (rc == 0 && (n != 2 || *texts[0] == '\0'))
		rc = desc_fail(&d, why, "must be [parameter, path]");
	if (rc == 0) {
		p->cursor_param = texts[0];
		texts[0] = NULL;
		rc = desc_this_expr(&d, texts[1], &p->cursor, why);
	}
	if (rc == 0 && !expr_is_path(p->cursor))
		rc = desc_fail(
		    &d, why, "must name a plain path such as .cursors.after");
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
	return rc;
}

/* How rows are asked for by their keys, and the keys alone. */
static int
read_keys(const struct desc *of, struct page_keys *k, struct why *why)
{
	static const char *const known[] = {
	    "size", "group", "by", "count", NULL};
	static const char *const ways[] = {"in", "or", NULL};
	int by_or = 0;
	bool count = true;
	struct desc d;

	k->group = KEYS_IN;
	if (!desc_get(of, "keys", &d))
		return 0;
	if (desc_object(&d, known, why) == -1 ||
	    desc_choice(&d, "by", ways, &by_or, why) == -1)
		return -1;
	k->by_or = by_or == 1;
	if (k->by_or)
		k->group = KEYS_OR;
	if (desc_int(&d, "size", 1, 300000, &k->size, why) == -1 ||
	    desc_int(&d, "group", 1, k->by_or ? KEYS_OR : 1000, &k->group,
		why) == -1 ||
	    desc_bool(&d, "count", &count, why) == -1)
		return -1;
	k->no_count = !count;
	return 0;
}

int
source_read_paging(const struct desc *of, struct paging *p, struct why *why)
{
	static const char *const known[] = {"style", "by", "size", "limit",
	    "offset", "after", "overlap", "time", "key", "filter", "select",
	    "short", "nulls", "count", "cursor", "resume", "keys", NULL};
#define NAME(style, name) #name,
	static const char *const styles[] = {PAGE_STYLES(NAME) "walk", NULL};
#undef NAME
	int style = PAGE_NONE, by = PAGE_AFTER;
	bool nulls = true;
	struct desc d;

	p->size = 100;
	if (!desc_get(of, "page", &d))
		return 0;
	if (desc_object(&d, known, why) == -1 ||
	    desc_choice(&d, "style", styles, &style, why) == -1 ||
	    desc_choice(&d, "by", styles, &by, why) == -1 ||
	    desc_int(&d, "size", 1, 100000, &p->size, why) == -1 ||
	    desc_text(&d, "limit", false, &p->limit_param, why) == -1 ||
	    desc_text(&d, "offset", false, &p->offset_param, why) == -1 ||
	    desc_text(&d, "after", false, &p->after_param, why) == -1 ||
	    desc_duration(&d, "overlap", &p->overlap_ms, why) == -1 ||
	    desc_text(&d, "time", false, &p->time, why) == -1 ||
	    desc_text(&d, "key", false, &p->key, why) == -1 ||
	    desc_text(&d, "filter", false, &p->filter, why) == -1 ||
	    desc_text(&d, "select", false, &p->select, why) == -1 ||
	    desc_bool(&d, "short", &p->short_is_end, why) == -1 ||
	    desc_bool(&d, "nulls", &nulls, why) == -1 ||
	    desc_bool(&d, "count", &p->ask_count, why) == -1 ||
	    desc_bool(&d, "resume", &p->resume, why) == -1 ||
	    read_cursor(&d, p, why) == -1 || read_keys(&d, &p->keys, why) == -1)
		return -1;
	p->style = (enum page_style)style;
	p->by = (enum page_style)by;
	p->no_nulls = !nulls;
	usual_names(p);
	return check_style(&d, p, why);
}

void
source_release_paging(struct paging *p)
{
	free(p->limit_param);
	free(p->offset_param);
	free(p->after_param);
	free(p->time);
	free(p->key);
	free(p->filter);
	free(p->select);
	free(p->cursor_param);
	expr_free(p->cursor);
}
