#include "account/jwt.h"

#include <string.h>

#include <sodium.h>

#include "base/buf.h"
#include "json/json.h"

#define ENDS_MAX INT64_C(253402300799) /* of the year 9999 */

/* The claims: what is between the first two dots, as JSON. */
static bool
claims(const char *token, struct buf *to)
{
	const char *from = strchr(token, '.');
	const char *end = from != NULL ? strchr(from + 1, '.') : NULL;
	struct buf bytes = BUF_INIT;
	size_t n = 0;
	bool is = false;

	if (end != NULL && end > from + 1) {
		size_t len = (size_t)(end - from) - 1;

		buf_room(&bytes, len);
		is = sodium_base642bin((unsigned char *)bytes.at, len, from + 1,
			 len, NULL, &n, NULL,
			 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
		json_put(to, bytes.at, n);
		buf_wipe(&bytes);
	}
	return is;
}

bool
jwt_ends(const char *token, int64_t *s)
{
	struct buf text = BUF_INIT;
	struct json *j = json_new();
	enum json_type type;
	struct why ignored;
	long long ends;
	bool says = false;

	if (claims(token, &text) &&
	    json_check(j, text.at, text.len, &type, &ignored) == 0 &&
	    type == JSON_OBJECT) {
		struct json_val all = {JSON_OBJECT, text.at, text.len};
		struct json_val exp = json_get(&all, "exp");

		says = json_int(&exp, 1, ENDS_MAX, &ends) == 0;
	}
	if (says)
		*s = ends;
	buf_wipe(&text);
	json_free(j);
	return says;
}
