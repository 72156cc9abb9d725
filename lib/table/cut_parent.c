#include "table/cut.h"

#include <string.h>

#include "json/json.h"

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
