/*
 * quota -- numbers inside headers whose value is JSON.
 *
 * Inside of lib/api.
 *
 * Such a value may say the same of many things (a Page, a business), each
 * with a part of its own, and may repeat a key: what counts is the largest
 * number of a member's name, at any depth, doubles included.
 * Source: Graph API, "Rate Limits", X-Business-Use-Case-Usage.
 */
#ifndef HA_QUOTA_H
#define HA_QUOTA_H

#include <stddef.h>
#include <stdint.h>

#include "api/http.h"
#include "json/json.h"
#include "source/source.h"

/* text has JSON_PADDING behind; -1: no such member, or no JSON at all. */
double quota_max(
    struct json *j, const char *text, size_t len, const char *member);
/*
 * Milliseconds for which nobody should call, since the far side counts: 0
 * below usage.slow per cent, and at 100 all of usage.pause.
 */
int64_t quota_rest_ms(
    const struct source *s, struct json *j, const struct http_answer *a);

#endif
