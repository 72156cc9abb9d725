#include "account/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <readpassphrase.h>

static int
ask(const char *prompt, struct buf *to, struct why *why)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: ", prompt);
	buf_room(to, SECRET_MAX + 1);
	if (readpassphrase(text, to->at, SECRET_MAX + 1,
		RPP_REQUIRE_TTY | RPP_ECHO_OFF) == NULL)
		return why_errno(why, EX_NOINPUT, "terminal");
	to->len = strlen(to->at);
	return 0;
}

static int
read_all(int fd, const char *name, struct buf *to, struct why *why)
{
	ssize_t got;

	/* room for all of it at once: a moved buffer would leave a copy */
	buf_room(to, SECRET_MAX + 2);
	while (to->len < SECRET_MAX + 2) {
		got = read(fd, to->at + to->len, SECRET_MAX + 2 - to->len);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return why_errno(why, EX_NOINPUT, "%s", name);
		if (got == 0)
			break;
		to->len += (size_t)got;
	}
	to->at[to->len] = '\0';
	return 0;
}

static int
check(struct buf *to, const char *name, struct why *why)
{
	size_t i;

	if (to->len > 0 && to->at[to->len - 1] == '\n')
		to->at[--to->len] = '\0';
	if (to->len > 0 && to->at[to->len - 1] == '\r')
		to->at[--to->len] = '\0';
	if (to->len == 0)
		return why_set(why, EX_DATAERR, "%s: no secret in it", name);
	if (to->len > SECRET_MAX)
		return why_set(
		    why, EX_DATAERR, "%s: over %d bytes", name, SECRET_MAX);
	for (i = 0; i < to->len; i++)
		if ((unsigned char)to->at[i] < ' ' || to->at[i] == 0x7f)
			return why_set(why, EX_DATAERR,
			    "%s: a secret is one line without control bytes",
			    name);
	return 0;
}

int
secret_read(
    const char *path, const char *prompt, struct buf *to, struct why *why)
{
	const char *name = path;
	int fd = 0, rc;

	buf_clear(to);
	if (path == NULL || strcmp(path, "-") == 0) {
		name = "stdin";
		if (path == NULL && isatty(0)) {
			if (ask(prompt, to, why) == -1)
				return -1;
			return check(to, "terminal", why);
		}
	} else if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		return why_errno(why, EX_NOINPUT, "%s", path);
	}
	rc = read_all(fd, name, to, why);
	if (fd != 0)
		close(fd);
	return rc == -1 ? -1 : check(to, name, why);
}
