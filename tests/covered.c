/*
 * covered -- linked into every program of `make coverage`: a process that ends
 * by _exit or by a signal leaves its counts as well (kill -9: does not).
 */
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_raise(int sig);
int __wrap_raise(int sig);

/* What is counted from here on is added at the next end. */
static void
leave(void)
{
	__gcov_dump();
	__gcov_reset();
}

void
__wrap__exit(int status)
{
	leave();
	__real__exit(status);
}

int
__wrap_raise(int sig)
{
	leave();
	return __real_raise(sig);
}

/* Not safe in the middle of malloc: whoever hangs there ends by the alarm. */
static void
end(int sig)
{
	sigset_t set;

	alarm(5);
	leave();
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	__real_raise(sig);
}

__attribute__((constructor)) static void
listen_to_ends(void)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGTERM};
	struct sigaction was,
	    sa = {.sa_handler = end, .sa_flags = (int)SA_RESETHAND};
	size_t i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &was) == 0 &&
		    was.sa_handler == SIG_DFL)
			sigaction(ends[i], &sa, NULL);
}
