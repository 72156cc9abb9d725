#include "state/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/timeval.h"
#include "base/in.h"
#include "base/mem.h"
#include "base/out.h"

#define PAUSE_MAX ((int64_t)24 * 3600 * 1000)
#define BLANKS " \t\r"
#define NAMES 35 /* columns of the table in which resources are named */

static const struct number { /* NAME=NUMBER, from 1 to max */
	const char *name;
	size_t at;
	int max;
} numbers[] = {
    {"page", offsetof(struct setting, page), 100000},
    {"batch", offsetof(struct setting, batch), 1000000},
    {"jobs", offsetof(struct setting, jobs), 4},
};

/* 1 to max, in plain digits; 0: it is not. */
static int
number_of(const char *text, int max)
{
	size_t digits = strspn(text, "0123456789");
	long n;

	if (digits == 0 || digits > 7 || text[digits] != '\0')
		return 0;
	n = strtonum(text, 1, max, NULL);
	return (int)n;
}

static int
set_pause(struct setting *to, const char *word, struct why *why)
{
	int64_t ms;

	if (duration_parse(word + strlen("pause="), &ms) == -1 || ms <= 0 ||
	    ms > PAUSE_MAX ||
	    strspn(word + 6, "0123456789") == strlen(word + 6))
		return why_set(
		    why, EX_CONFIG, "not a pause: %s (250ms, 2s)", word);
	to->pause_ms = ms;
	return 0;
}

static int
set_word(struct setting *to, const char *word, struct why *why)
{
	const struct number *n = numbers;
	size_t len = strcspn(word, "=");
	int value;

	if (strncmp(word, "pause=", 6) == 0)
		return set_pause(to, word, why);
	for (; n < numbers + sizeof(numbers) / sizeof(*numbers); n++)
		if (word[len] == '=' && strlen(n->name) == len &&
		    strncmp(word, n->name, len) == 0)
			break;
	if (n == numbers + sizeof(numbers) / sizeof(*numbers))
		return why_set(why, EX_CONFIG,
		    "neither page, batch, pause nor jobs: %s", word);
	if ((value = number_of(word + len + 1, n->max)) == 0)
		return why_set(why, EX_CONFIG, "not a number from 1 to %d: %s",
		    n->max, word);
	memcpy((char *)to + n->at, &value, sizeof(value));
	return 0;
}

/* A line's words, the first of which is what it is about. */
static int
set_line(const struct source *s, struct settings *t, char *text,
    const char *path, struct why *why)
{
	char *rest = text, *word, *what = NULL, *name = NULL;
	size_t len = strlen(s->name), words = 0;
	bool found = false;

	while ((word = strsep(&rest, BLANKS)) != NULL) {
		if (*word == '\0')
			continue;
		if (what == NULL) {
			what = word;
			if (strncmp(what, s->name, len) != 0 ||
			    (what[len] != '\0' && what[len] != '/'))
				return 0; /* another source's */
			name = what[len] == '/' ? what + len + 1 : what + len;
			continue;
		}
		words++;
		for (size_t i = 0; i < s->n_resources; i++) {
			if (*name != '\0' && strcmp(name, "*") != 0 &&
			    strcmp(name, s->resources[i].name) != 0)
				continue;
			found = true;
			if (set_word(&t->of[i], word, why) == -1)
				return -1;
		}
	}
	if (what == NULL)
		return 0;
	buf_set(&t->file, path, strlen(path));
	if (words == 0)
		return why_set(
		    why, EX_CONFIG, "nothing is set; e.g. page=1000");
	return found ? 0
		     : why_set(why, EX_CONFIG, "%s has no resource %s", s->name,
			   name);
}

static int
read_lines(
    const struct source *s, struct settings *t, char *path, struct why *why)
{
	struct buf copy = BUF_INIT;
	struct line line;
	struct in *in;
	int got = -1;

	if ((in = in_open(&path, 1, why)) == NULL)
		goto out;
	while ((got = in_next(in, &line, why)) == 1) {
		const char *end = memchr(line.text, '#', line.len);

		buf_set(&copy, line.text,
		    end != NULL ? (size_t)(end - line.text) : line.len);
		if (set_line(s, t, copy.at, path, why) == -1) {
			why_in(why, "%s:%" PRIu64, path, line.no);
			got = -1;
			break;
		}
	}
out:
	if (got == -1)
		why->status = EX_CONFIG;
	in_close(in);
	buf_release(&copy);
	return got;
}

int
settings_load(const struct source *s, struct settings *to, struct why *why)
{
	const char *given = getenv("HA_SYNC_CONFIG");
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf path = BUF_INIT;
	int rc = 0;

	*to = (struct settings){BUF_INIT, NULL};
	to->of = mem_new(s->n_resources, sizeof(*to->of));
	if (given != NULL && *given != '\0')
		buf_str(&path, given);
	else if (config != NULL && *config != '\0')
		buf_fmt(&path, "%s/ha-tools/sync.conf", config);
	else
		buf_fmt(&path, "%s/.config/ha-tools/sync.conf",
		    home != NULL ? home : "");
	if ((given != NULL && *given != '\0') || access(path.at, F_OK) == 0)
		rc = read_lines(s, to, path.at, why);
	buf_release(&path);
	return rc;
}

void
settings_release(struct settings *t)
{
	buf_release(&t->file);
	free(t->of);
	t->of = NULL;
}

int
settings_page(
    const struct settings *t, const struct source *s, const struct resource *r)
{
	const struct paging *p = r->path != NULL   ? &r->paging
				 : r->each != NULL ? &r->each->paging
						   : NULL;

	if (p == NULL || p->style == PAGE_NONE)
		return 0;
	return t->of[r - s->resources].page > 0 ? t->of[r - s->resources].page
						: p->size;
}

static void
add_commas(struct buf *to, int n)
{
	if (n >= 1000) {
		add_commas(to, n / 1000);
		buf_fmt(to, ",%03d", n % 1000);
	} else {
		buf_fmt(to, "%d", n);
	}
}

/* The first three columns of a resource's line. */
static void
add_row(const struct settings *t, const struct source *s,
    const struct resource *r, struct buf *to)
{
	const struct setting *own = &t->of[r - s->resources];
	struct buf page = BUF_INIT, batch = BUF_INIT, pause = BUF_INIT;

	if (settings_page(t, s, r) > 0)
		add_commas(&page, settings_page(t, s, r));
	add_commas(&batch, own->batch > 0 ? own->batch : s->sync.batch);
	if (own->jobs > 1)
		buf_fmt(&batch, "x%d", own->jobs);
	if (own->pause_ms % 1000 != 0)
		buf_fmt(&pause, "%" PRId64 "ms", own->pause_ms);
	else if (own->pause_ms > 0)
		buf_fmt(&pause, "%" PRId64 "s", own->pause_ms / 1000);
	buf_fmt(to, "%-7s %-8s %-25s ", page.len > 0 ? page.at : "-", batch.at,
	    pause.len > 0 ? pause.at : "only when the server asks");
	buf_release(&page);
	buf_release(&batch);
	buf_release(&pause);
}

/* "row  a, b," and what did not fit, in lines under the names. */
static void
print_row(const struct buf *row, const struct buf *names)
{
	const char *at = names->at, *cut;
	struct buf line = BUF_INIT;
	bool first = true;

	for (; *at != '\0'; at = cut + strspn(cut, " "), first = false) {
		cut = at + strlen(at);
		if (strlen(at) > NAMES)
			for (cut = at + NAMES; cut > at && *cut != ' '; cut--)
				;
		if (cut == at) /* a name that is wider than all of it */
			cut = at + strcspn(at, " ");
		buf_clear(&line);
		buf_fmt(&line, "%-43s %.*s", first ? row->at : "",
		    (int)(cut - at), at);
		out_line(line.at, line.len);
	}
	buf_release(&line);
}

void
settings_print(const struct settings *t, const struct source *s,
    const struct resource *const *r, size_t n)
{
	struct buf *rows = mem_new(n, sizeof(*rows));
	struct buf names = BUF_INIT;

	out_str("page    batch    pause                      resources\n");
	for (size_t i = 0; i < n; i++)
		add_row(t, s, r[i], &rows[i]);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].len == 0)
			continue; /* it stands with one before it */
		buf_clear(&names);
		buf_str(&names, r[i]->name);
		for (size_t k = i + 1; k < n; k++)
			if (rows[k].len > 0 &&
			    strcmp(rows[i].at, rows[k].at) == 0) {
				buf_fmt(&names, ", %s", r[k]->name);
				buf_clear(&rows[k]);
			}
		print_row(&rows[i], &names);
	}
	if (t->file.len > 0) {
		buf_clear(&names);
		buf_fmt(&names, "(as %s says)", t->file.at);
		out_line(names.at, names.len);
	}
	for (size_t i = 0; i < n; i++)
		buf_release(&rows[i]);
	free(rows);
	buf_release(&names);
}
