#include "base/tool_help.h"

#include <ctype.h>
#include <string.h>

#define WIDTH 79
#define USAGE_INDENT 11 /* of what does not fit behind "usage: " */
#define HELP_COLUMN 28	/* at most; behind a longer option on the next line */

/* Adds text at a column, and goes on at another where the line is full. */
static void
wrap(struct buf *to, const char *text, size_t column, size_t indent)
{
	size_t depth, len;

	for (bool first = true; *text != '\0'; first = false) {
		text += *text == ' ';
		for (len = depth = 0;
		     text[len] != '\0' && (depth > 0 || text[len] != ' ');
		     len++) {
			depth += text[len] == '[';
			depth -= text[len] == ']' && depth > 0;
		}
		if (!first && column + 1 + len > WIDTH) {
			buf_fmt(to, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buf_chr(to, ' ');
			column++;
		}
		buf_add(to, text, len);
		column += len;
		text += len;
	}
	buf_chr(to, '\n');
}

/* Does the form name it, in its own place? */
static bool
in_text(const struct tool_option *table, const struct tool_option *op,
    const char *form)
{
	size_t len;

	for (; *form != '\0'; form += len + (form[len] != '\0')) {
		len = strcspn(form, " []|");
		if (tool_option_named(table, form, len) == op)
			return true;
	}
	return false;
}

/* Is it one of those that % stands for? */
static bool
in_rest(const struct tool *t, const struct tool_option *op, size_t form)
{
	return op->kind != TOOL_HEADING && op->kind != TOOL_HELP &&
	       op->kind != TOOL_VERSION &&
	       (op->in == 0 || (op->in & TOOL_FORM(form)) != 0) &&
	       !in_text(t->options, op, t->forms[form]);
}

/* Is a before b among letters: hnPqVv? */
static bool
before(int a, int b)
{
	int by = tolower(a) - tolower(b);

	return by < 0 || (by == 0 && a < b);
}

static void
add_letter(char *letters, int letter)
{
	size_t i = strlen(letters);

	for (letters[i + 1] = '\0'; i > 0 && before(letter, letters[i - 1]);
	     i--)
		letters[i] = letters[i - 1];
	letters[i] = (char)letter;
}

/* "[-hnVv] ": the flags that have letters; -h and -V join others. */
static void
add_flags(const struct tool *t, size_t form, struct buf *to)
{
	char letters[64] = "";

	for (const struct tool_option *op = t->options; op->name != NULL; op++)
		if (op->letter != 0 && op->argument == NULL &&
		    in_rest(t, op, form))
			add_letter(letters, op->letter);
	if (*letters == '\0')
		return;
	add_letter(letters, 'h');
	add_letter(letters, 'V');
	buf_fmt(to, "[-%s] ", letters);
}

/* "[-a account] [--from cursor] ": letters first. */
static void
add_rest(const struct tool *t, size_t form, struct buf *to)
{
	const struct tool_option *op;

	add_flags(t, form, to);
	for (op = t->options; op->name != NULL; op++)
		if (op->letter != 0 && op->argument != NULL &&
		    in_rest(t, op, form))
			buf_fmt(to, "[-%c %s] ", op->letter, op->argument);
	for (op = t->options; op->name != NULL; op++)
		if (op->letter == 0 && in_rest(t, op, form))
			buf_fmt(to, "[--%s%s%s] ", op->name,
			    op->argument != NULL ? " " : "",
			    op->argument != NULL ? op->argument : "");
}

/* The form's text, each option that it names with its argument. */
static void
add_form(const struct tool *t, size_t form, struct buf *to)
{
	const struct tool_option *op;
	const char *p = t->forms[form];
	size_t len;

	while (*p != '\0') {
		if (*p == '%') {
			add_rest(t, form, to);
			p += 1 + (p[1] == ' ');
			continue;
		}
		len = strcspn(p, " []|");
		op = tool_option_named(t->options, p, len);
		buf_add(to, p, len > 0 ? len : 1);
		if (op != NULL && op->argument != NULL)
			buf_fmt(to, " %s", op->argument);
		p += len > 0 ? len : 1;
	}
	while (to->len > 0 && to->at[to->len - 1] == ' ') /* behind a last % */
		to->at[--to->len] = '\0';
}

void
tool_help_usage(const struct tool *t, struct buf *to)
{
	struct buf text = BUF_INIT;
	size_t from;

	for (size_t form = 0; t->forms[form] != NULL; form++) {
		from = to->len;
		buf_fmt(
		    to, "%s%s ", form == 0 ? "usage: " : "       ", t->name);
		buf_clear(&text);
		add_form(t, form, &text);
		wrap(to, text.at, to->len - from, USAGE_INDENT);
	}
	buf_release(&text);
}

/* "  -a, --account ACCOUNT": a name is in capitals, words to choose are not. */
static void
add_left(const struct tool_option *op, struct buf *to)
{
	bool name = op->argument != NULL && strpbrk(op->argument, "|[") == NULL;

	if (op->letter != 0)
		buf_fmt(to, "  -%c, --%s", op->letter, op->name);
	else
		buf_fmt(to, "      --%s", op->name);
	if (op->argument == NULL)
		return;
	buf_chr(to, ' ');
	for (const char *p = op->argument; *p != '\0'; p++)
		buf_chr(to, (char)(name ? toupper((unsigned char)*p) : *p));
}

/* Where the texts begin: two blanks behind the longest that fits. */
static size_t
column_of(const struct tool *t)
{
	const struct tool_option *op;
	struct buf left = BUF_INIT;
	size_t column = 0;

	for (size_t i = 0; (op = tool_option_at(t->options, i)) != NULL; i++) {
		buf_clear(&left);
		add_left(op, &left);
		if (op->kind != TOOL_HEADING && left.len + 2 <= HELP_COLUMN &&
		    left.len + 2 > column)
			column = left.len + 2;
	}
	buf_release(&left);
	return column;
}

void
tool_help_options(const struct tool *t, struct buf *to)
{
	const size_t column = column_of(t);
	const struct tool_option *op;
	size_t from;

	for (size_t i = 0; (op = tool_option_at(t->options, i)) != NULL; i++) {
		if (op->kind == TOOL_HEADING) {
			buf_fmt(to, "%s:\n", op->name);
			continue;
		}
		from = to->len;
		add_left(op, to);
		if (to->len - from + 2 > column) {
			buf_chr(to, '\n');
			from = to->len;
		}
		buf_fmt(to, "%*s", (int)(column - (to->len - from)), "");
		wrap(to, op->help, column, column);
	}
}
