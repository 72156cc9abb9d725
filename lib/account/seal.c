#include "account/seal.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/mem.h"

#define KEY_LEN crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define ID_LEN 16 /* crypto_generichash_BYTES_MIN */

/* A sealed value: magic, id of the key, nonce, cipher text with its tag. */
#define MAGIC "HA1"
#define MAGIC_LEN 3
#define HEAD_LEN (MAGIC_LEN + ID_LEN + NONCE_LEN)

#define FILE_HEAD "ha-key-1 "
#define FILE_LEN (sizeof(FILE_HEAD) - 1 + 2 * KEY_LEN + 1)

struct seal {
	unsigned char key[KEY_LEN];
	unsigned char id[ID_LEN];
	char *path; /* of the key file, for messages */
};

static int
start(struct why *why)
{
	if (sodium_init() == -1)
		return why_set(why, EX_OSERR, "libsodium does not start");
	return 0;
}

int
seal_key_path(struct buf *path, struct why *why)
{
	const char *p;

	buf_clear(path);
	if ((p = getenv("HA_KEY_FILE")) != NULL && *p != '\0') {
		buf_str(path, p);
	} else if ((p = getenv("XDG_CONFIG_HOME")) != NULL && *p == '/') {
		buf_fmt(path, "%s/ha-tools/key", p);
	} else if ((p = getenv("HOME")) != NULL && *p == '/') {
		buf_fmt(path, "%s/.config/ha-tools/key", p);
	} else {
		return why_set(why, EX_CONFIG,
		    "neither HA_KEY_FILE nor HOME says where the key file is");
	}
	return 0;
}

/* Opens the key file and refuses one that others can read or replace. */
static int
open_private(const char *path, struct why *why)
{
	struct stat st;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1) {
		if (errno == ENOENT)
			return why_set(why, EX_CONFIG,
			    "key file %s is not"
			    " there (`ha-account keygen` makes a new one)",
			    path);
		return why_errno(why, EX_CONFIG, "key file %s", path);
	}
	if (fstat(fd, &st) == -1) {
		why_errno(why, EX_CONFIG, "key file %s", path);
	} else if (!S_ISREG(st.st_mode)) {
		why_set(why, EX_CONFIG, "key file %s is not a file", path);
	} else if (st.st_uid != geteuid() && st.st_uid != 0) {
		why_set(why, EX_CONFIG,
		    "key file %s belongs to user %lu,"
		    " not to us",
		    path, (unsigned long)st.st_uid);
	} else if ((st.st_mode & 077) != 0) {
		why_set(why, EX_CONFIG,
		    "key file %s can be read by others"
		    " (`chmod 600` it)",
		    path);
	} else {
		return fd;
	}
	close(fd);
	return -1;
}

static int
parse_key(struct seal *s, const char *text, size_t len, struct why *why)
{
	const size_t head = sizeof(FILE_HEAD) - 1;
	size_t got = 0;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len != head + 2 * KEY_LEN || memcmp(text, FILE_HEAD, head) != 0 ||
	    sodium_hex2bin(s->key, KEY_LEN, text + head, 2 * KEY_LEN, NULL,
		&got, NULL) == -1 ||
	    got != KEY_LEN)
		return why_set(why, EX_CONFIG,
		    "key file %s is not a key file of ha-tools", s->path);
	crypto_generichash(s->id, ID_LEN, s->key, KEY_LEN,
	    (const unsigned char *)"ha-tools key id", 15);
	return 0;
}

struct seal *
seal_open(struct why *why)
{
	struct buf path = BUF_INIT;
	struct seal *s = NULL;
	char text[FILE_LEN + 1];
	ssize_t got;
	int fd = -1, rc = -1;

	if (start(why) == -1 || seal_key_path(&path, why) == -1)
		goto out;
	s = mem_new(1, sizeof(*s));
	s->path = buf_take(&path);
	if ((fd = open_private(s->path, why)) == -1)
		goto out;
	if ((got = read(fd, text, sizeof(text))) == -1) {
		why_errno(why, EX_CONFIG, "key file %s", s->path);
		goto out;
	}
	rc = parse_key(s, text, (size_t)got, why);
out:
	sodium_memzero(text, sizeof(text));
	if (fd != -1)
		close(fd);
	buf_release(&path);
	if (rc == -1) {
		seal_close(s);
		s = NULL;
	}
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

int
seal_put(const struct seal *s, const struct seal_place *place, const char *text,
    size_t len, struct buf *to, struct why *why)
{
	struct buf where = BUF_INIT;
	unsigned char *at;
	unsigned long long n;

	if (start(why) == -1)
		return -1;
	place_text(place, &where);
	at = (unsigned char *)buf_room(to, HEAD_LEN + len + TAG_LEN);
	memcpy(at, MAGIC, MAGIC_LEN);
	memcpy(at + MAGIC_LEN, s->id, ID_LEN);
	randombytes_buf(at + MAGIC_LEN + ID_LEN, NONCE_LEN);
	crypto_aead_xchacha20poly1305_ietf_encrypt(at + HEAD_LEN, &n,
	    (const unsigned char *)text, len, (unsigned char *)where.at,
	    where.len, NULL, at + MAGIC_LEN + ID_LEN, s->key);
	to->len += HEAD_LEN + (size_t)n;
	to->at[to->len] = '\0';
	buf_release(&where);
	return 0;
}

int
seal_get(const struct seal *s, const struct seal_place *place,
    const char *sealed, size_t len, struct buf *to, struct why *why)
{
	const unsigned char *p = (const unsigned char *)sealed;
	struct buf where = BUF_INIT;
	unsigned long long n = 0;
	char *at;
	int rc;

	if (start(why) == -1)
		return -1;
	if (len < HEAD_LEN + TAG_LEN || memcmp(p, MAGIC, MAGIC_LEN) != 0)
		return why_set(why, EX_CONFIG,
		    "the sealed %s of %s account"
		    " %s is damaged; give it again",
		    place->field, place->source, place->account);
	if (sodium_memcmp(p + MAGIC_LEN, s->id, ID_LEN) != 0)
		return why_set(why, EX_CONFIG,
		    "key file %s is not the one"
		    " that sealed the %s of %s account %s",
		    s->path, place->field, place->source, place->account);
	place_text(place, &where);
	at = buf_room(to, len);
	rc = crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)at, &n,
	    NULL, p + HEAD_LEN, len - HEAD_LEN, (unsigned char *)where.at,
	    where.len, p + MAGIC_LEN + ID_LEN, s->key);
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

/* Makes the missing directories above path, for us alone. */
static int
make_dirs(char *path, struct why *why)
{
	char *p;

	for (p = path + 1; (p = strchr(p, '/')) != NULL; p++) {
		int rc;

		*p = '\0';
		rc = mkdir(path, 0700);
		if (rc == -1 && errno != EEXIST) {
			why_errno(why, EX_CONFIG, "%s", path);
			*p = '/';
			return -1;
		}
		*p = '/';
	}
	return 0;
}

/* A new key in the file fd, on the disk before we say so. */
static int
write_key(int fd, struct why *why)
{
	unsigned char key[KEY_LEN];
	char text[FILE_LEN + 1];
	size_t head = sizeof(FILE_HEAD) - 1;
	int rc = 0;

	randombytes_buf(key, sizeof(key));
	memcpy(text, FILE_HEAD, head);
	sodium_bin2hex(text + head, sizeof(text) - head, key, sizeof(key));
	text[FILE_LEN - 1] = '\n';
	if (write(fd, text, FILE_LEN) != (ssize_t)FILE_LEN || fsync(fd) == -1)
		rc = why_errno(why, EX_IOERR, "key file");
	sodium_memzero(key, sizeof(key));
	sodium_memzero(text, sizeof(text));
	return rc;
}

int
seal_keygen(struct why *why)
{
	struct buf path = BUF_INIT, part = BUF_INIT;
	int fd = -1, rc = -1;

	if (start(why) == -1 || seal_key_path(&path, why) == -1 ||
	    make_dirs(path.at, why) == -1)
		goto out;
	buf_fmt(&part, "%s.XXXXXX", path.at);
	if ((fd = mkostemp(part.at, O_CLOEXEC)) == -1) { /* mode 0600 */
		why_errno(why, EX_CONFIG, "%s", part.at);
		goto out;
	}
	/* link, unlike rename, never replaces a key that is there */
	if (write_key(fd, why) == 0) {
		if ((rc = link(part.at, path.at)) == -1 && errno == EEXIST)
			why_set(why, EX_CONFIG,
			    "key file %s exists and is"
			    " left alone: without it no stored secret can"
			    " be opened",
			    path.at);
		else if (rc == -1)
			why_errno(why, EX_CONFIG, "key file %s", path.at);
	}
	unlink(part.at);
out:
	if (fd != -1)
		close(fd);
	buf_release(&part);
	buf_release(&path);
	return rc;
}
