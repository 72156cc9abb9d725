#include "stream/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

/*
 * The way out: a descriptor that was handed down ("fd:N"), or a path. Not
 * blocking: whoever reads may rest or be gone, which is no affair of ours.
 */
static int
open_way(const char *to)
{
	int fd = 0;

	if (strncmp(to, "fd:", 3) != 0)
		return open(to,
		    O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC,
		    0600);
	for (to += 3; *to >= '0' && *to <= '9' && fd < 65536; to++)
		fd = fd * 10 + (*to - '0');
	return *to == '\0' && fcntl(fd, F_GETFD) != -1 ? fd : -1;
}

/* The numbers of a line, in its order. */
static const struct member {
	const char *name;
	size_t at;
	bool always; /* also when it is 0 */
} members[] = {
#define MEMBER(name, always)                                                   \
	{                                                                      \
#name, offsetof(struct progress, name), always                 \
	}
    MEMBER(records, true),
    MEMBER(total, false),
    MEMBER(calls, true),
    MEMBER(retries, true),
    MEMBER(waited_ms, true),
    MEMBER(again_ms, false),
    MEMBER(inserted, false),
    MEMBER(updated, false),
    MEMBER(unchanged, false),
    MEMBER(stale, false),
    MEMBER(parked, false),
    MEMBER(rejected, false),
#undef MEMBER
};

#define N_MEMBERS (sizeof(members) / sizeof(members[0]))

static uint64_t *
number(const struct progress *p, const struct member *m)
{
	return (uint64_t *)((uintptr_t)p + m->at);
}

/* So much of a text that the whole stays below PIPE_BUF. */
static void
add_text(struct buf *to, const char *name, const char *is)
{
	char shown[200];

	buf_fmt(to, ",\"%s\":", name);
	buf_json(to, shown, utf8_show(shown, sizeof(shown), is, strlen(is)));
}

static void
write_line(int fd, const struct progress *p, bool done)
{
	struct buf b = BUF_INIT;
	ssize_t ignored;

	buf_fmt(&b, "{\"stage\":\"%s\",\"pid\":%ld",
	    program_invocation_short_name, (long)getpid());
	add_text(&b, "resource", p->resource != NULL ? p->resource : "");
	for (size_t i = 0; i < N_MEMBERS; i++) {
		uint64_t n = *number(p, &members[i]);

		if (n > 0 || members[i].always)
			buf_fmt(&b, ",\"%s\":%llu", members[i].name,
			    (unsigned long long)n);
	}
	if (p->why != NULL && *p->why != '\0')
		add_text(&b, "why", p->why);
	buf_fmt(&b, ",\"waiting\":%s,\"done\":%s}\n",
	    p->waiting ? "true" : "false", done ? "true" : "false");
	ignored = write(fd, b.at, b.len);
	(void)ignored;
	buf_release(&b);
}

void
progress_report(const struct progress *p, bool force)
{
	static int fd = -2; /* -2: not opened yet, -1: nobody wants it */
	static int64_t last;
	const char *to;
	int64_t now;

	if (fd == -2) {
		to = getenv("HA_PROGRESS");
		fd = to != NULL && to[0] != '\0' ? open_way(to) : -1;
	}
	if (fd == -1)
		return;
	now = clock_ms();
	if (!force && now - last < PROGRESS_EVERY_MS)
		return;
	last = now;
	write_line(fd, p, force);
}

/* A text of a line, into room bytes, as a terminal may have it. */
static void
take_text(const struct json_val *val, char *to, size_t room)
{
	struct buf is = BUF_INIT;
	struct why ignored;

	if (json_text(val, &is, &ignored) == 0)
		utf8_show(to, room, is.len > 0 ? is.at : "", is.len);
	buf_release(&is);
}

static int
take_member(void *ctx, const char *key, size_t len, const struct json_val *val,
    struct why *why)
{
	struct progress_line *l = ctx;
	long long n;

	(void)why;
	if (len == 5 && memcmp(key, "stage", 5) == 0)
		take_text(val, l->stage, sizeof(l->stage));
	else if (len == 3 && memcmp(key, "why", 3) == 0)
		take_text(val, l->why, sizeof(l->why));
	else if (len == 7 && memcmp(key, "waiting", 7) == 0)
		l->is.waiting = val->type == JSON_TRUE;
	if (val->type != JSON_NUMBER || json_int(val, 0, LLONG_MAX, &n) == -1)
		return 0;
	if (len == 3 && memcmp(key, "pid", 3) == 0)
		l->pid = (pid_t)n;
	for (size_t i = 0; i < N_MEMBERS; i++)
		if (len == strlen(members[i].name) &&
		    memcmp(key, members[i].name, len) == 0)
			*number(&l->is, &members[i]) = (uint64_t)n;
	return 0;
}

bool
progress_read(
    struct json *j, const char *text, size_t len, struct progress_line *to)
{
	struct json_val all = {JSON_OBJECT, text, len};
	enum json_type type;
	struct why ignored;

	memset(to, 0, sizeof(*to));
	return json_check(j, text, len, &type, &ignored) == 0 &&
	       type == JSON_OBJECT &&
	       json_members(&all, take_member, to, &ignored) == 0 &&
	       to->stage[0] != '\0' && to->pid > 0;
}

void
progress_add(struct progress *to, const struct progress *from)
{
	for (size_t i = 0; i < N_MEMBERS; i++)
		*number(to, &members[i]) += *number(from, &members[i]);
}
