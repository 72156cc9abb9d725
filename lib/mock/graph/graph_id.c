#include "mock/graph/graph_int.h"

#include <string.h>

#include <sodium.h>

/*
 * An id is a tag and what it is the id of, veiled by the tag: 12 bytes of a
 * hash, the thread, and for a message its number. It is read by making it
 * again.
 */
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define TAG 12
#define LONGEST 20
#define SALT_THREAD 10
#define SALT_MESSAGE 11
#define SALT_PERSON 12

struct sealed {
	unsigned char at[LONGEST];
	size_t len;
};

static void
put_word(struct sealed *s, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		s->at[s->len++] = (unsigned char)(word >> (8 * i));
}

static uint32_t
word_at(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static struct sealed
seal(const struct graph *m, uint32_t thread, const uint32_t *no, uint64_t salt)
{
	uint64_t h = graph_hash(m, thread, no != NULL ? *no : 0, salt);
	struct sealed s = {.len = 0};

	put_word(&s, (uint32_t)h);
	put_word(&s, (uint32_t)(h >> 32));
	put_word(&s, (uint32_t)graph_hash(m, thread, (uint32_t)h, salt));
	put_word(&s, thread ^ (uint32_t)h);
	if (no != NULL)
		put_word(&s, *no ^ (uint32_t)(h >> 32));
	return s;
}

static bool
unseal(const struct graph *m, const struct sealed *s, uint64_t salt,
    uint32_t *thread, uint32_t *no)
{
	struct sealed again;

	if (s->len != (no != NULL ? LONGEST : TAG + 4))
		return false;
	*thread = word_at(s->at + TAG) ^ word_at(s->at);
	if (no != NULL)
		*no = word_at(s->at + TAG + 4) ^ word_at(s->at + 4);
	again = seal(m, *thread, no, salt);
	return memcmp(again.at, s->at, s->len) == 0 && *thread < m->n;
}

static void
put_base64(const struct sealed *s, struct buf *to)
{
	size_t room = sodium_base64_ENCODED_LEN(s->len, BASE64);

	sodium_bin2base64(buf_room(to, room), room, s->at, s->len, BASE64);
	to->len += room - 1;
}

static void
put_hex(const struct sealed *s, struct buf *to)
{
	sodium_bin2hex(
	    buf_room(to, 2 * s->len + 1), 2 * s->len + 1, s->at, s->len);
	to->len += 2 * s->len;
}

/* Both are seen, and old ids have the second form behind a time. */
static void
read_sealed(const char *text, struct sealed *s)
{
	const char *hex = strchr(text, ':');

	s->len = 0;
	if (hex != NULL)
		(void)sodium_hex2bin(s->at, sizeof(s->at), hex + 1,
		    strlen(hex + 1), NULL, &s->len, NULL);
	else
		(void)sodium_base642bin(s->at, sizeof(s->at), text,
		    strlen(text), NULL, &s->len, NULL, BASE64);
}

/* 17 digits: 9 of a hash, 8 of the number. */
static unsigned long long
digits_of(const struct graph *m, uint32_t no, uint64_t salt)
{
	uint64_t h = graph_hash(m, no, 1, salt) % 900000000 + 100000000;

	return h * 100000000 + no;
}

static bool
read_digits(
    const struct graph *m, const char *text, uint64_t salt, uint32_t *no)
{
	unsigned long long n = 0;

	if (strlen(text) != 17 || strspn(text, "0123456789") != 17)
		return false;
	for (; *text != '\0'; text++)
		n = n * 10 + (unsigned long long)(*text - '0');
	*no = (uint32_t)(n % 100000000);
	return *no < m->n && digits_of(m, *no, salt) == n;
}

/* Which of the forms that ids of threads and messages have had. */
enum graph_form { FORM_NEW, FORM_DOLLAR, FORM_TIMED, FORM_INSTAGRAM };

static enum graph_form
form_of(const struct graph *m, uint32_t thread)
{
	uint64_t h = graph_hash(m, thread, 0, 13) % 20;

	if (graph_instagram(m, thread))
		return FORM_INSTAGRAM;
	return h == 0 ? FORM_DOLLAR : h == 1 ? FORM_TIMED : FORM_NEW;
}

static void
put_form(const struct graph *m, uint32_t thread, int64_t at, const char *letter,
    const struct sealed *s, struct buf *to)
{
	switch (form_of(m, thread)) {
	case FORM_DOLLAR:
		buf_fmt(to, "%smid.$", letter);
		put_base64(s, to);
		break;
	case FORM_TIMED:
		buf_fmt(to, "%smid.%lld:", letter, (long long)at * 1000);
		put_hex(s, to);
		break;
	case FORM_INSTAGRAM:
		buf_str(to, "aWd");
		put_base64(s, to);
		break;
	default:
		buf_str(to, letter);
		put_base64(s, to);
		break;
	}
}

void
graph_put_thread_id(const struct graph *m, uint32_t thread, struct buf *to)
{
	struct sealed s = seal(m, thread, NULL, SALT_THREAD);

	if (form_of(m, thread) == FORM_NEW)
		buf_fmt(to, "t_%llu", digits_of(m, thread, SALT_THREAD));
	else
		put_form(
		    m, thread, m->threads[thread].first_updated, "t_", &s, to);
}

void
graph_put_message_id(
    const struct graph *m, uint32_t thread, uint32_t no, struct buf *to)
{
	struct sealed s = seal(m, thread, &no, SALT_MESSAGE);

	put_form(m, thread, graph_message_time(m, thread, no), "m_", &s, to);
}

/* What is behind the form's letters. */
static const char *
behind(const char *id, const char *letter)
{
	if (strncmp(id, "aWd", 3) == 0)
		return id + 3;
	if (strncmp(id, letter, 2) != 0)
		return "";
	id += 2;
	return strncmp(id, "mid.$", 5) == 0 ? id + 5 : id;
}

/* An id is what is written for the thing, to the letter. */
static bool
same(struct buf *want, const char *id)
{
	bool is = strcmp(want->at, id) == 0;

	buf_release(want);
	return is;
}

bool
graph_thread_of(const struct graph *m, const char *id, uint32_t *thread)
{
	struct buf want = BUF_INIT;
	struct sealed s;

	read_sealed(behind(id, "t_"), &s);
	if (!(strncmp(id, "t_", 2) == 0 &&
		read_digits(m, id + 2, SALT_THREAD, thread)) &&
	    !unseal(m, &s, SALT_THREAD, thread, NULL))
		return false;
	graph_put_thread_id(m, *thread, &want);
	return same(&want, id);
}

bool
graph_message_of(
    const struct graph *m, const char *id, uint32_t *thread, uint32_t *no)
{
	struct buf want = BUF_INIT;
	struct sealed s;

	read_sealed(behind(id, "m_"), &s);
	if (!unseal(m, &s, SALT_MESSAGE, thread, no) ||
	    *no >= graph_messages(m, *thread))
		return false;
	graph_put_message_id(m, *thread, *no, &want);
	return same(&want, id);
}

void
graph_put_person_id(const struct graph *m, uint32_t thread, struct buf *to)
{
	buf_fmt(to, "%llu", digits_of(m, thread, SALT_PERSON));
}

bool
graph_person_of(const struct graph *m, const char *id, uint32_t *thread)
{
	return read_digits(m, id, SALT_PERSON, thread);
}

int
graph_page_of(const struct graph *m, const char *id)
{
	for (int i = 0; i < m->s.pages; i++)
		if (strcmp(m->pages[i].id, id) == 0)
			return i;
	return -1;
}

uint32_t
graph_third(const struct graph *m, uint32_t thread)
{
	uint64_t h = graph_hash(m, thread, 0, 50);

	return h % 25 == 3 && m->n > 1 ? (thread + 1) % m->n : NO_THREAD;
}
