/*
 * cutfile -- records {"n":1,"v":value} as a file for COPY in binary format.
 *
 *   cutfile TYPE [aside] <records >copy    columns n bigint (key), v TYPE
 *   cutfile -k TYPE <records               n, a tab and the key text of v
 *
 * A record that is refused leaves "n<tab>reason" in the file `aside`.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "table/cut.h"

static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";

static enum column_type
type_named(const char *name)
{
	for (int t = COL_TEXT; t <= COL_JSONB; t++)
		if (strcmp(column_type_sql((enum column_type)t), name) == 0)
			return (enum column_type)t;
	errx(EX_USAGE, "no type %s", name);
}

static struct cut *
compile(struct resource *r, const char *type, bool by_value)
{
	static char n[] = "n", v[] = "v", *key[1];
	static struct column columns[2];
	struct why why = {0, ""};
	struct cut *c;

	columns[0] = (struct column){n, COL_BIGINT, expr_new(".n", &why), 0, 0};
	columns[1] =
	    (struct column){v, type_named(type), expr_new(".v", &why), 0, 0};
	key[0] = by_value ? v : n;
	r->columns = columns;
	r->n_columns = 2;
	r->key = key;
	r->n_key = 1;
	if ((c = cut_new(r, &why)) == NULL)
		errx(why.status, "%s", why.msg);
	return c;
}

static void
each_line(struct cut *c, bool by_value, FILE *aside)
{
	struct buf fields = BUF_INIT, key = BUF_INIT;
	struct why why = {0, ""};
	char *line = NULL;
	size_t room = 0;
	long got, no = 0;

	while ((got = getline(&line, &room, stdin)) > 0) {
		size_t len = (size_t)got - (line[got - 1] == '\n');

		no++;
		if (room < len + JSON_PADDING) {
			room = len + JSON_PADDING;
			if ((line = realloc(line, room)) == NULL)
				err(EX_OSERR, NULL);
		}
		buf_clear(&fields);
		if ((by_value ? cut_key(c, line, len, &key, &why)
			      : cut_row(c, line, len, &fields, &why)) == -1) {
			if (aside != NULL)
				fprintf(aside, "%ld\t%s\n", no, why.msg);
		} else if (by_value)
			printf("%ld\t%s\n", no, key.at);
		else {
			fwrite("\0\2", 1, 2, stdout);
			fwrite(fields.at, 1, fields.len, stdout);
		}
	}
	free(line);
	buf_release(&fields);
	buf_release(&key);
}

int
main(int argc, char **argv)
{
	bool by_value = argc > 1 && strcmp(argv[1], "-k") == 0;
	struct resource r = {0};
	struct cut *c;
	FILE *aside = NULL;

	argv += by_value;
	argc -= by_value;
	if (argc < 2)
		errx(EX_USAGE, "usage: cutfile [-k] type [aside]");
	if (argc > 2 && (aside = fopen(argv[2], "w")) == NULL)
		err(EX_IOERR, "%s", argv[2]);
	c = compile(&r, argv[1], by_value);
	if (!by_value)
		fwrite(head, 1, sizeof(head) - 1, stdout);
	each_line(c, by_value, aside);
	if (!by_value)
		fwrite("\377\377", 1, 2, stdout);
	cut_free(c);
	for (size_t i = 0; i < r.n_columns; i++)
		expr_free(r.columns[i].from);
	if (aside != NULL && fclose(aside) != 0)
		err(EX_IOERR, "%s", argv[2]);
	return fflush(stdout) == 0 ? 0 : EX_IOERR;
}
