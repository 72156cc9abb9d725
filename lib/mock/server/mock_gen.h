/*
 * mock_gen -- invented data, the same for the same seed: numbers, names,
 * texts, times, and whole JSON objects filled from a shape.
 *
 * A generator is made per thing (rng_of), so that one row comes out the same
 * whatever was made before it. Times are seconds since 1970 in UTC, days are
 * days since 1970. Nothing here can fail.
 */
#ifndef HA_MOCK_GEN_H
#define HA_MOCK_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define DAY_S 86400

struct rng {
	uint64_t s;
};

struct rng rng_of(uint64_t seed, const char *kind, uint64_t no);
/* Of a number in a kind of things, without a generator. */
uint64_t rng_hash(uint64_t seed, uint64_t salt, uint64_t no);
uint64_t rng_mix(uint64_t z); /* each bit of it depends on all of z's */
uint64_t rng_next(struct rng *r);
int64_t rng_between(struct rng *r, int64_t lo, int64_t hi); /* inclusive */
bool rng_chance(struct rng *r, double p);
/* An exponential number of the given mean, at least 0. */
double rng_exp(struct rng *r, double mean);

/* "2026-11-20 12:00:00" and "2026-11-20", quoted; time 0 is null. */
void gen_time(struct buf *to, int64_t t);
void gen_date(struct buf *to, int64_t day);
/* The same without quotes, with a T and a Z: RFC 3339. */
void gen_rfc3339(struct buf *to, int64_t t);
void gen_quoted(struct buf *to, const char *text);
/* 149.5, 253 or 81.03: int or float as it falls. */
void gen_money(struct buf *to, int64_t cents);
void gen_hex(struct buf *to, struct rng *r, int digits);
/* Upper case letters and digits, as in confirmation codes. */
void gen_code(struct buf *to, struct rng *r, int letters);
/* n plain words without quotes; a text has lines, emoji, accents. */
void gen_words(struct buf *to, struct rng *r, int n);
void gen_text(struct buf *to, struct rng *r, int n); /* quoted JSON */
const char *gen_first_name(struct rng *r);
const char *gen_last_name(struct rng *r);

/* Writes the JSON value of a fact; false: it does not know the name. */
typedef bool fact_fn(void *ctx, const char *name, size_t len, struct buf *to);
/*
 * Fills a shape: JSON with ' for ". $name is a fact; %i{1,9} an integer,
 * %m{10,500} money, %w{8} words, %t{40} a text, %h{32} hex, %d{10} digits,
 * %c{10} a code (all quoted), %o{a|b|c} one of these, and %n{47} makes the
 * value that follows null in 47 of 100 rows.
 */
void shape_fill(
    struct buf *to, const char *shape, struct rng *r, fact_fn *fact, void *ctx);

#endif
