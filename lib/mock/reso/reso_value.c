#include "mock/reso/reso_int.h"

#include <string.h>

#include "base/timeval.h"

/* The words of "a|b|c": how many, and where number i is. */
static size_t
word_at(const char *words, size_t i, const char **word)
{
	for (; i > 0; i--)
		words += strcspn(words, "|") + 1;
	*word = words;
	return strcspn(words, "|");
}

static size_t
words_in(const char *words)
{
	size_t n = 1;

	for (; *words != '\0'; words++)
		n += *words == '|';
	return n;
}

static void
put_some(const char *words, struct rng *r, struct buf *to, size_t *n)
{
	size_t all = *words == '\0' ? 0 : words_in(words), len;
	const char *word;

	*n = 0;
	for (size_t i = 0; i < all; i++) {
		if (!rng_chance(r, 0.4))
			continue;
		len = word_at(words, i, &word);
		buf_add(to, word, len);
		buf_chr(to, '\0');
		++*n;
	}
}

/* A listing's first letter is large; now and then a mark that JSON escapes. */
static void
put_text(struct rng *r, int64_t words, struct buf *to)
{
	static const char *const odd[] = {" \"so-called\" ", "\n\n", " — ",
	    " 🏡 ", " d'œuvre ", "\t", " <b>bright</b> ", " 50% "};

	for (int64_t left = words; left > 0; left -= 12) {
		gen_words(to, r, (int)(left > 12 ? 12 : left));
		buf_str(to,
		    left > 12 ? odd[rng_next(r) % (sizeof(odd) / sizeof(*odd))]
			      : "");
	}
}

static void
put_money(struct rng *r, int64_t whole, struct buf *to)
{
	int64_t form = rng_between(r, 0, 9);

	buf_fmt(to, "%lld", (long long)whole);
	if (form < 2)
		buf_str(to, ".0");
	else if (form == 2)
		buf_fmt(to, ".%02d", (int)rng_between(r, 1, 99));
}

static void
put_drawn(const struct reso_at *at, const struct reso_how_of *how,
    struct rng *r, struct buf *to, size_t *n)
{
	int64_t us = at->m->t[at->k].rows[at->no].us, whole;
	const char *word;
	size_t len;

	switch (how->how) {
	case HOW_SINCE:
		if (us == NO_TIME)
			us = at->m->o->size.now * INT64_C(1000000);
		reso_put_time(
		    at->m, us - rng_between(r, 1, 40 * DAY_S) * 1000000, to);
		break;
	case HOW_ONE:
		len = word_at(
		    how->words, rng_next(r) % words_in(how->words), &word);
		buf_add(to, word, len);
		break;
	case HOW_SOME:
		put_some(how->words, r, to, n);
		break;
	case HOW_COUNT:
		buf_fmt(
		    to, "%lld", (long long)rng_between(r, how->lo, how->hi));
		break;
	case HOW_MONEY:
		whole = rng_between(r, how->lo / 100, how->hi / 100) * 100;
		put_money(r, whole, to);
		break;
	case HOW_SIZE:
		buf_fmt(to, "%lld.%02d",
		    (long long)rng_between(r, how->lo, how->hi),
		    (int)rng_between(r, 0, 99));
		break;
	case HOW_WORDS:
		gen_words(to, r, (int)rng_between(r, how->lo, how->hi));
		break;
	case HOW_TEXT:
		put_text(r, rng_between(r, how->lo, how->hi), to);
		break;
	case HOW_DATE:
		date_print(
		    at->m->o->size.now / DAY_S - rng_between(r, 0, 900), to);
		break;
	default:
		buf_str(
		    to, rng_between(r, 1, 100) <= how->lo ? "true" : "false");
	}
}

static bool
put_stamp(const struct reso_at *at, struct buf *to)
{
	int64_t us = at->m->t[at->k].rows[at->no].us;

	if (us != NO_TIME)
		reso_put_time(at->m, us, to);
	return us != NO_TIME;
}

static bool
put_public(const struct reso_at *at, struct rng *r, struct buf *to)
{
	put_text(r, rng_between(r, 20, 70), to);
	if (at->m->s.nul && at->no % 100 == 17)
		buf_add(to, "\0", 1);
	return true;
}

/* The bare text, texts of several end in a NUL each, how many into *n; false:
   null. */
static bool
field_value(const struct reso_at *at, size_t field, struct buf *to, size_t *n)
{
	const struct reso_how_of *how = reso_how(at->k, field);
	uint32_t edits = at->m->t[at->k].rows[at->no].edits;
	struct rng r;
	const char *name = at->m->fields[at->k][field].name;

	*n = 0;
	if (how->how == HOW_KEY) {
		reso_key(at->m, at->k, at->no, to);
		return true;
	}
	if (how->how == HOW_TIME)
		return put_stamp(at, to);
	if (how->how == HOW_NONE)
		return false;
	r.s = reso_hash(at->m, at->k, at->no,
	    100 + field + (how->moves ? (uint64_t)edits << 20 : 0));
	if (how->how == HOW_SELF && strcmp(name, "PublicRemarks") == 0) {
		r.s += edits;
		return put_public(at, &r, to);
	}
	if (how->how == HOW_SELF)
		return reso_own_value(at, name, to);
	if (how->null_pct > 0 && rng_between(&r, 1, 100) <= how->null_pct)
		return false;
	put_drawn(at, how, &r, to, n);
	return true;
}

static void
put_strings(const struct buf *bare, size_t n, struct buf *to)
{
	const char *p = bare->at;

	buf_chr(to, '[');
	for (size_t i = 0; i < n; i++, p += strlen(p) + 1) {
		if (i > 0)
			buf_chr(to, ',');
		buf_json(to, p, strlen(p));
	}
	buf_chr(to, ']');
}

void
reso_put(const struct reso_at *at, size_t field, struct buf *to)
{
	struct buf *bare = &at->m->bare;
	enum odata_type type = at->m->fields[at->k][field].type;
	size_t n;

	buf_clear(bare);
	if (!field_value(at, field, bare, &n))
		buf_str(to, "null");
	else if (type == ODATA_STRINGS)
		put_strings(bare, n, to);
	else if (type == ODATA_NUMBER || type == ODATA_BOOL)
		buf_add(to, bare->at, bare->len);
	else
		buf_json(to, bare->at, bare->len);
}

/* Long texts are null to a filter, as some boards have it. */
static bool
unseen(const struct reso_at *at, size_t field)
{
	return at->k == RESO_PROPERTY &&
	       strcmp(at->m->fields[at->k][field].name, "PublicRemarks") == 0;
}

void
reso_get(void *row, size_t field, struct odata_value *v, struct buf *scratch)
{
	const struct reso_at *at = row;
	int64_t us = at->m->t[at->k].rows[at->no].us;

	v->type = at->m->fields[at->k][field].type;
	if (reso_how(at->k, field)->how == HOW_TIME) {
		if (us == NO_TIME)
			v->type = ODATA_NULL;
		v->time.s = us / 1000000;
		v->time.ps = us % 1000000 * 1000000;
		return;
	}
	buf_clear(scratch);
	if (unseen(at, field) || !field_value(at, field, scratch, &v->n)) {
		v->type = ODATA_NULL;
		return;
	}
	buf_str(scratch, "");
	v->text = scratch->at;
	v->len = scratch->len;
	if (v->type == ODATA_NUMBER)
		odata_number_parse(v->text, v->len, v);
	else if (v->type == ODATA_BOOL)
		v->truth = *v->text == 't';
	else if (v->type == ODATA_DATE)
		date_parse(v->text, v->len, &v->day);
	else if (v->type == ODATA_TIME)
		odata_time_parse(v->text, v->len, &v->time);
}
