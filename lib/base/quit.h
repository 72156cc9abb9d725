/*
 * quit -- SIGTERM as a wish to end in order, once.
 *
 * For a tool whose reader should learn how far it came: quit_listen takes the
 * first SIGTERM and only notes it; another after a second kills as ever.
 * Whoever is at work asks quit_wanted now and then, finishes what the reader
 * needs, and lets quit_obey end the process by that signal: its parent sees a
 * death by SIGTERM, as if nobody had listened.
 */
#ifndef HA_QUIT_H
#define HA_QUIT_H

#include <stdbool.h>

void quit_listen(void);
bool quit_wanted(void);
/* Does nothing if no signal came. */
void quit_obey(void);

#endif
