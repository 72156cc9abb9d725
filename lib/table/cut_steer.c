/* What of a record steers it, and must be stored as it came or not at all. */
#include "table/cut.h"

#include <string.h>

#include "json/json.h"

/* A path gives the value as it came; what jq makes of it shows only mended. */
static bool
is_touched(struct expr *e, const char *rec, const char *mended, size_t len)
{
	bool path = expr_is_path(e), is;
	struct buf value = BUF_INIT;
	struct why ignored;
	int got = expr_json(e, path ? rec : mended, len, &value, &ignored);

	if (got != 1)
		is = got == -1;
	else if (path)
		is = json_pg_ok(value.at, value.len, &ignored) == -1;
	else
		is = strstr(value.at, "\xef\xbf\xbd") != NULL ||
		     strstr(value.at, "\\ufffd") != NULL;
	buf_release(&value);
	return is;
}

static bool
among(char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Is it of the key, does it name a parent, or tell how old the record is? */
static bool
steers(const struct resource *r, const struct column *c)
{
	if (c->of_parent)
		return false;
	for (size_t i = 0; i < r->n_parents; i++)
		if (strcmp(r->parents[i].column, c->name) == 0)
			return true;
	return among(r->key, r->n_key, c->name) ||
	       among(r->version, r->n_version, c->name);
}

bool
cut_steered(
    const struct resource *r, const char *rec, const char *mended, size_t len)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (steers(r, &r->columns[i]) &&
		    is_touched(r->columns[i].from, rec, mended, len))
			return true;
	for (size_t i = 0; i < r->n_identity; i++)
		for (size_t k = 0; k < r->identity[i].n; k++)
			if (!r->identity[i].part[k].of_parent &&
			    is_touched(
				r->identity[i].part[k].from, rec, mended, len))
				return true;
	return r->position != NULL && is_touched(r->position, rec, mended, len);
}

int
cut_parent_mend(const char *key, struct buf *object, struct why *why)
{
	struct json_val came = {JSON_OBJECT, object->at, object->len}, is, was;
	struct buf to = BUF_INIT;
	struct why still;
	int rc = 0;

	if (json_pg_ok(object->at, object->len, why) == 0)
		return 0;
	json_repair(object->at, object->len, &to, NULL, NULL);
	was = json_get(&came, key);
	came.text = to.at;
	is = json_get(&came, key);
	if (was.len != is.len || memcmp(was.text, is.text, is.len) != 0 ||
	    json_pg_ok(to.at, to.len, &still) == -1)
		rc = why_in(why, "parent");
	else
		json_put(object, to.at, to.len);
	buf_release(&to);
	return rc;
}
