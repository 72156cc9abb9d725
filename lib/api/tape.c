#include "api/tape.h"

#include <sys/queue.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "json/json.h"
#include "base/mem.h"

#define HEAD_MAX ((size_t)256 << 10) /* of a file: its first line */

struct exchange {
	STAILQ_ENTRY(exchange) next;
	char *file, *method, *path;
	bool played;
};

struct tape {
	char *dir, *source, *account;
	bool plays;
	unsigned kept;
	struct json *json;
	struct json_paths *paths;
	STAILQ_HEAD(, exchange) exchanges;
};

enum { SOURCE, ACCOUNT, METHOD, PATH, STATUS, MS, HEADERS, MEMBERS };
static const char *const members[MEMBERS] = {
    ".source", ".account", ".method", ".path", ".status", ".ms", ".headers"};

/* The whole file, with JSON_PADDING behind. */
static int
slurp(const struct tape *t, const char *file, struct buf *to, struct why *why)
{
	struct buf path = BUF_INIT;
	struct stat st;
	int fd, rc = -1;
	ssize_t n;

	buf_fmt(&path, "%s/%s", t->dir, file);
	fd = open(path.at, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		why_errno(why, EX_NOINPUT, "%s", path.at);
		goto out;
	}
	if ((size_t)st.st_size > HTTP_BODY_MAX + HEAD_MAX) {
		why_set(why, EX_DATAERR, "%s: too large", path.at);
		goto out;
	}
	buf_clear(to);
	buf_room(to, (size_t)st.st_size + JSON_PADDING);
	while (
	    (n = read(fd, to->at + to->len, (size_t)st.st_size - to->len)) > 0)
		to->len += (size_t)n;
	to->at[to->len] = '\0';
	rc = n == 0 ? 0 : why_errno(why, EX_IOERR, "%s", path.at);
out:
	if (fd != -1)
		close(fd);
	buf_release(&path);
	return rc;
}

/* The first line of `all` as members; *head is its length. */
static int
read_head(struct tape *t, const char *file, const struct buf *all,
    struct json_val *vals, size_t *head, struct why *why)
{
	const char *lf = memchr(all->at, '\n', all->len);

	if (lf == NULL || strncmp(all->at, "{\"@tape\":1,", 11) != 0)
		return why_set(why, EX_DATAERR,
		    "%s/%s: not an exchange of "
		    "HA_TAPE",
		    t->dir, file);
	*head = (size_t)(lf - all->at);
	if (json_pick(t->json, all->at, *head, t->paths, vals, true, why) == -1)
		return why_in(why, "%s/%s", t->dir, file);
	return 0;
}

static int
index_file(struct tape *t, const char *file, struct why *why)
{
	struct buf all = BUF_INIT, method = BUF_INIT, path = BUF_INIT,
		   source = BUF_INIT, account = BUF_INIT;
	struct json_val vals[MEMBERS];
	struct exchange *e;
	size_t head;
	int rc = -1;

	if (slurp(t, file, &all, why) == -1 ||
	    read_head(t, file, &all, vals, &head, why) == -1 ||
	    json_text(&vals[SOURCE], &source, why) == -1 ||
	    json_text(&vals[ACCOUNT], &account, why) == -1 ||
	    json_text(&vals[METHOD], &method, why) == -1 ||
	    json_text(&vals[PATH], &path, why) == -1)
		goto out;
	rc = 0;
	buf_str(&source, "");
	if (strcmp(source.at, t->source) != 0)
		goto out; /* of another API, in the same directory */
	e = mem_new(1, sizeof(*e));
	e->file = mem_str(file);
	e->method = buf_take(&method);
	e->path = buf_take(&path);
	if (t->account == NULL)
		t->account = buf_take(&account);
	STAILQ_INSERT_TAIL(&t->exchanges, e, next);
out:
	buf_release(&all);
	buf_release(&method);
	buf_release(&path);
	buf_release(&source);
	buf_release(&account);
	return rc;
}

static int
is_tape(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 5 && strcmp(d->d_name + len - 5, ".tape") == 0;
}

static int
index_all(struct tape *t, struct why *why)
{
	struct dirent **names;
	int n, rc = 0;

	if ((n = scandir(t->dir, &names, is_tape, alphasort)) == -1)
		return why_errno(why, EX_NOINPUT, "HA_REPLAY: %s", t->dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = index_file(t, names[i]->d_name, why);
		free(names[i]);
	}
	free(names);
	if (rc == 0 && STAILQ_EMPTY(&t->exchanges))
		rc = why_set(why, EX_NOINPUT,
		    "HA_REPLAY: %s holds no exchange with %s", t->dir,
		    t->source);
	return rc;
}

int
tape_open(struct tape **to, const char *source, struct why *why)
{
	const char *record = getenv("HA_TAPE"), *play = getenv("HA_REPLAY");
	struct tape *t;

	*to = NULL;
	if (record != NULL && *record == '\0')
		record = NULL;
	if (play != NULL && *play == '\0')
		play = NULL;
	if (record == NULL && play == NULL)
		return 0;
	if (record != NULL && play != NULL)
		return why_set(
		    why, EX_USAGE, "HA_TAPE and HA_REPLAY are both set");
	/* what is on a tape is guests' data: for the owner's eyes */
	if (record != NULL && mkdir(record, 0700) == -1 && errno != EEXIST)
		return why_errno(why, EX_CONFIG, "HA_TAPE: %s", record);
	t = mem_new(1, sizeof(*t));
	STAILQ_INIT(&t->exchanges);
	t->plays = play != NULL;
	t->dir = mem_str(t->plays ? play : record);
	t->source = mem_str(source);
	t->json = json_new();
	t->paths = json_paths_new(members, MEMBERS, why);
	if (t->paths == NULL || (t->plays && index_all(t, why) == -1)) {
		tape_close(t);
		return -1;
	}
	*to = t;
	return 0;
}

void
tape_close(struct tape *t)
{
	struct exchange *e;

	if (t == NULL)
		return;
	while ((e = STAILQ_FIRST(&t->exchanges)) != NULL) {
		STAILQ_REMOVE_HEAD(&t->exchanges, next);
		free(e->file);
		free(e->method);
		free(e->path);
		free(e);
	}
	json_paths_free(t->paths);
	json_free(t->json);
	free(t->dir);
	free(t->source);
	free(t->account);
	free(t);
}

bool
tape_plays(const struct tape *t)
{
	return t != NULL && t->plays;
}

const char *
tape_account(const struct tape *t)
{
	return t->account != NULL ? t->account : "";
}

static void
add_headers(struct buf *to, const struct http_answer *a)
{
	const char *line = a->headers.at, *lf;
	bool first = true;

	for (; line != NULL && *line != '\0'; line = lf + 1) {
		lf = strchr(line, '\n');
		if (strncmp(line, "set-cookie:", 11) == 0)
			continue;
		buf_str(to, first ? "" : ",");
		buf_json(to, line, (size_t)(lf - line));
		first = false;
	}
}

static int
write_file(struct tape *t, const struct buf *head, const struct buf *body,
    struct why *why)
{
	struct buf path = BUF_INIT, part = BUF_INIT;
	int64_t now = clock_wall_us();
	FILE *f = NULL;
	int fd, rc = -1;

	buf_fmt(&path, "%s/%016lld-%d-%06u.tape", t->dir, (long long)now,
	    (int)getpid(), ++t->kept);
	buf_fmt(&part, "%s.part", path.at);
	fd = open(part.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 || (f = fdopen(fd, "w")) == NULL)
		goto out;
	fwrite(head->at, 1, head->len, f);
	fwrite(body->at, 1, body->len, f);
	if (fflush(f) == 0 && !ferror(f) && rename(part.at, path.at) == 0)
		rc = 0;
out:
	if (rc == -1)
		why_errno(why, EX_IOERR, "HA_TAPE: %s", part.at);
	if (f != NULL)
		fclose(f);
	if (rc == -1)
		unlink(part.at);
	buf_release(&path);
	buf_release(&part);
	return rc;
}

int
tape_keep(struct tape *t, const char *account, const char *method,
    const char *path, const struct http_answer *a, const struct redact *hide,
    bool secret, struct why *why)
{
	struct buf head = BUF_INIT, body = BUF_INIT;
	int rc;

	buf_str(&head, "{\"@tape\":1,\"source\":");
	buf_json(&head, t->source, strlen(t->source));
	buf_str(&head, ",\"account\":");
	buf_json(&head, account, strlen(account));
	buf_fmt(&head, ",\"method\":\"%s\",\"path\":", method);
	buf_json(&head, path, strlen(path));
	buf_fmt(&head, ",\"status\":%ld,\"ms\":%" PRId64 ",\"headers\":[",
	    a->code, a->ms);
	add_headers(&head, a);
	buf_str(&head, "]}\n");
	redact_in(hide, &head);
	buf_add(&body, a->body.at, a->body.len);
	redact_in(hide, &body);
	if (secret)
		redact_strings(&body);
	rc = write_file(t, &head, &body, why);
	buf_release(&head);
	buf_wipe(&body);
	return rc;
}

static int
take_header(void *ctx, const struct json_val *val, struct why *why)
{
	struct buf *to = ctx;

	if (json_text(val, to, why) == -1)
		return -1;
	buf_chr(to, '\n');
	return 0;
}

static int
load(struct tape *t, const struct exchange *e, struct http_answer *a,
    struct why *why)
{
	struct json_val vals[MEMBERS] = {0};
	struct buf all = BUF_INIT;
	long long code = 0;
	size_t head;
	int rc = -1;

	memset(a, 0, sizeof(*a));
	if (slurp(t, e->file, &all, why) == -1 ||
	    read_head(t, e->file, &all, vals, &head, why) == -1)
		goto out;
	if (json_int(&vals[STATUS], 100, 999, &code) == -1 ||
	    vals[HEADERS].type != JSON_ARRAY) {
		why_set(why, EX_DATAERR, "%s/%s: no status or headers", t->dir,
		    e->file);
		goto out;
	}
	rc = json_elements(&vals[HEADERS], take_header, &a->headers, why);
	a->end = HTTP_DONE;
	a->code = (long)code;
	a->framed = true;
	buf_add(&a->body, all.at + head + 1, all.len - head - 1);
	buf_room(&a->body, JSON_PADDING);
out:
	buf_release(&all);
	return rc;
}

int
tape_play(struct tape *t, const char *method, const char *path,
    struct http_answer *a, struct why *why)
{
	struct exchange *e;
	unsigned times = 0;

	STAILQ_FOREACH(e, &t->exchanges, next)
	{
		if (strcmp(e->method, method) != 0 ||
		    strcmp(e->path, path) != 0)
			continue;
		times++;
		if (e->played)
			continue;
		e->played = true;
		return load(t, e, a, why);
	}
	if (times > 0)
		return why_set(why, EX_NOINPUT,
		    "HA_REPLAY: only %u of it in %s", times, t->dir);
	return why_set(why, EX_NOINPUT, "HA_REPLAY: not in %s", t->dir);
}
