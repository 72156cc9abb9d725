/*
 * console -- what ha-sync shows while it works, told line by line.
 *
 * Lines are reports of stages (progress.h) and words of ha-sync:
 *   label SIGN<TAB>TITLE  and  from PLACE: of the phase to come
 *   phase N OF RESOURCE UNIT TOTAL
 *   done STATUS
 *   say TEXT: a line that stays
 *   quit
 * live, on a terminal: what happens now, drawn over itself, and a line of
 * each phase that stays. Else, into a log or mail: a line when a phase
 * starts and one when it ends, in between one in every_ms, and one when the
 * far side fails first. Whatever a line holds, a terminal may have it. Nothing
 * here blocks but console_close.
 */
#ifndef HA_CONSOLE_H
#define HA_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct console;

/* fd: where to; the locale is set. */
struct console *console_open(int fd, bool live, int64_t every_ms);
/* The next bytes of what it is told, cut anywhere; true: quit was said. */
bool console_take(struct console *c, const char *bytes, size_t len);
/* Draws, or adds to the log what it is time for. */
void console_show(struct console *c);
/* Waits until all is written, while boss() is true. NULL is fine. */
void console_close(struct console *c, bool (*boss)(void));

#endif
