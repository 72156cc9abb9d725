#include "account/key_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/mem.h"

#define FILE_HEAD "ha-key-1 "
#define HEAD_LEN (sizeof(FILE_HEAD) - 1)
#define FILE_LEN (HEAD_LEN + 2 * KEY_LEN + 1)

int
key_file_start(struct why *why)
{
	if (sodium_init() == -1)
		return why_set(why, EX_OSERR, "libsodium does not start");
	return 0;
}

int
key_file_path(struct buf *path, struct why *why)
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
parse(const char *path, const char *text, size_t len, struct key *key,
    struct why *why)
{
	size_t got = 0;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len != HEAD_LEN + 2 * KEY_LEN ||
	    memcmp(text, FILE_HEAD, HEAD_LEN) != 0 ||
	    sodium_hex2bin(key->key, KEY_LEN, text + HEAD_LEN, 2 * KEY_LEN,
		NULL, &got, NULL) == -1 ||
	    got != KEY_LEN)
		return why_set(why, EX_CONFIG,
		    "key file %s is not a key file of ha-tools", path);
	crypto_generichash(key->id, KEY_ID_LEN, key->key, KEY_LEN,
	    (const unsigned char *)"ha-tools key id", 15);
	return 0;
}

int
key_file_read(const char *path, struct key *key, struct why *why)
{
	char text[FILE_LEN + 1];
	ssize_t got;
	int fd, rc;

	if ((fd = open_private(path, why)) == -1)
		return -1;
	if ((got = read(fd, text, sizeof(text))) == -1)
		rc = why_errno(why, EX_CONFIG, "key file %s", path);
	else
		rc = parse(path, text, (size_t)got, key, why);
	sodium_memzero(text, sizeof(text));
	close(fd);
	return rc;
}

void
key_file_kept(const char *path, const unsigned char *id, struct buf *to)
{
	char hex[2 * KEY_ID_LEN + 1], real[PATH_MAX];

	sodium_bin2hex(hex, sizeof(hex), id, KEY_ID_LEN);
	buf_clear(to);
	buf_fmt(
	    to, "%s.%.16s", realpath(path, real) != NULL ? real : path, hex);
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

/* So that a name outlives a power cut as its file does. */
static int
sync_dir(const char *path, struct why *why)
{
	char *copy = mem_str(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if ((rc = fd == -1 ? -1 : fsync(fd)) == -1)
		why_errno(why, EX_IOERR, "directory of %s", path);
	if (fd != -1)
		close(fd);
	free(copy);
	return rc;
}

/* A new key in a file beside path, on the disk, whose name is in *part. */
static int
write_part(const char *path, struct buf *part, struct why *why)
{
	unsigned char key[KEY_LEN];
	char text[FILE_LEN + 1];
	int fd, rc = 0;

	buf_fmt(part, "%s.XXXXXX", path);
	if ((fd = mkostemp(part->at, O_CLOEXEC)) == -1) /* mode 0600 */
		return why_errno(why, EX_CONFIG, "%s", part->at);
	randombytes_buf(key, sizeof(key));
	memcpy(text, FILE_HEAD, HEAD_LEN);
	sodium_bin2hex(
	    text + HEAD_LEN, sizeof(text) - HEAD_LEN, key, sizeof(key));
	text[FILE_LEN - 1] = '\n';
	if (write(fd, text, FILE_LEN) != (ssize_t)FILE_LEN || fsync(fd) == -1) {
		rc = why_errno(why, EX_IOERR, "key file");
		unlink(part->at);
	}
	close(fd);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(text, sizeof(text));
	return rc;
}

int
key_file_make(struct why *why)
{
	struct buf path = BUF_INIT, part = BUF_INIT;
	int rc = -1;

	if (key_file_start(why) == -1 || key_file_path(&path, why) == -1 ||
	    make_dirs(path.at, why) == -1 ||
	    write_part(path.at, &part, why) == -1)
		goto out;
	/* link, unlike rename, never replaces a key that is there */
	if ((rc = link(part.at, path.at)) == -1 && errno == EEXIST)
		why_set(why, EX_CONFIG,
		    "key file %s exists and is"
		    " left alone: without it no stored secret can"
		    " be opened",
		    path.at);
	else if (rc == -1)
		why_errno(why, EX_CONFIG, "key file %s", path.at);
	else
		rc = sync_dir(path.at, why);
	unlink(part.at);
out:
	buf_release(&part);
	buf_release(&path);
	return rc;
}

int
key_file_lock(struct buf *path, struct why *why)
{
	char real[PATH_MAX];
	int fd;

	if (key_file_path(path, why) == -1)
		return -1;
	if (realpath(path->at, real) == NULL)
		return open_private(path->at, why) == -1
			   ? -1
			   : why_errno(why, EX_CONFIG, "key file %s", path->at);
	buf_clear(path);
	buf_str(path, real);
	if ((fd = open(dirname(real), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
	    -1)
		return why_errno(why, EX_CONFIG, "key file %s", path->at);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return why_set(why, EX_TEMPFAIL,
	    "key file %s: another process is changing it", path->at);
}

int
key_file_renew(const char *path, struct why *why)
{
	struct buf kept = BUF_INIT, part = BUF_INIT;
	struct key now, old;
	int rc = -1;

	if (key_file_read(path, &now, why) == -1)
		goto out;
	key_file_kept(path, now.id, &kept);
	if (link(path, kept.at) == -1 && errno != EEXIST) {
		why_errno(why, EX_CONFIG, "%s", kept.at);
		goto out;
	}
	if (key_file_read(kept.at, &old, why) == -1)
		goto out;
	if (sodium_memcmp(old.key, now.key, KEY_LEN) != 0) {
		why_set(why, EX_CONFIG, "%s holds another key than %s", kept.at,
		    path);
		goto out;
	}
	if (sync_dir(path, why) == -1 || write_part(path, &part, why) == -1)
		goto out;
	if ((rc = rename(part.at, path)) == -1) {
		why_errno(why, EX_CONFIG, "key file %s", path);
		unlink(part.at);
	} else
		rc = sync_dir(path, why);
out:
	sodium_memzero(&now, sizeof(now));
	sodium_memzero(&old, sizeof(old));
	buf_release(&kept);
	buf_release(&part);
	return rc;
}
