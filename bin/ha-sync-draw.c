/*
 * ha-sync-draw -- what ha-sync shows while it works; ha-sync starts it.
 *
 * A helper: installed into libexec, and on no page. Reads from the FIFO what
 * console.h lists, writes to stderr, and ends when process pid is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/tool.h"
#include "console/console.h"

#define SHOW_MS 200
#define EVERY_S 60 /* a line in a log */

static const struct tool_option options[] = {{0}};

static const struct tool tool = {
    .name = "ha-sync-draw",
    .forms = {"% fifo pid live | lines [seconds]"},
    .options = options,
};

static pid_t boss;

static bool
boss_is_there(void)
{
	return kill(boss, 0) == 0 || errno == EPERM;
}

/* All that is waiting is read before anything is drawn: that is for eyes. */
static int
watch(int fifo, struct console *c, struct why *why)
{
	struct pollfd p = {.fd = fifo, .events = POLLIN};
	int64_t shown = clock_ms(), left;
	char bytes[4096];
	ssize_t n;

	for (;;) {
		left = shown + SHOW_MS - clock_ms();
		if (left > 0 && poll(&p, 1, (int)left) == 1) {
			n = read(fifo, bytes, sizeof(bytes));
			if (n == -1)
				return why_errno(why, EX_IOERR, "the FIFO");
			if (console_take(c, bytes, (size_t)n))
				return 0;
			continue;
		}
		console_show(c);
		if (!boss_is_there())
			return 0;
		shown = clock_ms();
	}
}

static int
draw(char *const *operands, int n, struct why *why)
{
	bool live = strcmp(operands[2], "live") == 0;
	struct console *c;
	const char *bad;
	int64_t seconds = EVERY_S;
	int fifo, rc;

	boss = (pid_t)strtonum(operands[1], 1, INT32_MAX, &bad);
	if (bad == NULL && n > 3)
		seconds = strtonum(operands[3], 1, 86400, &bad);
	if (bad != NULL || (!live && strcmp(operands[2], "lines") != 0))
		tool_usage("fifo, pid, live or lines, and seconds are wanted");
	/* also for writing, so that it has no end */
	if ((fifo = open(operands[0], O_RDWR | O_CLOEXEC)) == -1)
		return why_errno(why, EX_IOERR, "%s", operands[0]);
	setlocale(LC_CTYPE, "");
	c = console_open(STDERR_FILENO, live, seconds * 1000);
	rc = watch(fifo, c, why);
	console_close(c, boss_is_there);
	close(fifo);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct why why = {0};
	int next;

	tool_start(&tool, argc, argv, envp);
	next = tool_options(argc, argv, NULL);
	if (argc - next < 3 || argc - next > 4)
		tool_usage(NULL);
	/* who is told to end is ha-sync, which tells us */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	return tool_end(draw(argv + next, argc - next, &why), &why);
}
