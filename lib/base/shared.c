#include "base/shared.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/clock.h"
#include "base/mem.h"

#define MAGIC "ha-share"
#define LOCK_WAIT_US 5000000
#define SIZE_MAX_FILE ((size_t)16 << 20)

struct head { /* the first bytes of the file */
	char magic[8];
	uint64_t boot; /* times of another boot mean nothing */
	uint64_t spare[2];
};

struct shared {
	char *path;
	int fd;
	size_t need; /* bytes of content asked for */
	size_t size; /* bytes of content in the file */
	char *at;
	bool locked;
};

static int64_t skipped_us;

void
shared_skip(int64_t us)
{
	skipped_us += us;
}

int64_t
shared_now(void)
{
	return clock_us() + skipped_us;
}

/* Which boot this is; 0 where the kernel does not say. */
static uint64_t
boot(void)
{
	static uint64_t id;
	static bool known;
	char text[64];
	ssize_t n;
	int fd;

	if (known)
		return id;
	known = true;
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	if ((n = read(fd, text, sizeof(text))) > 0)
		id = XXH3_64bits(text, (size_t)n);
	close(fd);
	return id;
}

/* Our own directory, or one that the user chose and that is not a trap. */
static int
dir_check(const char *dir, bool chosen, struct why *why)
{
	struct stat st;

	if (mkdir(dir, 0700) == -1 && errno != EEXIST)
		return why_errno(why, EX_CONFIG, "%s", dir);
	if ((chosen ? stat(dir, &st) : lstat(dir, &st)) == -1)
		return why_errno(why, EX_CONFIG, "%s", dir);
	if (!S_ISDIR(st.st_mode))
		return why_set(why, EX_CONFIG, "%s: not a directory", dir);
	if (!chosen && (st.st_uid != geteuid() || (st.st_mode & 022) != 0))
		return why_set(why, EX_CONFIG,
		    "%s: belongs to or is open to others; set HA_STATE_DIR",
		    dir);
	return 0;
}

int
shared_dir(struct buf *dir, struct why *why)
{
	const char *chosen = getenv("HA_STATE_DIR");
	const char *run = getenv("XDG_RUNTIME_DIR");
	unsigned uid = (unsigned)geteuid();
	struct stat st;

	buf_clear(dir);
	if (chosen != NULL && *chosen != '\0') {
		buf_str(dir, chosen);
		return dir_check(dir->at, true, why);
	}
	/* cron has no XDG_RUNTIME_DIR, but must meet the same limiter */
	if (run != NULL && *run == '/')
		buf_str(dir, run);
	else
		buf_fmt(dir, "/run/user/%u", uid);
	if (stat(dir->at, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == geteuid()) {
		buf_str(dir, "/ha-tools");
		return dir_check(dir->at, false, why);
	}
	buf_clear(dir);
	buf_fmt(dir, "/tmp/ha-tools-%u", uid);
	return dir_check(dir->at, false, why);
}

static int
file_open(struct shared *s, struct why *why)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->fd == -1)
		return why_errno(why, EX_CONFIG, "%s", s->path);
	return 0;
}

struct shared *
shared_open(const char *name, size_t size, struct why *why)
{
	struct buf path = BUF_INIT;
	struct shared *s;
	size_t from;

	if (shared_dir(&path, why) == -1) {
		buf_release(&path);
		return NULL;
	}
	buf_chr(&path, '/');
	from = path.len;
	buf_str(&path, name);
	for (size_t i = from; i < path.len; i++) {
		unsigned char c = (unsigned char)path.at[i];

		if (c <= ' ' || c == '/' || c >= 0x7f ||
		    (c == '.' && i == from))
			path.at[i] = '_';
	}
	s = mem_new(1, sizeof(*s));
	s->fd = -1;
	s->need = size;
	s->path = buf_take(&path);
	if (file_open(s, why) == -1) {
		shared_close(s);
		return NULL;
	}
	return s;
}

void
shared_close(struct shared *s)
{
	if (s == NULL)
		return;
	if (s->fd != -1)
		close(s->fd);
	free(s->path);
	free(s->at);
	free(s);
}

/* Waits for the lock, but not for ever: its holder may be stopped. */
static int
take(struct shared *s, struct why *why)
{
	const struct timespec pause = {0, 100000};
	int64_t until = 0;

	while (flock(s->fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return why_errno(why, EX_CONFIG, "%s", s->path);
		if (until == 0)
			until = shared_now() + LOCK_WAIT_US;
		else if (shared_now() > until)
			return why_set(why, EX_TEMPFAIL,
			    "%s: locked by another process for %d seconds",
			    s->path, LOCK_WAIT_US / 1000000);
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* Locks the file that has the name now: tmp cleaners unlink old ones. */
static int
take_named(struct shared *s, struct why *why)
{
	struct stat st;

	for (int tries = 0; tries < 10; tries++) {
		if (take(s, why) == -1)
			return -1;
		if (fstat(s->fd, &st) == -1)
			return why_errno(why, EX_IOERR, "%s", s->path);
		if (st.st_nlink > 0)
			return 0;
		if (file_open(s, why) == -1)
			return -1;
	}
	return why_set(
	    why, EX_TEMPFAIL, "%s: vanishes again and again", s->path);
}

/* Writes a file of zeros with our head; its blocks exist from then on. */
static int
start_anew(struct shared *s, struct why *why)
{
	struct head *h = (struct head *)s->at;
	size_t all = sizeof(*h) + s->need;
	int rc;

	memset(s->at, 0, all);
	memcpy(h->magic, MAGIC, sizeof(h->magic));
	h->boot = boot();
	s->size = s->need;
	if (ftruncate(s->fd, 0) == -1)
		return why_errno(why, EX_IOERR, "%s", s->path);
	if ((rc = posix_fallocate(s->fd, 0, (off_t)all)) != 0) {
		errno = rc;
		return why_errno(why, EX_IOERR, "%s", s->path);
	}
	return pwrite(s->fd, s->at, all, 0) == (ssize_t)all
		   ? 0
		   : why_errno(why, EX_IOERR, "%s", s->path);
}

static int
read_file(struct shared *s, struct why *why)
{
	struct head *h;
	struct stat st;
	size_t all;
	ssize_t n;

	if (fstat(s->fd, &st) == -1)
		return why_errno(why, EX_IOERR, "%s", s->path);
	all = (size_t)st.st_size;
	if (all < sizeof(*h) || all > SIZE_MAX_FILE)
		all = sizeof(*h);
	s->size = all - sizeof(*h);
	if (s->size < s->need)
		all = sizeof(*h) + s->need;
	s->at = mem_grow(s->at, all, 1);
	h = (struct head *)s->at;
	memset(s->at, 0, all);
	if ((n = pread(s->fd, s->at, sizeof(*h) + s->size, 0)) == -1)
		return why_errno(why, EX_IOERR, "%s", s->path);
	if ((size_t)n != sizeof(*h) + s->size ||
	    memcmp(h->magic, MAGIC, sizeof(h->magic)) != 0 || h->boot != boot())
		return start_anew(s, why);
	if (s->size < s->need) { /* grows, and keeps what it holds */
		s->size = s->need;
		if (pwrite(s->fd, s->at, all, 0) != (ssize_t)all)
			return why_errno(why, EX_IOERR, "%s", s->path);
	}
	return 0;
}

void *
shared_lock(struct shared *s, struct why *why)
{
	if (take_named(s, why) == -1)
		return NULL;
	s->locked = true;
	if (read_file(s, why) == -1) {
		shared_unlock(s);
		return NULL;
	}
	return s->at + sizeof(struct head);
}

size_t
shared_size(const struct shared *s)
{
	return s->size;
}

int
shared_write(struct shared *s, size_t offset, size_t len, struct why *why)
{
	size_t at = sizeof(struct head) + offset;

	if (pwrite(s->fd, s->at + at, len, (off_t)at) != (ssize_t)len)
		return why_errno(why, EX_IOERR, "%s", s->path);
	return 0;
}

void
shared_unlock(struct shared *s)
{
	if (s->locked)
		flock(s->fd, LOCK_UN);
	s->locked = false;
}
