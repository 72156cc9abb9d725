/*
 * mock_answer -- what the fakes share when they read a path and refuse.
 */
#ifndef HA_MOCK_ANSWER_H
#define HA_MOCK_ANSWER_H

#include <stdint.h>

#include "mock/server/mock_http.h"

/* {"status":"fail","message":"..."} with that HTTP status */
void mock_fail(struct mock_answer *a, int status, const char *message);
/* "/reservations/12/x" under "/reservations/": *id 12, the rest is "/x". */
const char *path_id(const char *path, const char *under, int64_t *id);
/* The argument of that name if it is a number, else `usual`; name may be
   NULL. */
int64_t request_number(
    const struct request *r, const char *name, int64_t usual);
/* A number for a word, to be sought by: a hash. */
int64_t word_value(const char *word);

#endif
