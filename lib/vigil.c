#include "vigil.h"

#include <sys/file.h>

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "buf.h"
#include "shared.h"

struct vigil {
	int fd;
};

/* Which database this is: fences of two databases may be equal. */
static int
database(struct db *db, struct buf *to, struct why *why)
{
	struct rows *rows = db_query(db, why,
	    "SELECT current_database() || ' ' || (SELECT oid FROM pg_database"
	    " WHERE datname = current_database()) || ' ' ||"
	    " (SELECT min(applied_at) FROM ha.schemas)",
	    0, NULL);
	const char *text;

	if (rows == NULL)
		return -1;
	if ((text = rows_text(rows, 0, 0)) != NULL)
		buf_str(to, text);
	rows_free(rows);
	return 0;
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

struct vigil *
vigil_begin(struct db *db, const char *name, int64_t fence, struct why *why)
{
	char text[32];
	struct vigil *v;
	int fd = open_file(db, name, why);
	int n = snprintf(text, sizeof(text), "%20" PRId64 "\n", fence);

	if (fd == -1)
		return NULL;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 ||
	    pwrite(fd, text, (size_t)n, 0) != n) {
		why_errno(why, EX_IOERR, "the vigil of lease %s", name);
		close(fd);
		return NULL;
	}
	if ((v = calloc(1, sizeof(*v))) == NULL)
		err(EX_OSERR, NULL);
	v->fd = fd;
	return v;
}

void
vigil_end(struct vigil *v)
{
	if (v == NULL)
		return;
	close(v->fd);
	free(v);
}

int
vigil_broken(struct db *db, const char *name, int64_t *fence, struct why *why)
{
	char text[32] = "", *end;
	int fd = open_file(db, name, why);
	ssize_t n = 0;

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		n = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	if (n <= 0)
		return 0;
	*fence = strtoll(text, &end, 10);
	return end != text && *end == '\n';
}
