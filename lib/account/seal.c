#include "account/seal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "account/key_file.h"
#include "base/mem.h"

#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES

/* A sealed value: magic, id of the key, nonce, cipher text with its tag. */
#define MAGIC "HA1"
#define MAGIC_LEN 3
#define HEAD_LEN (MAGIC_LEN + KEY_ID_LEN + NONCE_LEN)

struct seal {
	struct key key;
	char *path; /* of the key file */
};

struct seal *
seal_open(struct why *why)
{
	struct buf path = BUF_INIT;
	struct seal *s = NULL;

	if (key_file_start(why) == -1 || key_file_path(&path, why) == -1)
		goto out;
	s = mem_new(1, sizeof(*s));
	s->path = buf_take(&path);
	if (key_file_read(s->path, &s->key, why) == -1) {
		seal_close(s);
		s = NULL;
	}
out:
	buf_release(&path);
	return s;
}

void
seal_close(struct seal *s)
{
	if (s == NULL)
		return;
	free(s->path);
	sodium_memzero(s, sizeof(*s));
	free(s);
}

/* What is authenticated beside the text; NULs keep the parts apart. */
static void
place_text(const struct seal_place *place, struct buf *to)
{
	buf_add(to, place->source, strlen(place->source) + 1);
	buf_add(to, place->account, strlen(place->account) + 1);
	buf_add(to, place->field, strlen(place->field) + 1);
	if (place->origin != NULL)
		buf_add(to, place->origin, strlen(place->origin) + 1);
}

void
seal_put(const struct seal *s, const struct seal_place *place, const char *text,
    size_t len, struct buf *to)
{
	struct buf where = BUF_INIT;
	unsigned char *at;
	unsigned long long n;

	place_text(place, &where);
	at = (unsigned char *)buf_room(to, HEAD_LEN + len + TAG_LEN);
	memcpy(at, MAGIC, MAGIC_LEN);
	memcpy(at + MAGIC_LEN, s->key.id, KEY_ID_LEN);
	randombytes_buf(at + MAGIC_LEN + KEY_ID_LEN, NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(at + HEAD_LEN, &n,
	    (const unsigned char *)text, len, (unsigned char *)where.at,
	    where.len, NULL, at + MAGIC_LEN + KEY_ID_LEN, s->key.key);
	to->len += HEAD_LEN + (size_t)n;
	to->at[to->len] = '\0';
	buf_release(&where);
}

bool
seal_is_ours(const struct seal *s, const char *sealed, size_t len)
{
	return len > HEAD_LEN &&
	       memcmp(sealed + MAGIC_LEN, s->key.id, KEY_ID_LEN) == 0;
}

/* The key that a value names: that of the key file, or one that is kept. */
static int
find_key(const struct seal *s, const struct seal_place *place,
    const char *sealed, size_t len, struct key *key, struct why *why)
{
	const unsigned char *id = (const unsigned char *)sealed + MAGIC_LEN;
	struct buf kept = BUF_INIT;
	int rc = 0;

	*key = s->key;
	if (seal_is_ours(s, sealed, len))
		return 0;
	key_file_kept(s->path, id, &kept);
	if (access(kept.at, F_OK) == 0)
		rc = key_file_read(kept.at, key, why);
	if (rc == 0 && memcmp(key->id, id, KEY_ID_LEN) != 0)
		rc = why_set(why, EX_CONFIG,
		    "key file %s is not the one"
		    " that sealed the %s of %s account %s",
		    s->path, place->field, place->source, place->account);
	buf_release(&kept);
	return rc;
}

int
seal_get(const struct seal *s, const struct seal_place *place,
    const char *sealed, size_t len, struct buf *to, struct why *why)
{
	const unsigned char *p = (const unsigned char *)sealed;
	struct buf where = BUF_INIT;
	unsigned long long n = 0;
	struct key key;
	char *at;
	int rc;

	if (len < HEAD_LEN + TAG_LEN || memcmp(p, MAGIC, MAGIC_LEN) != 0)
		return why_set(why, EX_CONFIG,
		    "the sealed %s of %s account"
		    " %s is damaged; give it again",
		    place->field, place->source, place->account);
	if (find_key(s, place, sealed, len, &key, why) == -1)
		return -1;
	place_text(place, &where);
	at = buf_room(to, len);
	rc = crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)at, &n,
	    NULL, p + HEAD_LEN, len - HEAD_LEN, (unsigned char *)where.at,
	    where.len, p + MAGIC_LEN + KEY_ID_LEN, key.key);
	sodium_memzero(&key, sizeof(key));
	buf_release(&where);
	if (rc == -1)
		return why_set(why, EX_CONFIG,
		    "the sealed %s of %s account %s is damaged, was moved, or "
		    "is for another base URL; give it again%s%s",
		    place->field, place->source, place->account,
		    place->origin != NULL ? ", or say the base URL once more: "
					    "ha-account update --base-url "
					  : "",
		    place->origin != NULL ? place->origin : "");
	to->len += (size_t)n;
	to->at[to->len] = '\0';
	return 0;
}
