/*
 * run_id -- UUIDs, and the one that all stages of a run put into their marks
 * and logs: HA_RUN.
 *
 * A stage that knows HA_RUN begins with run_id_check(), before it asks an API
 * or a database for anything.
 */
#ifndef HA_RUN_ID_H
#define HA_RUN_ID_H

#include <stdbool.h>

#include "base/why.h"

#define UUID_SIZE 37 /* of the text, with its end */

/* 32 hexadecimal digits in five groups, and nothing else. */
bool uuid_is(const char *text);
/* A random one (version 4). */
void uuid_new(char to[UUID_SIZE]);

/* -1 and EX_CONFIG if HA_RUN is set and no UUID; an empty one is not set. */
int run_id_check(struct why *why);
/* HA_RUN; NULL if it is not set. */
const char *run_id_given(void);
/* HA_RUN, or an id of this process's own, made once. */
const char *run_id(void);

#endif
