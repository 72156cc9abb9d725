/*
 * why -- one reason for a failure, with the exit status that it deserves.
 *
 * The module that knows the cause fills it; main prints msg and exits with
 * status. The message is one line that a terminal may have (utf8_show), and a
 * message too long is cut. Never put a secret or a guest's data into it.
 */
#ifndef HA_WHY_H
#define HA_WHY_H

#include <sysexits.h>

struct why {
	int status; /* from <sysexits.h>, or 1; 0 while nothing failed */
	char msg[768];
};

/* Fills *w; always returns -1, so that `return why_set(...)` reads well. */
int why_set(struct why *w, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "subject: " in front of the message; returns -1. */
int why_in(struct why *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* why_set with ": strerror(errno)" behind; returns -1. */
int why_errno(struct why *w, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#ifdef __clang_analyzer__ /* it cannot see that these always return -1 */
#define why_set(...) ((why_set)(__VA_ARGS__), -1)
#define why_in(...) ((why_in)(__VA_ARGS__), -1)
#define why_errno(...) ((why_errno)(__VA_ARGS__), -1)
#endif

#endif
