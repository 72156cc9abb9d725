#include "db/db_print.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/out.h"

struct print_column {
	char *name;   /* without the mark */
	size_t width; /* in characters */
	bool number;
	bool shown;
	int gap; /* blanks in front of it */
};

#define SCREEN 80 /* a table that fits it with narrow gaps has them */

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

/* Characters of UTF-8 text; a wide one counts once. */
static size_t
width_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			n++;
	return n;
}

static bool
is_number(const char *text)
{
	return *text != '\0' && strspn(text, "-0123456789.") == strlen(text);
}

static void
cell(struct buf *line, const char *text, const struct print_column *c,
    bool right)
{
	size_t pad = c->width - width_of(text);

	if (!c->shown)
		return;
	if (line->len > 0)
		buf_fmt(line, "%*s", c->gap, "");
	if (right)
		buf_fmt(line, "%*s", (int)pad, "");
	for (; *text != '\0'; text++)
		buf_chr(line, iscntrl((unsigned char)*text) ? '?' : *text);
	if (!right)
		buf_fmt(line, "%*s", (int)pad, "");
}

static void
end_line(struct buf *line)
{
	while (line->len > 0 && line->at[line->len - 1] == ' ')
		line->len--;
	out_line(line->at, line->len);
	buf_clear(line);
}

static const char *
text_of(const struct rows *rows, size_t row, int col)
{
	const char *text = rows_text(rows, row, col);

	return text == NULL ? "-" : text;
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
measure(const struct rows *rows, struct print_column *cols, int n_cols)
{
	size_t i, w;
	int c;

	for (c = 0; c < n_cols; c++) {
		cols[c].name = name_of(rows_name(rows, c), &cols[c].shown);
		cols[c].width = width_of(cols[c].name);
		cols[c].number = true;
		for (i = 0; i < rows_n(rows); i++) {
			const char *text = text_of(rows, i, c);

			if ((w = width_of(text)) > cols[c].width)
				cols[c].width = w;
			if (!is_number(text))
				cols[c].number = false;
			if (strcmp(text, "0") != 0)
				cols[c].shown = true;
		}
	}
}

/* Two blanks between columns; one where only that keeps to a screen. */
static void
space(struct print_column *cols, int n_cols)
{
	size_t width = 0, shown = 0;

	for (int c = 0; c < n_cols; c++)
		if (cols[c].shown) {
			width += cols[c].width;
			shown++;
		}
	for (int c = 0; c < n_cols; c++)
		cols[c].gap = width + 2 * shown > SCREEN + 2 ? 1 : 2;
}

static int64_t
print_text(struct db *db, const char *sql, struct why *why)
{
	struct rows *rows = db_query(db, why, sql, 0, NULL);
	struct buf line = BUF_INIT;
	struct print_column *cols;
	int64_t n;
	size_t i;
	int c, n_cols;

	if (rows == NULL)
		return -1;
	n_cols = rows_cols(rows);
	cols = mem_new((size_t)n_cols + 1, sizeof(*cols));
	measure(rows, cols, n_cols);
	space(cols, n_cols);
	for (c = 0; rows_n(rows) > 0 && c < n_cols; c++)
		cell(&line, cols[c].name, &cols[c], cols[c].number);
	if (rows_n(rows) > 0)
		end_line(&line);
	for (i = 0; i < rows_n(rows); i++) {
		for (c = 0; c < n_cols; c++)
			cell(&line, text_of(rows, i, c), &cols[c],
			    cols[c].number);
		end_line(&line);
	}
	n = (int64_t)rows_n(rows);
	for (c = 0; c < n_cols; c++)
		free(cols[c].name);
	free(cols);
	buf_release(&line);
	rows_free(rows);
	return n;
}

int64_t
db_print(struct db *db, const char *sql, bool json, struct why *why)
{
	return json ? print_json(db, sql, why) : print_text(db, sql, why);
}
