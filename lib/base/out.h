/*
 * out -- standard output, the only one of the process, written in blocks.
 *
 * Owns the buffer of stdout. A failed write is remembered: later calls do
 * nothing, out_flush reports it, and out_exit turns it into the exit status
 * (74, or 141 when the reader is gone), so that a full disk never looks
 * like a short stream. Lines are whole: a line is in the buffer entirely or
 * not at all. Not mixed with stdio's stdout.
 */
#ifndef HA_OUT_H
#define HA_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/why.h"

void out_line(const char *text, size_t len); /* adds '\n' */
void out_str(const char *text);		     /* no '\n' added */
void out_bytes(const void *p, size_t len);
/* 0, or -1 with *why: EX_IOERR, or 141 when the reader is gone. */
int out_flush(struct why *why);
bool out_failed(void);
/*
 * Last call of main: flushes and gives the status to return. A write error
 * wins over status 0, 1 and 75; it prints its own message (not for 141).
 */
int out_exit(int status);

#endif
