/*
 * screen -- lines on standard error: some stay, others are drawn over.
 *
 * Inside of lib/console. On a terminal that is stopped, or into a pipe that
 * nobody reads, nothing is drawn and what stays waits: this never blocks but
 * in screen_close. Who cannot be written to any more gets nothing.
 */
#ifndef HA_SCREEN_H
#define HA_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct screen;

/* live: there is a drawing, and the cursor is hidden meanwhile. */
struct screen *screen_open(int fd, bool live);
/* Takes the drawing off; waits for the rest while `boss` answers true. */
void screen_close(struct screen *s, bool (*boss)(void));
bool screen_signs(const struct screen *s); /* does it show emoji? */
/* What a line may have behind its sign; NULL or "": it has none. */
size_t screen_columns(const struct screen *s, const char *sign);
/* A line that stays; what is too long goes on below, so far from the left. */
void screen_stay(
    struct screen *s, const char *sign, const char *text, size_t indent);
/* A line that stays as it is. */
void screen_say(struct screen *s, const char *text);
/* The drawing: begin, its lines, each cut to the width, end. */
void screen_begin(struct screen *s);
void screen_line(struct screen *s, const char *sign, const char *text);
void screen_end(struct screen *s);
void screen_wipe(struct screen *s);

#endif
