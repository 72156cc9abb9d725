/* ha-schema -- prints the SQL that makes a source's tables. */
#include <err.h>

#include "table/ddl.h"
#include "base/out.h"
#include "source/source.h"
#include "base/tool.h"

static const struct tool_option none = {0};

static const struct tool tool = {
    .name = "ha-schema", .forms = {"[-hV] source"}, .options = &none};

static int
print(const char *operand, struct why *why)
{
	const struct resource *r;
	struct source *s;
	struct buf text = BUF_INIT;
	int rc = -1;

	if ((s = source_of(operand, true, &r, why)) == NULL)
		return -1;
	if (r != NULL) {
		why_set(why, EX_USAGE,
		    "%s: the schema is that of the whole source: ha-schema %s",
		    operand, s->name);
		goto out;
	}
	if (source_verify(s->name, why) == 0 &&
	    ddl_script(s, &text, why) == 0) {
		out_bytes(text.at, text.len);
		rc = out_flush(why);
	}
out:
	buf_release(&text);
	source_free(s);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct why why = {0};
	int next;

	tool_start(&tool, argc, argv, envp);
	next = tool_options(argc, argv, NULL);
	if (argc - next != 1)
		tool_usage("one source is wanted");
	if (print(argv[next], &why) == 0)
		return out_exit(0);
	if (!out_failed())
		warnx("%s", why.msg);
	return out_exit(why.status);
}
