#include "base/quit.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t wanted;
static struct timespec first;

/*
 * A signal to the process group comes again by way of who started us: within a
 * second it is one. The next one is as ever.
 */
static void
note(int sig)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!wanted) {
		first = now;
		wanted = 1;
	} else if (now.tv_sec - first.tv_sec > 1) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
}

void
quit_listen(void)
{
	struct sigaction sa = {.sa_handler = note, .sa_flags = SA_RESTART};

	sigemptyset(&sa.sa_mask);
	sigaction(SIGTERM, &sa, NULL);
}

bool
quit_wanted(void)
{
	return wanted != 0;
}

void
quit_obey(void)
{
	sigset_t term;

	if (!wanted)
		return;
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	raise(SIGTERM);
}
