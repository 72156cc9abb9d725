#include "mock/graph/graph_cursor.h"

#include <string.h>

#include <sodium.h>
#include <xxhash.h>

#define BASE64 sodium_base64_VARIANT_ORIGINAL

#define WORDS 6

struct packed { /* 28 bytes: their Base64 ends in == */
	uint32_t words[WORDS], check;
};

static uint32_t
check_of(uint64_t seed, const struct packed *p)
{
	return (uint32_t)XXH3_64bits_withSeed(p->words, sizeof(p->words), seed);
}

/* Hides what is plain to see, such as that numbers grow. */
static void
veil(struct packed *p)
{
	for (uint32_t i = 0; i < WORDS; i++)
		p->words[i] ^= p->check * (2 * i + 3);
}

void
graph_cursor_put(uint64_t seed, const struct graph_cursor *c, struct buf *to)
{
	struct packed p = {
	    {c->list, c->thread, c->no, (uint32_t)((uint64_t)c->at >> 32),
		(uint32_t)c->at, c->nonce},
	    0};
	size_t room = sodium_base64_ENCODED_LEN(sizeof(p), BASE64);

	p.check = check_of(seed, &p);
	veil(&p);
	sodium_bin2base64(buf_room(to, room), room, (const unsigned char *)&p,
	    sizeof(p), BASE64);
	to->len += room - 1;
}

bool
graph_cursor_get(uint64_t seed, const char *text, struct graph_cursor *c)
{
	struct packed p;
	size_t len;

	if (sodium_base642bin((unsigned char *)&p, sizeof(p), text,
		strlen(text), NULL, &len, NULL, BASE64) != 0 ||
	    len != sizeof(p))
		return false;
	veil(&p);
	if (p.check != check_of(seed, &p))
		return false;
	*c = (struct graph_cursor){p.words[0], p.words[1], p.words[2],
	    (int64_t)((uint64_t)p.words[3] << 32 | p.words[4]), p.words[5]};
	return true;
}
