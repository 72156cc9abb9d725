/*
 * refusal -- what an error body says by its code, by the description's table.
 *
 * Inside of lib/api.
 *
 * Some APIs answer nearly every error with the same HTTP status and tell in
 * the body what it was: then code, then subcode, then a word of theirs that
 * it will pass decide, and the status only where the body has no code.
 */
#ifndef HA_REFUSAL_H
#define HA_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "api/http.h"
#include "json/json.h"
#include "source/source.h"

#define REFUSAL_MAX ((size_t)1 << 20) /* bytes of an error that is quoted */

struct refusal_said {
	int64_t code;
	int64_t subcode; /* -1: none */
	enum refusal then;
	bool smaller;	 /* a page of fewer rows may do */
	int64_t wait_ms; /* of the rule, -1: none */
};

/*
 * A large body of rows is not read twice: who takes them out looks at that
 * path as well.
 */
bool refusal_is_later(const struct http_answer *a, const struct expr *e);
/*
 * true: the body holds a code. One that the table does not know is RETRY if
 * the body says that it will pass, else FAIL.
 */
bool refusal_read(const struct source *s, const struct http_answer *a,
    struct json *j, struct refusal_said *said);

#endif
