/*
 * secret -- a secret read from a file, standard input or the keyboard.
 *
 * Inside of lib/account.
 *
 * Never from the command line: ps shows it. At a terminal the user is asked
 * on /dev/tty without echo. One line break at the end is taken off. The
 * caller wipes the buf (buf_wipe).
 */
#ifndef HA_SECRET_H
#define HA_SECRET_H

#include "base/buf.h"
#include "base/why.h"

#define SECRET_MAX 16384 /* bytes */

/*
 * path NULL or "-": standard input. prompt names what is asked for. EX_DATAERR
 * if it is empty, too long, or holds control bytes; EX_NOINPUT if the file
 * cannot be read.
 */
int secret_read(
    const char *path, const char *prompt, struct buf *to, struct why *why);

#endif
