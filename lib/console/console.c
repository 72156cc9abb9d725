#include "console/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "console/phase.h"
#include "console/screen.h"
#include "json/json.h"

#define LINE_MAX ((size_t)64 << 10) /* what is longer is no line of ours */
#define START_MS 5000 /* a phase's first line waits for its total so long */

struct console {
	struct screen *screen;
	struct json *json;
	bool live, quit;
	int64_t every_ms;
	struct buf in; /* the begin of a line */
	struct phase phase;
	bool started, failed; /* of the log: its first line, a failure's */
	int64_t told_ms;
};

struct console *
console_open(int fd, bool live, int64_t every_ms)
{
	struct console *c = mem_new(1, sizeof(*c));

	c->screen = screen_open(fd, live);
	c->json = json_new();
	c->live = live;
	c->every_ms = every_ms;
	return c;
}

void
console_close(struct console *c, bool (*boss)(void))
{
	if (c == NULL)
		return;
	screen_close(c->screen, boss);
	json_free(c->json);
	buf_release(&c->in);
	phase_release(&c->phase);
	free(c);
}

static void
show(struct buf *to, const char *text, size_t len)
{
	size_t most = 4 * len + 1; /* each byte as \xNN */

	buf_clear(to);
	to->len = utf8_show(buf_room(to, most), most, text, len);
}

static void
take_label(struct phase *p, const char *text, size_t len)
{
	const char *tab = memchr(text, '\t', len);
	size_t sign = tab == NULL ? 0 : (size_t)(tab - text);

	show(&p->sign, text, sign);
	show(&p->name, text + sign + (tab != NULL), len - sign - (tab != NULL));
}

/* N OF RESOURCE UNIT TOTAL; a label without a title is no label. */
static void
begin_phase(struct console *c, const char *text)
{
	struct phase *p = &c->phase;
	char name[128], unit[sizeof(p->unit)], *end;
	unsigned n = (unsigned)strtoull(text, &end, 10);
	unsigned of = (unsigned)strtoull(end, &end, 10);
	int took = 0;

	if (sscanf(end, "%127s %15s %n", name, unit, &took) != 2 ||
	    end[took] < '0' || end[took] > '9')
		return;
	p->n = n;
	p->of = of;
	memcpy(p->unit, unit, sizeof(unit));
	if (p->name.len == 0) {
		show(&p->name, name, strlen(name));
		show(&p->sign, "", 0);
	}
	p->total = strtoull(end + took, NULL, 10);
	p->is = true;
	p->began_ms = c->told_ms = clock_ms();
	memset(&p->tally, 0, sizeof(p->tally));
	c->started = c->failed = false;
	if (c->live)
		console_show(c);
}

/* The first line of a phase in a log. */
static void
tell_start(struct console *c, int64_t now_ms)
{
	const struct phase *p = &c->phase;
	struct buf line = BUF_INIT;

	c->started = true;
	c->told_ms = now_ms;
	if (strcmp(p->unit, "parked") == 0)
		return;
	buf_fmt(&line, "%u/%u %s: ", p->n, p->of, p->name.at);
	phase_start(p, &line);
	screen_stay(c->screen, NULL, line.at, 5);
	buf_release(&line);
}

/* The line that stays. */
static void
end_phase(struct console *c, int status)
{
	struct phase *p = &c->phase;
	struct buf line = BUF_INIT;
	int64_t now = clock_ms();

	if (!p->is)
		return;
	if (!c->live && !c->started)
		tell_start(c, now);
	phase_end(p, status, now, &line);
	screen_wipe(c->screen);
	if (line.len > 0)
		screen_stay(c->screen, p->sign.at, line.at,
		    PHASE_INDENT + screen_columns(c->screen, NULL) -
			screen_columns(c->screen, p->sign.at));
	buf_release(&line);
	p->is = false;
	buf_clear(&p->name);
	buf_clear(&p->sign);
	buf_clear(&p->from);
}

/* text: NUL behind; a word and the rest of its line. */
static void
take_word(struct console *c, const char *text, size_t len)
{
	static const char *const words[] = {
	    "label ", "from ", "phase ", "done ", "say ", "quit"};
	enum { LABEL, FROM, PHASE, DONE, SAY, QUIT, NONE } word = LABEL;
	struct buf said = BUF_INIT;
	const char *bad;

	while (
	    word < NONE && strncmp(text, words[word], strlen(words[word])) != 0)
		word++;
	if (word < NONE) {
		text += strlen(words[word]);
		len -= strlen(words[word]);
	}
	if (word == LABEL)
		take_label(&c->phase, text, len);
	else if (word == FROM)
		show(&c->phase.from, text, len);
	else if (word == PHASE)
		begin_phase(c, text);
	else if (word == DONE)
		end_phase(c, (int)strtonum(text, 0, 9999, &bad));
	else if (word == QUIT)
		c->quit = true;
	if (word == SAY) {
		show(&said, text, len);
		screen_say(c->screen, said.at);
	}
	buf_release(&said);
}

static void
take_line(struct console *c, char *text, size_t len)
{
	struct progress_line l;

	text[len] = '\0';
	if (*text != '{')
		take_word(c, text, len);
	else if (progress_read(c->json, text, len, &l))
		tally_take(&c->phase.tally, &l);
}

bool
console_take(struct console *c, const char *bytes, size_t len)
{
	char *at, *lf, *end;

	buf_add(&c->in, bytes, len);
	buf_room(&c->in, JSON_PADDING);
	at = c->in.at;
	end = at + c->in.len;
	for (; !c->quit && (lf = memchr(at, '\n', (size_t)(end - at))) != NULL;
	     at = lf + 1)
		take_line(c, at, (size_t)(lf - at));
	c->in.len = (size_t)(end - at) > LINE_MAX ? 0 : (size_t)(end - at);
	memmove(c->in.at, at, c->in.len);
	return c->quit;
}

static void
draw_line(struct console *c, struct buf *line)
{
	screen_line(c->screen, NULL, line->at);
	buf_clear(line);
	buf_str(line, "   ");
}

static void
draw(struct console *c, int64_t now)
{
	const struct phase *p = &c->phase;
	struct buf line = BUF_INIT;

	screen_begin(c->screen);
	phase_head(p, now, screen_columns(c->screen, p->sign.at),
	    screen_signs(c->screen), &line);
	screen_line(c->screen, p->sign.at, line.at);
	buf_clear(&line);
	buf_str(&line, "   ");
	phase_start(p, &line);
	draw_line(c, &line);
	phase_counts(p, now, &line);
	draw_line(c, &line);
	phase_batch(p, &line);
	draw_line(c, &line);
	if (p->tally.of[TALLY_PAGE].pid != 0) {
		phase_calls(
		    p, true, screen_columns(c->screen, NULL) - 3, &line);
		draw_line(c, &line);
	}
	screen_end(c->screen);
	buf_release(&line);
}

/* Is it time for its first line, or one of the next? */
static void
tell(struct console *c, int64_t now)
{
	const struct phase *p = &c->phase;
	bool fails = p->tally.why[0] != '\0' && !c->failed;
	struct buf line = BUF_INIT;

	if (!c->started && (phase_far(p, now).all > 0 || fails ||
			       tally_fates(&p->tally).fetched > 0 ||
			       now - c->told_ms >= START_MS))
		tell_start(c, now);
	else if (!c->started || (!fails && now - c->told_ms < c->every_ms))
		return;
	else {
		c->told_ms = now;
		c->failed = c->failed || fails;
		buf_str(&line, "     ");
		if (p->tally.why[0] != '\0')
			phase_wait(
			    p, screen_columns(c->screen, NULL) - 5, &line);
		else
			phase_log(p, now, &line);
		screen_stay(c->screen, NULL, line.at, 5);
	}
	buf_release(&line);
}

void
console_show(struct console *c)
{
	if (!c->phase.is)
		return;
	if (c->live)
		draw(c, clock_ms());
	else
		tell(c, clock_ms());
}
