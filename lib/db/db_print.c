#include "db/db_print.h"

#include <sys/ioctl.h>

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/columns.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/utf8.h"

struct print_column {
	char *name;   /* without the mark */
	size_t width; /* on a terminal */
	bool number;
	bool shown;
	int gap;     /* blanks in front of it */
	bool breaks; /* on a terminal: begins a line below */
};

#define SCREEN 80 /* a table that fits it with narrow gaps has them */
#define SCREEN_LEAST 20
#define INDENT 2 /* of what goes on below */

/* JSON holds none of these bytes: a row of CSV is then the plain text. */
#define PLAIN " TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"

static int64_t
print_json(struct db *db, const char *sql, struct why *why)
{
	struct buf copy = BUF_INIT;
	int64_t n = 0;
	const char *p;
	size_t len;
	int rc;

	buf_fmt(
	    &copy, "COPY (SELECT row_to_json(t)::text FROM (%s) t)" PLAIN, sql);
	rc = db_copy_out(db, copy.at, why);
	buf_release(&copy);
	if (rc == -1)
		return -1;
	while ((rc = db_copy_next(db, &p, &len, why)) == 1) {
		if (len > 0 && p[len - 1] == '\n')
			len--;
		out_line(p, len);
		n++;
		if (out_failed() && (rc = out_flush(why)) == -1)
			break;
	}
	return rc == -1 ? -1 : n;
}

struct table {
	struct print_column *cols;
	int n_cols;
	size_t n_rows;
	char **cells;  /* row by row, as a terminal may have them */
	size_t screen; /* columns of the terminal; 0: there is none */
};

static bool
is_number(const char *text)
{
	return *text != '\0' && strspn(text, "-0123456789.") == strlen(text);
}

static void
end_line(struct buf *line)
{
	while (line->len > 0 && line->at[line->len - 1] == ' ')
		line->len--;
	out_line(line->at, line->len);
	buf_clear(line);
}

/* What is wider than the screen goes on below, in its own column. */
static void
cell(struct buf *line, const char *text, const struct print_column *c,
    size_t screen, bool right)
{
	size_t pad = c->width - columns_of(text), n;
	size_t room = screen > 0 ? screen - INDENT : SIZE_MAX;

	if (!c->shown)
		return;
	if (c->breaks) {
		end_line(line);
		buf_fmt(line, "%*s", INDENT, "");
	} else if (line->len > 0)
		buf_fmt(line, "%*s", c->gap, "");
	if (right)
		buf_fmt(line, "%*s", (int)pad, "");
	for (; *text != '\0'; text += n) {
		n = columns_fit(text, room);
		buf_add(line, text, n);
		if (text[n] == '\0')
			continue;
		end_line(line);
		buf_fmt(line, "%*s", INDENT, "");
	}
	if (!right && (screen == 0 || c->width < screen))
		buf_fmt(line, "%*s", (int)pad, "");
}

static char *
shown(const char *text)
{
	size_t len, room;
	char *copy;

	if (text == NULL)
		text = "-";
	len = strlen(text);
	room = 4 * len + 1;
	copy = mem_new(room, 1);
	utf8_show(copy, room, text, len);
	return copy;
}

/* A copy without the "?" that marks what may be left out. */
static char *
name_of(const char *text, bool *shown)
{
	char *name = mem_str(text);
	size_t len = strlen(text);

	*shown = len == 0 || text[len - 1] != '?';
	if (!*shown)
		name[len - 1] = '\0';
	return name;
}

static void
measure(struct print_column *col, const char *text)
{
	size_t w = columns_of(text);

	if (w > col->width)
		col->width = w;
	if (!is_number(text))
		col->number = false;
	if (strcmp(text, "0") != 0)
		col->shown = true;
}

static void
fill(struct table *t, const struct rows *rows)
{
	struct print_column *col;
	char **cell;

	t->n_cols = rows_cols(rows);
	t->n_rows = rows_n(rows);
	t->cols = mem_new((size_t)t->n_cols + 1, sizeof(*t->cols));
	t->cells = cell =
	    mem_new(t->n_rows * (size_t)t->n_cols + 1, sizeof(*t->cells));
	for (int c = 0; c < t->n_cols; c++) {
		col = &t->cols[c];
		col->name = name_of(rows_name(rows, c), &col->shown);
		col->width = columns_of(col->name);
		col->number = true;
	}
	for (size_t i = 0; i < t->n_rows; i++)
		for (int c = 0; c < t->n_cols; c++) {
			*cell = shown(rows_text(rows, i, c));
			measure(&t->cols[c], *cell++);
		}
}

/*
 * Two blanks between columns; one where only that keeps to a screen. What a
 * terminal still has no room for goes on below.
 */
static void
space(struct table *t)
{
	size_t width = 0, n = 0, at = 0;
	struct print_column *c, *end = t->cols + t->n_cols;
	int gap;

	for (c = t->cols; c < end; c++)
		if (c->shown) {
			width += c->width;
			n++;
		}
	gap = width + 2 * n > SCREEN + 2 ? 1 : 2;
	for (c = t->cols; c < end; c++) {
		if (!c->shown)
			continue;
		c->gap = at > 0 ? gap : 0;
		c->breaks = t->screen > 0 && at > 0 &&
			    at + (size_t)gap + c->width > t->screen;
		at = (c->breaks ? INDENT : at + (size_t)c->gap) + c->width;
	}
}

static void
print_row(const struct table *t, char *const *cells, struct buf *line)
{
	for (int c = 0; c < t->n_cols; c++)
		cell(line, cells != NULL ? cells[c] : t->cols[c].name,
		    &t->cols[c], t->screen, t->cols[c].number);
	end_line(line);
}

/* Of standard output, if it is one. */
static size_t
screen_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
		       size.ws_col >= SCREEN_LEAST
		   ? size.ws_col
		   : SCREEN;
}

static void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->n_rows * (size_t)t->n_cols; i++)
		free(t->cells[i]);
	for (int c = 0; c < t->n_cols; c++)
		free(t->cols[c].name);
	free(t->cells);
	free(t->cols);
}

static int64_t
print_text(struct db *db, const char *sql, struct why *why)
{
	struct rows *rows = db_query(db, why, sql, 0, NULL);
	struct table t = {.screen = screen_width()};
	struct buf line = BUF_INIT;

	if (rows == NULL)
		return -1;
	setlocale(LC_CTYPE, "C.UTF-8"); /* as the answer is, whoever asks */
	fill(&t, rows);
	rows_free(rows);
	space(&t);
	if (t.n_rows > 0)
		print_row(&t, NULL, &line);
	for (size_t i = 0; i < t.n_rows; i++)
		print_row(&t, t.cells + i * (size_t)t.n_cols, &line);
	table_release(&t);
	buf_release(&line);
	return (int64_t)t.n_rows;
}

int64_t
db_print(struct db *db, const char *sql, bool json, struct why *why)
{
	return json ? print_json(db, sql, why) : print_text(db, sql, why);
}
