/*
 * tape -- HA_TAPE=dir records each exchange, HA_REPLAY=dir serves them back.
 *
 * Inside of lib/api.
 *
 * One file for each exchange, in order of their names: a line of JSON, then
 * the body as it came:
 *   {"@tape":1,"source":"hostaway","account":"59808","method":"GET",
 *    "path":"/listings?limit=100","status":200,"ms":41,
 *    "headers":["content-type: application/json"]}
 * Requests' headers are not recorded; secrets in paths and bodies are
 * starred out, of a token's answer every text. A replay keeps to what was
 * recorded: method, path and query are the key, repeats come in order.
 */
#ifndef HA_TAPE_H
#define HA_TAPE_H

#include <stdbool.h>

#include "api/redact.h"
#include "api/http.h"
#include "base/why.h"

struct tape;

/*
 * By the environment; 0 and *t NULL if neither variable is set. EX_USAGE for
 * both at once, EX_CONFIG or EX_NOINPUT for an unfit directory.
 */
int tape_open(struct tape **t, const char *source, struct why *why);
void tape_close(struct tape *t);       /* NULL is fine */
bool tape_plays(const struct tape *t); /* false for NULL */
/* The account of the first recorded exchange; "" if it says none. */
const char *tape_account(const struct tape *t);
/* secret: an answer with a token in it. */
int tape_keep(struct tape *t, const char *account, const char *method,
    const char *path, const struct http_answer *a, const struct redact *hide,
    bool secret, struct why *why);
/* Fills *a; EX_NOINPUT if the request is not on the tape (any more). */
int tape_play(struct tape *t, const char *method, const char *path,
    struct http_answer *a, struct why *why);

#endif
