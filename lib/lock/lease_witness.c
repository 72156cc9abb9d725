#include "lock/lease_witness.h"

#include <sys/file.h>

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/buf.h"
#include "lock/lease.h"
#include "base/mem.h"
#include "base/shared.h"

#define LOCK_TRIES 10

struct witness {
	int fd;
};

/* Which database this is: fences of two databases may be equal. */
static int
database(struct db *db, struct buf *to, struct why *why)
{
	return db_value(db, why,
	    "SELECT current_database() || ' ' || (SELECT oid FROM pg_database"
	    " WHERE datname = current_database()) || ' ' ||"
	    " (SELECT min(applied_at) FROM ha.schemas)",
	    0, NULL, to);
}

/* The file, open; -1 with *why. */
static int
open_file(struct db *db, const char *name, struct why *why)
{
	struct buf id = BUF_INIT, path = BUF_INIT;
	int fd = -1;

	if (database(db, &id, why) == -1 || shared_dir(&path, why) == -1)
		goto out;
	buf_chr(&id, '\n');
	buf_str(&id, name);
	buf_fmt(&path, "/lease-%016" PRIx64, XXH3_64bits(id.at, id.len));
	fd = open(path.at, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		why_errno(why, EX_CONFIG, "%s", path.at);
out:
	buf_release(&id);
	buf_release(&path);
	return fd;
}

/* Waits a moment: who only looks whether a holder died is soon done. */
static int
lock_file(int fd)
{
	const struct timespec pause = {.tv_nsec = 10000000};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		nanosleep(&pause, NULL);
	}
	return -1;
}

/* "FENCE holder", padded: the fence is 0 until it is known. */
static int
write_text(int fd, int64_t fence, const char *holder)
{
	struct buf text = BUF_INIT;
	int rc;

	buf_fmt(&text, "%20" PRId64 " %s\n", fence, holder);
	rc = ftruncate(fd, 0) == 0 &&
		     pwrite(fd, text.at, text.len, 0) == (ssize_t)text.len
		 ? 0
		 : -1;
	buf_release(&text);
	return rc;
}

/* Gives back the lease of the one that the file, now locked, speaks of. */
static int
inherit(int fd, struct db *db, const char *name, struct why *why)
{
	char text[400] = "", *holder;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	int64_t fence = strtoll(text, &holder, 10);

	if (n <= 0 || *holder != ' ' || text[n - 1] != '\n')
		return 0;
	text[n - 1] = '\0';
	if (fence != 0)
		return lease_drop(db, name, fence, why);
	return lease_drop_of(db, name, holder + 1, why);
}

struct witness *
witness_begin(
    struct db *db, const char *name, const char *holder, struct why *why)
{
	struct witness *v;
	int fd = open_file(db, name, why);

	if (fd == -1)
		return NULL;
	if (lock_file(fd) == -1 || inherit(fd, db, name, why) == -1 ||
	    write_text(fd, 0, holder) == -1) {
		why_errno(why, EX_IOERR, "the vigil of lease %s", name);
		close(fd);
		return NULL;
	}
	v = mem_new(1, sizeof(*v));
	v->fd = fd;
	return v;
}

void
witness_fence(struct witness *v, int64_t fence)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%20" PRId64, fence);

	/* In place: a file that is cut between the two says nothing. */
	if (v != NULL && pwrite(v->fd, text, (size_t)n, 0) != n)
		return; /* the holder's text will do */
}

void
witness_end(struct witness *v, bool over)
{
	if (v == NULL)
		return;
	if (over && ftruncate(v->fd, 0) == -1)
		warn("a lease's file"); /* it names a lease that is gone */
	close(v->fd);
	free(v);
}
