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

#ifdef __cplusplus
}
#endif
#endif
