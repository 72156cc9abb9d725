#include "lock/lease_command.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#define GRACE_MS 10000 /* from TERM to KILL, once the lease is lost */
#define LOOK_MS 1000   /* who looked longer ago than two of these slept */

struct guard {
	const struct keeper_options *o;
	struct keeper *keeper;
	bool keeping;	 /* it still sends reports */
	int signals;	 /* signalfd */
	sigset_t before; /* signal mask of our caller */
	pid_t command;	 /* 0: not running */
	int status;	 /* of the command, as wait gives it */
	int caught;	 /* signal that came before the command */
	int64_t fence;
	int64_t until_ms; /* the lease is ours until then at least */
	bool lost;
	bool taken;	  /* lost to another */
	int64_t kill_ms;  /* when a command that ignores TERM is killed */
	int64_t awake_ms; /* when we last looked */
	bool slept;	/* stopped, or the machine was, until the lease ended */
	struct why why; /* last trouble of the keeper */
};

static const int passed_on[] = {
    SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

static void
catch_signals(struct guard *g)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		sigaddset(&set, passed_on[i]);
	sigprocmask(SIG_BLOCK, &set, &g->before);
	if ((g->signals = signalfd(-1, &set, SFD_CLOEXEC)) == -1)
		err(EX_OSERR, "signalfd");
}

/* In the new process: becomes the command, or sends errno and ends. */
static _Noreturn void
be_command(const struct guard *g, char *const *argv, pid_t parent, int failed)
{
	char fence[24];
	int code;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EX_TEMPFAIL);
	snprintf(fence, sizeof(fence), "%" PRId64, g->fence);
	signal(SIGPIPE, SIG_DFL); /* tool_start ignores it */
	sigprocmask(SIG_SETMASK, &g->before, NULL);
	if (setenv("HA_LOCK", g->o->name, 1) == 0 &&
	    setenv("HA_FENCE", fence, 1) == 0)
		execvp(argv[0], argv);
	code = errno;
	if (write(failed, &code, sizeof(code)) == -1)
		_exit(126);
	_exit(code == ENOENT ? 127 : 126);
}

static int
start_command(struct guard *g, char *const *argv, struct why *why)
{
	pid_t parent = getpid();
	int failed[2], code = 0;
	ssize_t got;

	if (pipe2(failed, O_CLOEXEC) == -1)
		err(EX_OSERR, "pipe");
	if ((g->command = fork()) == 0)
		be_command(g, argv, parent, failed[1]);
	close(failed[1]);
	if (g->command == -1) {
		g->command = 0;
		close(failed[0]);
		return why_errno(why, EX_OSERR, "fork");
	}
	do
		got = read(failed[0], &code, sizeof(code));
	while (got == -1 && errno == EINTR);
	close(failed[0]);
	if (got <= 0)
		return 0;
	waitpid(g->command, NULL, 0);
	g->command = 0;
	errno = code;
	return why_errno(why, code == ENOENT ? 127 : 126, "%s", argv[0]);
}

static void
lose(struct guard *g)
{
	if (g->lost)
		return;
	g->lost = true;
	g->kill_ms = clock_ms() + GRACE_MS;
	if (g->command != 0)
		kill(g->command, SIGTERM);
}

/* Its time is over: the lease's, or that of a command without one. */
static void
time_is_up(struct guard *g)
{
	if (!g->lost) {
		lose(g);
	} else if (g->command != 0) {
		kill(g->command, SIGKILL);
		g->kill_ms = INT64_MAX;
	}
}

/* Takes one signal from the descriptor. */
static void
handle_signal(struct guard *g)
{
	struct signalfd_siginfo si;

	if (read(g->signals, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return;
	if (si.ssi_signo != SIGCHLD) {
		if (g->command == 0)
			g->caught = (int)si.ssi_signo;
		else if (si.ssi_code != SI_KERNEL) /* not the terminal's */
			kill(g->command, (int)si.ssi_signo);
		return;
	}
	if (g->command != 0 &&
	    waitpid(g->command, &g->status, WNOHANG) == g->command)
		g->command = 0;
}

/* Takes one report; -1 if the lease was never ours. */
static int
handle_report(struct guard *g, struct why *why)
{
	struct keeper_report r;

	if (keeper_next(g->keeper, &r) == 0) {
		g->keeping = false;
		if (g->fence == 0 && g->caught == 0)
			return why_set(why, EX_SOFTWARE,
			    "lease %s: its keeper died", g->o->name);
		lose(g);
		return 0;
	}
	switch (r.event) {
	case KEEPER_ASKS:
		keeper_go_on(g->keeper);
		break;
	case KEEPER_TAKEN:
		g->fence = r.fence;
		/* FALLTHROUGH */
	case KEEPER_KEPT:
		g->until_ms = r.until_ms;
		g->slept = false;
		break;
	case KEEPER_TROUBLE:
		g->why = r.why;
		break;
	case KEEPER_LOST:
		g->taken = true;
		lose(g);
		break;
	case KEEPER_REFUSED:
		*why = r.why;
		return -1;
	}
	return 0;
}

/* Waits for signals, reports or the end of the lease, and handles one. */
static int
step(struct guard *g, struct why *why)
{
	struct pollfd p[2] = {{.fd = g->signals, .events = POLLIN},
	    {.fd = g->keeping ? keeper_fd(g->keeper) : -1, .events = POLLIN}};
	int64_t now = clock_ms(), until = INT64_MAX, left;

	if (g->fence != 0)
		until = g->lost ? g->kill_ms : g->until_ms;
	if (g->awake_ms != 0 && now - g->awake_ms > 2 * LOOK_MS && !g->lost)
		g->slept = true;
	g->awake_ms = now;
	left = until - now;
	left = left < 0 ? 0 : left < LOOK_MS ? left : LOOK_MS;
	/* what the keeper said meanwhile counts before the time does */
	if (poll(p, 2, (int)left) <= 0) {
		if (clock_ms() >= until)
			time_is_up(g);
		return 0;
	}
	if (p[0].revents != 0)
		handle_signal(g);
	if (p[1].revents != 0)
		return handle_report(g, why);
	return 0;
}

static int
lost_why(const struct guard *g, struct why *why)
{
	if (g->taken)
		return why_set(why, EX_TEMPFAIL,
		    "lease %s: lost, another has taken it", g->o->name);
	if (g->why.status == 0)
		return why_set(why, EX_TEMPFAIL, "lease %s: lost, %s",
		    g->o->name,
		    g->slept ? "we were stopped and did not extend it"
			     : "it was not extended in time");
	return why_set(why, EX_TEMPFAIL,
	    "lease %s: lost, it could not be extended: %s", g->o->name,
	    g->why.msg);
}

static int
run(struct guard *g, char *const *argv, struct why *why)
{
	while (g->fence == 0 && g->caught == 0)
		if (step(g, why) == -1)
			return -1;
	if (g->caught != 0) {
		g->status = g->caught; /* as wait shows a signal */
		return 0;
	}
	if (start_command(g, argv, why) == -1)
		return -1;
	while (g->command != 0)
		if (step(g, why) == -1)
			return -1;
	return g->lost ? lost_why(g, why) : 0;
}

int
lease_run(const struct keeper_options *o, char *const *argv, int *status,
    struct why *why)
{
	struct guard g = {.o = o, .keeping = true, .signals = -1};
	int rc = -1;

	catch_signals(&g);
	if ((g.keeper = keeper_start(o, why)) != NULL)
		rc = run(&g, argv, why);
	keeper_stop(g.keeper);
	close(g.signals);
	sigprocmask(SIG_SETMASK, &g.before, NULL);
	if (rc == 0)
		*status = WIFSIGNALED(g.status) ? 128 + WTERMSIG(g.status)
						: WEXITSTATUS(g.status);
	return rc;
}
