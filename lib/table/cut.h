/*
 * cut -- a record's key and columns, ready for COPY in binary format.
 *
 * Compiled once from a resource. All texts given in have JSON_PADDING
 * readable bytes behind them. Values are cut from the exact text: 1.10 and
 * integers over 2^53 arrive as they came. A value that does not fit is
 * EX_DATAERR with the column and no value in the message ("arrival_date:
 * not a date"): guests' data stays out of messages.
 */
#ifndef HA_CUT_H
#define HA_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "source/source.h"
#include "base/why.h"

struct cut;

struct cut *cut_new(const struct resource *r, struct why *why);
void cut_free(struct cut *c); /* NULL is fine */

/*
 * Repairs the parent object of a group, whose key is a member of it, as the
 * parent itself is repaired when it is stored. -1 and EX_DATAERR: its key may
 * not be, so that nobody knows whose children they are. It is valid JSON,
 * padded.
 */
int cut_parent_mend(const char *key, struct buf *object, struct why *why);
/*
 * The parent object of the group that follows, for "$parent" values, which
 * are evaluated here, once; NULL and 0: none. -1 and EX_DATAERR if it is no
 * object.
 */
int cut_parent(struct cut *c, const char *parent, size_t len, struct why *why);
/*
 * A number made of how columns are cut and of the parent's values that they
 * hold: a row depends on the record's text and on this.
 */
uint64_t cut_seed(const struct cut *c);
/* Of how columns are cut alone: what a row's fingerprint begins with. */
uint16_t cut_mark(const struct cut *c);

/*
 * The key alone, without validating what stands behind it. In *key (cleared
 * before): key columns as PostgreSQL prints them (TimeZone UTC, DateStyle
 * ISO; 1e3 as a bigint is 1000), joined by '|', or the identity,
 * "id:296818866"; an identity over 200 bytes ends in a hash of the rest.
 */
int cut_key(struct cut *c, const char *rec, size_t len, struct buf *key,
    struct why *why);
/*
 * What cut_key would most likely say, at a glance: from the first member,
 * if that is the key (or makes the identity). false: no guess. Of use where
 * a wrong guess does no harm: who finds this very text stored under the key
 * need not parse it.
 */
bool cut_guess(
    const struct cut *c, const char *rec, size_t len, struct buf *key);
/*
 * The version columns of the record as one text, PostgreSQL's array of what
 * cutval_print says of each. NULL for what is unknown or cannot be read: of
 * such a record the store will say more.
 */
void cut_version(
    struct cut *c, const char *rec, size_t len, struct buf *version);
/*
 * Validates the whole record, as PostgreSQL's jsonb will (\u0000, lone
 * surrogates), and adds to *fields one binary COPY field (int32 length, -1
 * for NULL, then bytes) for ident, if the resource has identities, and for
 * each column in the description's order. No field count in front. After
 * an error *fields is as before.
 */
int cut_row(struct cut *c, const char *rec, size_t len, struct buf *fields,
    struct why *why);
/*
 * mended is json_repair's of rec. Was a character of its key, identity,
 * parents, version or position changed? These are never stored otherwise
 * than they came.
 */
bool cut_steered(
    const struct resource *r, const char *rec, const char *mended, size_t len);
/* 1 if the description's `deleted` says so, 0, -1. */
int cut_deleted(struct cut *c, const char *rec, size_t len, struct why *why);

#endif
