/*
 * lease_command -- runs one command under a lease.
 *
 * The command gets HA_LOCK and HA_FENCE, our descriptors 0-2, our process
 * group and our signals: TERM INT HUP QUIT USR1 USR2 are passed on, except
 * those that a terminal sends, since the command got them already. When the
 * lease is lost it gets SIGTERM. It also gets SIGTERM from the kernel when
 * we die, so that kill -9 of us does not leave it running unguarded.
 */
#ifndef HA_LEASE_COMMAND_H
#define HA_LEASE_COMMAND_H

#include "lock/lease_keeper.h"
#include "base/why.h"

/*
 * 0 and the command's status (128 + N: ended by signal N); or -1:
 * EX_TEMPFAIL if another holds the lease or it was lost on the way, 126 or
 * 127 as in env(1) if there is no such command, else what the database said.
 */
int lease_run(const struct keeper_options *o, char *const *argv, int *status,
    struct why *why);

#endif
