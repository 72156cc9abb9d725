/*
 * known -- which keys of one parent table exist, asked in good order.
 *
 * Inside of lib/stage.
 *
 * Keys are asked for first and looked up together (`= ANY`); once more than
 * KNOWN_LOOKUPS were looked up, the whole column is read by COPY into a
 * set, and every further answer is immediate. An answer "no" is kept too:
 * a parent that arrives while a section is filtered stays unknown to it, and
 * its children are adopted later. Borrows the connection.
 */
#ifndef HA_KNOWN_H
#define HA_KNOWN_H

#include <stddef.h>

#include "db/db.h"
#include "stage/known_set.h"
#include "source/source.h"
#include "base/why.h"

#define KNOWN_LOOKUPS 5000 /* costs as much as reading 500,000 keys */

struct known;

enum known_answer { KNOWN_NO, KNOWN_YES, KNOWN_ASKED };

/* Of the table of `parent`, its column `key`, rows of one account. */
struct known *known_open(struct db *db, const struct source *s,
    const struct resource *parent, const char *key, const char *account,
    struct why *why);
/* A fixed set, which stays the caller's. */
struct known *known_fixed(const struct known_set *set);
void known_close(struct known *k); /* NULL is fine */
/* KNOWN_ASKED: known_lookup will find it out. */
enum known_answer known_ask(struct known *k, const char *key, size_t len);
/* Looks up all that was asked; after it known_ask answers yes or no. */
int known_lookup(struct known *k, struct why *why);

#endif
