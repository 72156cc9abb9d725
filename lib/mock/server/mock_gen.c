#include "mock/server/mock_gen.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/timeval.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const first_names[] = {"Ada", "Bruno", "Chloé", "Dmitri",
    "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaori", "Luca", "Marta",
    "Nils", "Olga", "Pablo", "Quinn", "Rosa", "Sven", "Tariq", "Una", "Viktor",
    "Wanda", "Xu", "Yara", "Zoë"};
static const char *const last_names[] = {"Abel", "Brandt", "Costa", "Dubois",
    "Eriksen", "Fontana", "Garcia", "Haddad", "Ivanov", "Jensen", "Kovács",
    "Lindqvist", "Moreau", "Nowak", "O'Brien", "Petrov", "Quist", "Rossi",
    "Sato", "Tanaka", "Ueda", "Varga", "Weiss", "Xenakis", "Yilmaz",
    "Zieliński"};
static const char *const words[] = {"the", "house", "is", "near", "a", "river",
    "and", "we", "arrive", "late", "with", "two", "children", "please", "leave",
    "key", "under", "stone", "thank", "you", "kindly", "for", "quiet", "garden",
    "view", "parking", "on", "street", "towels", "are", "in", "cupboard",
    "kitchen", "has", "coffee", "warm", "blankets", "upstairs", "train",
    "station", "ten", "minutes", "walk", "lovely", "evening", "light", "over",
    "harbour", "pets", "welcome", "checkout", "before", "eleven", "see",
    "soon"};
static const char *const marks[] = {" — ", " 🚪 ", "\\n", "\\n\\n", " ✈️ ",
    " \\\"so\\\" ", " naïve ", " <br/> ", "\\t", " ☕ "};

uint64_t
rng_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

struct rng
rng_of(uint64_t seed, const char *kind, uint64_t no)
{
	uint64_t h = 0xcbf29ce484222325u ^ seed;

	for (; *kind != '\0'; kind++)
		h = (h ^ (unsigned char)*kind) * 0x100000001b3u;
	return (struct rng){rng_mix(h ^ rng_mix(no + 0x9e3779b97f4a7c15u))};
}

uint64_t
rng_hash(uint64_t seed, uint64_t salt, uint64_t no)
{
	return rng_mix(rng_mix(seed * 0x9e3779b97f4a7c15u + salt) + no + 1);
}

uint64_t
rng_next(struct rng *r)
{
	r->s += 0x9e3779b97f4a7c15u;
	return rng_mix(r->s);
}

int64_t
rng_between(struct rng *r, int64_t lo, int64_t hi)
{
	if (hi <= lo)
		return lo;
	return lo + (int64_t)(rng_next(r) % (uint64_t)(hi - lo + 1));
}

static double
rng_unit(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1.0p-53;
}

bool
rng_chance(struct rng *r, double p)
{
	return rng_unit(r) < p;
}

double
rng_exp(struct rng *r, double mean)
{
	return -mean * log(1.0 - rng_unit(r));
}

void
gen_time(struct buf *to, int64_t t)
{
	if (t == 0) {
		buf_str(to, "null");
		return;
	}
	buf_chr(to, '"');
	time_text(t * 1000000, ' ', to);
	buf_chr(to, '"');
}

void
gen_date(struct buf *to, int64_t day)
{
	buf_chr(to, '"');
	date_print(day, to);
	buf_chr(to, '"');
}

void
gen_rfc3339(struct buf *to, int64_t t)
{
	time_rfc3339(t * 1000000, to);
}

void
gen_quoted(struct buf *to, const char *text)
{
	buf_json(to, text, strlen(text));
}

void
gen_money(struct buf *to, int64_t cents)
{
	int64_t part = cents < 0 ? -cents % 100 : cents % 100;

	if (cents < 0)
		buf_chr(to, '-');
	if (cents < 0)
		cents = -cents;
	if (part == 0)
		buf_fmt(to, "%lld", (long long)(cents / 100));
	else if (part % 10 == 0)
		buf_fmt(
		    to, "%lld.%d", (long long)(cents / 100), (int)(part / 10));
	else
		buf_fmt(to, "%lld.%02d", (long long)(cents / 100), (int)part);
}

static void
gen_from(struct buf *to, struct rng *r, const char *set, size_t n, int len)
{
	char *p = buf_room(to, (size_t)len);

	for (int i = 0; i < len; i++)
		p[i] = set[rng_next(r) % n];
	p[len] = '\0';
	to->len += (size_t)len;
}

void
gen_hex(struct buf *to, struct rng *r, int digits)
{
	gen_from(to, r, "0123456789abcdef", 16, digits);
}

static void
put_digits(struct buf *to, struct rng *r, int digits)
{
	gen_from(to, r, "123456789", 9, 1);
	gen_from(to, r, "0123456789", 10, digits - 1);
}

void
gen_code(struct buf *to, struct rng *r, int letters)
{
	gen_from(to, r, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 32, letters);
}

void
gen_words(struct buf *to, struct rng *r, int n)
{
	for (int i = 0; i < n; i++) {
		const char *w = words[rng_next(r) % COUNT(words)];

		if (i > 0)
			buf_chr(to, ' ');
		buf_str(to, w);
		if (i == 0)
			to->at[to->len - strlen(w)] -= 'a' - 'A';
	}
}

void
gen_text(struct buf *to, struct rng *r, int n)
{
	buf_chr(to, '"');
	while (n > 0) {
		int some = (int)rng_between(r, 3, 12);

		gen_words(to, r, some < n ? some : n);
		n -= some;
		if (n > 0 && rng_chance(r, 0.4))
			buf_str(to, marks[rng_next(r) % COUNT(marks)]);
		else
			buf_str(to, n > 0 ? ". " : ".");
	}
	buf_chr(to, '"');
}

const char *
gen_first_name(struct rng *r)
{
	return first_names[rng_next(r) % COUNT(first_names)];
}

const char *
gen_last_name(struct rng *r)
{
	return last_names[rng_next(r) % COUNT(last_names)];
}

static void
put_choice(struct buf *to, const char *at, size_t len, struct rng *r)
{
	size_t n = 1, chosen;

	for (size_t i = 0; i < len; i++)
		n += at[i] == '|';
	chosen = rng_next(r) % n;
	for (size_t i = 0; i < len; i++) {
		if (at[i] == '|') {
			if (chosen-- == 0)
				return;
		} else if (chosen == 0)
			buf_chr(to, at[i] == '\'' ? '"' : at[i]);
	}
}

/* The next number, with or without sign, or 0; *at is moved behind it. */
static int64_t
number(const char **at)
{
	const char *p = *at;
	int64_t n = 0;
	bool minus = *p == '-';

	for (p += minus; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (*p - '0');
	*at = p;
	return minus ? -n : n;
}

/* %x{...}: the kind and what stands between the braces. */
static void
put_drawn(struct buf *to, char kind, const char *at, size_t len, struct rng *r)
{
	const char *p = at;
	int64_t a = number(&p), b = *p == ',' ? (p++, number(&p)) : 0;

	if (kind == 'o')
		put_choice(to, at, len, r);
	else if (kind == 'i')
		buf_fmt(to, "%lld", (long long)rng_between(r, a, b));
	else if (kind == 'm')
		gen_money(to, rng_between(r, a * 20, b * 20) * 5);
	else if (kind == 't')
		gen_text(to, r, (int)a);
	else {
		buf_chr(to, '"');
		if (kind == 'w')
			gen_words(to, r, (int)a);
		else if (kind == 'h')
			gen_hex(to, r, (int)a);
		else if (kind == 'd')
			put_digits(to, r, (int)a);
		else
			gen_code(to, r, (int)a);
		buf_chr(to, '"');
	}
}

/* One token at *at, which is moved behind it. */
static void
put_token(
    struct buf *to, const char **at, struct rng *r, fact_fn *fact, void *ctx)
{
	const char *p = *at + 1, *end = p;
	char kind = *p;

	if (**at == '$') {
		end += strspn(p, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		if (!fact(ctx, p, (size_t)(end - p), to))
			buf_add(to, "null", 4);
		*at = end;
		return;
	}
	assert(p[1] == '{');
	end = strchr(p, '}');
	*at = end + 1;
	if (kind == 'n') {
		struct buf none = BUF_INIT;
		bool null;

		p += 2;
		null = rng_chance(r, (double)number(&p) / 100);
		put_token(null ? &none : to, at, r, fact, ctx);
		if (null)
			buf_add(to, "null", 4);
		buf_release(&none);
	} else
		put_drawn(to, kind, p + 2, (size_t)(end - p - 2), r);
}

void
shape_fill(
    struct buf *to, const char *shape, struct rng *r, fact_fn *fact, void *ctx)
{
	while (*shape != '\0') {
		size_t plain = strcspn(shape, "'$%");

		if (plain > 0) {
			buf_add(to, shape, plain);
			shape += plain;
		} else if (*shape == '\'') {
			buf_chr(to, '"');
			shape++;
		} else
			put_token(to, &shape, r, fact, ctx);
	}
}
