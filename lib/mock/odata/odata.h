/*
 * odata -- OData 4.01 `$filter`, parsed against the fields of an entity.
 *
 * Understood are eq ne gt ge lt le and or not in, brackets, any and all over
 * fields that hold several texts, the functions year month day hour minute
 * second date now, and literals: texts in ' (doubled inside), numbers,
 * true, false, null, dates, times with a zone. Operators need blanks around
 * them. Whatever else is asked, a field that is not there, or a comparison
 * of two types is refused: an answer to a wrong question would look right.
 *
 * null equals null only; gt ge lt le with a null are false; and, or and not
 * know true, false and null, and a row passes if the whole is true. Texts
 * compare by their bytes, times by their value to the pico second, whatever
 * the digits or zone, numbers by value: 308000.0 is 308000.
 */
#ifndef HA_ODATA_H
#define HA_ODATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"

#define ODATA_MAX_LEN 32768 /* bytes of a filter */
#define ODATA_MAX_DEPTH 64  /* brackets, not, any, all inside one another */

enum odata_type {
	ODATA_NULL,
	ODATA_STRING,
	ODATA_NUMBER,
	ODATA_BOOL,
	ODATA_DATE,
	ODATA_TIME,   /* a point in time */
	ODATA_STRINGS /* several texts */
};

struct odata_field {
	const char *name;
	enum odata_type type;
};

struct odata_time {
	int64_t s;  /* since 1970 */
	int64_t ps; /* pico seconds, 0 to 10^12 - 1 */
};

struct odata_value {
	enum odata_type type;
	const char *text; /* ODATA_STRING; of ODATA_STRINGS each text ends in
			     a NUL, n of them. Borrowed */
	size_t len, n;
	double number;
	bool integer; /* whole is the number, exactly */
	int64_t whole;
	int64_t day; /* since 1970 */
	struct odata_time time;
	bool truth;
};

/*
 * Fills *v with the row's field, of the type it was declared with or null.
 * Texts may be put into scratch, which is good until it is asked again.
 */
typedef void odata_get_fn(
    void *row, size_t field, struct odata_value *v, struct buf *scratch);

struct odata_filter;

/*
 * The fields are borrowed. NULL: EX_DATAERR, what is wrong and at which
 * byte, from 1; EX_UNAVAILABLE if it is too long or too deep.
 */
struct odata_filter *odata_parse(const char *text,
    const struct odata_field *fields, size_t n, struct why *why);
void odata_free(struct odata_filter *f); /* NULL is fine */
/* How many `or` it holds. */
size_t odata_ors(const struct odata_filter *f);
bool odata_uses(const struct odata_filter *f, size_t field);
/* Does the row pass? now: seconds since 1970. */
bool odata_match(
    const struct odata_filter *f, odata_get_fn *get, void *row, int64_t now);

/*
 * Where rows that pass can be, in the order of (time, key): behind `low`,
 * before `high`. A hint: rows there need not pass, rows elsewhere do not.
 */
struct odata_edge {
	bool open;	 /* no edge on this side */
	int64_t us;	 /* of the time, rounded outwards */
	const char *key; /* only with that time; NULL: any key. Borrowed */
	size_t key_len;
};

struct odata_range {
	struct odata_edge low, high;
	bool none; /* nothing can pass */
};

/*
 * time and key are numbers of fields; SIZE_MAX: there is none. A row whose
 * time is null is before all others.
 */
void odata_range(const struct odata_filter *f, size_t time, size_t key,
    struct odata_range *range);
/* The same for the order of the key alone; us is not used. */
void odata_key_range(
    const struct odata_filter *f, size_t key, struct odata_range *range);

/* Compares two values of one type: <0, 0, >0; null is before all. */
int odata_compare(const struct odata_value *a, const struct odata_value *b);
/* "-5", "308000.0", "1e3": 0, or -1 for what is none or too large. */
int odata_number_parse(const char *text, size_t len, struct odata_value *v);
/*
 * "2024-05-06T07:08:09.5Z", with 0 to 12 digits and a zone; 0 or -1.
 */
int odata_time_parse(const char *text, size_t len, struct odata_time *to);

#endif
