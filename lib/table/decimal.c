#include "table/decimal.h"

#include <stdint.h>

#define GROUP 4 /* decimal digits in one of numeric's */
#define WEIGHT_MAX 32767
#define SCALE_MAX 16383
#define EXPONENT_MAX 1000000
#define NEGATIVE 0x4000

struct numeral {
	const char *from, *end; /* digits, maybe with a point among them */
	bool minus;
	int64_t whole;	  /* digits before the point */
	int64_t fraction; /* digits behind it */
	int64_t exponent;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
split(const char *p, size_t len, struct numeral *n)
{
	const char *end = p + len;
	bool minus = false;

	*n = (struct numeral){0};
	if (p < end && (*p == '-' || *p == '+'))
		n->minus = *p++ == '-';
	n->from = p;
	for (; p < end && is_digit(*p); p++)
		n->whole++;
	if (p < end && *p == '.')
		for (p++; p < end && is_digit(*p); p++)
			n->fraction++;
	n->end = p;
	if (n->whole + n->fraction == 0)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		if (++p < end && (*p == '-' || *p == '+'))
			minus = *p++ == '-';
		if (p >= end)
			return false;
		for (; p < end && is_digit(*p); p++)
			if (n->exponent <= EXPONENT_MAX * 10)
				n->exponent = n->exponent * 10 + (*p - '0');
		if (minus)
			n->exponent = -n->exponent;
	}
	return p == end;
}

bool
decimal_is(const char *text, size_t len)
{
	struct numeral n;

	return split(text, len, &n);
}

static void
add16(struct buf *to, int n)
{
	char two[2] = {(char)(n >> 8 & 0xff), (char)(n & 0xff)};

	buf_add(to, two, 2);
}

static void
put16(char *at, int n)
{
	at[0] = (char)(n >> 8 & 0xff);
	at[1] = (char)(n & 0xff);
}

/*
 * Adds the digits in groups of four, the first one filled up with `lead`
 * zeros on the left; how many groups up to the last that is not 0.
 */
static int
add_groups(const char *p, const char *end, int lead, struct buf *to)
{
	size_t start = to->len, last = start;
	int group = 0, filled = lead;

	for (; p < end || filled > 0; p++) {
		if (p < end && *p == '.')
			continue;
		group = group * 10 + (p < end ? *p - '0' : 0);
		if (++filled < GROUP)
			continue;
		add16(to, group);
		if (group != 0)
			last = to->len;
		group = filled = 0;
	}
	to->len = last;
	return (int)((last - start) / 2);
}

int
decimal_binary(const char *text, size_t len, struct buf *to)
{
	int64_t point, scale, weight;
	size_t head = to->len;
	struct numeral n;
	int groups;

	if (!split(text, len, &n) || n.exponent > EXPONENT_MAX ||
	    n.exponent < -EXPONENT_MAX)
		return -1;
	scale = n.fraction > n.exponent ? n.fraction - n.exponent : 0;
	point = n.whole + n.exponent; /* digits that stand before it */
	for (; n.from < n.end && (*n.from == '0' || *n.from == '.'); n.from++)
		if (*n.from == '0')
			point--;
	if (n.from == n.end) {
		point = 1;
		n.minus = false;
	}
	/* floor((point - 1) / 4), the shift keeps it from rounding to 0 */
	weight = (point - 1 + (INT64_C(1) << 32)) / GROUP -
		 (INT64_C(1) << 32) / GROUP;
	if (scale > SCALE_MAX || weight > WEIGHT_MAX)
		return -1;
	for (int i = 0; i < 4; i++)
		add16(to, 0);
	groups =
	    add_groups(n.from, n.end, (int)((weight + 1) * GROUP - point), to);
	put16(to->at + head, groups);
	put16(to->at + head + 2, groups == 0 ? 0 : (int)weight);
	put16(to->at + head + 4, n.minus ? NEGATIVE : 0);
	put16(to->at + head + 6, (int)scale);
	to->at[to->len] = '\0';
	return 0;
}

static int
get16(const char *at)
{
	return (int16_t)((unsigned char)at[0] << 8 | (unsigned char)at[1]);
}

/* The group that counts 10000^weight; 0 where none is stored. */
static int
group_at(const char *binary, int weight)
{
	int i = get16(binary + 2) - weight;

	return i < 0 || i >= get16(binary) ? 0 : get16(binary + 8 + 2 * i);
}

void
decimal_print(const char *binary, struct buf *to)
{
	int weight = get16(binary + 2), scale = get16(binary + 6);
	size_t point;

	if (get16(binary + 4) == NEGATIVE)
		buf_chr(to, '-');
	buf_fmt(to, "%d", group_at(binary, weight < 0 ? 0 : weight));
	for (int w = weight - 1; w >= 0; w--)
		buf_fmt(to, "%04d", group_at(binary, w));
	if (scale == 0)
		return;
	buf_chr(to, '.');
	point = to->len;
	for (int w = -1; to->len < point + (size_t)scale; w--)
		buf_fmt(to, "%04d", group_at(binary, w));
	to->len = point + (size_t)scale;
	to->at[to->len] = '\0';
}
