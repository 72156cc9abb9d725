#include "base/quit.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t wanted;

static void
note(int sig)
{
	(void)sig;
	wanted = 1;
}

void
quit_listen(void)
{
	struct sigaction sa = {.sa_handler = note, .sa_flags = SA_RESTART};

	sigemptyset(&sa.sa_mask);
	sa.sa_flags |= (int)SA_RESETHAND; /* the second one is as ever */
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
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	raise(SIGTERM);
}
