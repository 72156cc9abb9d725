/*
 * json_refuse -- why a text is refused whose tokens were not even found.
 *
 * Inside of lib/json.
 */
#ifndef HA_JSON_REFUSE_H
#define HA_JSON_REFUSE_H

#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

bool json_bom(const char *text, size_t len);
/*
 * Finds the mistake in a text whose bytes were refused before its grammar
 * was looked at: always -1 and EX_DATAERR.
 */
int json_explain(const char *text, size_t len, struct why *why);
/*
 * The byte behind the UTF-8 sequence at p, or NULL if it is not one
 * (overlong forms and surrogates are none).
 */
const char *utf8_next(const char *p, const char *end);

#ifdef __cplusplus
}
#endif
#endif
