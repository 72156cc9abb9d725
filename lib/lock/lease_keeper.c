#include "lock/lease_keeper.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "lock/lease.h"
#include "lock/lease_witness.h"
#include "base/mem.h"

#define TRY_MS 250   /* between two tries to take it */
#define STOP_MS 5000 /* for giving it back */
#define NONE_MS 500  /* for ending without having got it */

struct keeper {
	pid_t pid;
	int reports; /* we read */
	int alive;   /* GO_ON, GIVE_BACK; its end: we died */
	bool taken;
};

#define GO_ON 'g'
#define GIVE_BACK 'q'
#define DIED '\0'
#define SILENT 's' /* nothing was said meanwhile */

struct self { /* of the keeper process */
	const struct keeper_options *o;
	int reports, alive;
	struct db *db;
	int64_t fence;
	struct witness *witness;
	char holder[300];
};

static void
tell(const struct self *k, enum keeper_event event, int64_t since_ms,
    const struct why *why)
{
	struct keeper_report r = {.event = event, .fence = k->fence};

	r.until_ms = since_ms + (int64_t)k->o->lease_s * 1000;
	if (why != NULL)
		r.why = *why;
	/* below PIPE_BUF: whole or not at all; a gone parent kills us */
	if (write(k->reports, &r, sizeof(r)) == -1)
		_exit(EX_IOERR);
}

/* What the parent says within that time. A dead one leaves its lease as it is.
 */
static char
heard(const struct self *k, int64_t ms)
{
	struct pollfd p = {.fd = k->alive, .events = POLLIN};
	int64_t until = clock_ms() + ms, left;
	char byte;

	while ((left = until - clock_ms()) > 0) {
		if (poll(&p, 1, (int)(left < 60000 ? left : 60000)) > 0)
			return read(k->alive, &byte, 1) == 1 ? byte : DIED;
	}
	return SILENT;
}

/* Takes the lease, trying as long as wait_ms says. */
static bool
take(struct self *k)
{
	int64_t give_up = clock_ms() + k->o->wait_ms, since;
	struct buf who = BUF_INIT;
	struct why why = {0};
	int rc = -1;

	if ((k->db = db_open(k->o->dbname, &why)) == NULL)
		goto out;
	for (;;) {
		since = clock_ms();
		k->witness = witness_begin(k->db, k->o->name, k->holder, &why);
		why = (struct why){0}; /* the lease can be had without */
		rc = lease_take(k->db, k->o->name, k->holder, k->o->lease_s,
		    &k->fence, &who, &why);
		if (rc == 1)
			witness_fence(k->witness, k->fence);
		else /* without an answer it may be ours all the same */
			witness_end(k->witness, rc == 0);
		if (rc != 0)
			break;
		if (clock_ms() >= give_up) {
			why_set(&why, EX_TEMPFAIL, "lease %s: held by %s",
			    k->o->name, who.at);
			if (k->o->quiet)
				*why.msg = '\0';
			break;
		}
		if (heard(k, TRY_MS) != SILENT)
			break;
	}
out:
	if (rc == 1)
		tell(k, KEEPER_TAKEN, since, NULL);
	else if (why.status != 0)
		tell(k, KEEPER_REFUSED, 0, &why);
	buf_release(&who);
	return rc == 1;
}

/* One heartbeat; how long to sleep until the next, -1 if the lease is gone. */
static int64_t
extend(struct self *k)
{
	int64_t since = clock_ms();
	struct why why = {0};
	int rc = -1;

	if (k->db == NULL || db_lost(k->db)) {
		db_close(k->db);
		k->db = db_open(k->o->dbname, &why);
	}
	if (k->db != NULL)
		rc = lease_extend(
		    k->db, k->o->name, k->fence, k->o->lease_s, &why);
	if (rc == 1) {
		tell(k, KEEPER_KEPT, since, NULL);
		return (int64_t)k->o->lease_s * 1000 / 3;
	}
	if (rc == 0) {
		tell(k, KEEPER_LOST, 0, NULL);
		return -1;
	}
	tell(k, KEEPER_TROUBLE, 0, &why);
	return (int64_t)k->o->lease_s * 1000 / 20;
}

/*
 * Extends the lease again and again, each time if the parent says that it is
 * there to mind the command. The last thing that was heard, or SILENT if the
 * lease is gone.
 */
static char
go_on(struct self *k)
{
	int64_t sleep_ms = (int64_t)k->o->lease_s * 1000 / 3;
	char said = SILENT;

	while (sleep_ms >= 0) {
		if ((said = heard(k, sleep_ms)) == SILENT) {
			tell(k, KEEPER_ASKS, 0, NULL);
			while ((said = heard(k, 60000)) == SILENT)
				; /* the lease may run out meanwhile */
		}
		if (said != GO_ON)
			return said;
		sleep_ms = extend(k);
	}
	return SILENT;
}

static void
keep(struct self *k)
{
	char host[256] = "";
	bool over = false;
	struct why why;

	gethostname(host, sizeof(host) - 1);
	snprintf(
	    k->holder, sizeof(k->holder), "%s pid %ld", host, (long)getppid());
	if (take(k)) {
		if (go_on(k) == GIVE_BACK && k->db != NULL)
			over =
			    lease_drop(k->db, k->o->name, k->fence, &why) != -1;
		witness_end(k->witness, over);
	}
	db_close(k->db);
}

/* Standard input and output belong to the command, not to us. */
static void
let_go(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd == -1)
		return;
	dup2(fd, 0);
	dup2(fd, 1);
	if (fd > 2)
		close(fd);
}

/* In the new process; never returns. */
static _Noreturn void
be_keeper(const struct keeper_options *o, pid_t parent, int reports, int alive)
{
	struct self self = {.o = o, .reports = reports, .alive = alive};

	/* whoever signals the group means the command */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	let_go();
	setproctitle("keeps %s", o->name);
	keep(&self);
	_exit(0);
}

struct keeper *
keeper_start(const struct keeper_options *o, struct why *why)
{
	int reports[2], alive[2];
	pid_t parent = getpid();
	struct keeper *k;

	k = mem_new(1, sizeof(*k));
	if (pipe2(reports, O_CLOEXEC) == -1 || pipe2(alive, O_CLOEXEC) == -1)
		err(EX_OSERR, "pipe");
	if ((k->pid = fork()) == -1) {
		why_errno(why, EX_OSERR, "fork");
		close(reports[0]);
		close(alive[1]);
	}
	if (k->pid == 0) {
		free(k);
		close(reports[0]);
		close(alive[1]);
		be_keeper(o, parent, reports[1], alive[0]);
	}
	close(reports[1]);
	close(alive[0]);
	if (k->pid == -1) {
		free(k);
		return NULL;
	}
	k->reports = reports[0];
	k->alive = alive[1];
	return k;
}

int
keeper_fd(const struct keeper *k)
{
	return k->reports;
}

int
keeper_next(struct keeper *k, struct keeper_report *report)
{
	ssize_t got;

	do
		got = read(k->reports, report, sizeof(*report));
	while (got == -1 && errno == EINTR);
	k->taken |=
	    got == (ssize_t)sizeof(*report) && report->event == KEEPER_TAKEN;
	return got == (ssize_t)sizeof(*report);
}

void
keeper_go_on(struct keeper *k)
{
	const char byte = GO_ON;

	/* one that ended is noticed by its end of the pipe */
	if (write(k->alive, &byte, 1) == -1)
		return;
}

void
keeper_stop(struct keeper *k)
{
	const char byte = GIVE_BACK;
	struct keeper_report r;
	int64_t until, left;
	struct pollfd p;

	if (k == NULL)
		return;
	until = clock_ms() + (k->taken ? STOP_MS : NONE_MS);
	/* a keeper that ended before us does not read it */
	if (write(k->alive, &byte, 1) == -1)
		until = 0;
	close(k->alive);
	p = (struct pollfd){.fd = k->reports, .events = POLLIN};
	while ((left = until - clock_ms()) > 0)
		if (poll(&p, 1, (int)left) > 0 && keeper_next(k, &r) == 0)
			break;
	if (left <= 0)
		kill(k->pid, SIGKILL); /* not yet waited for: still ours */
	waitpid(k->pid, NULL, 0);
	close(k->reports);
	free(k);
}
