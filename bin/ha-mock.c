/* ha-mock -- a faithful fake of a described API, on this machine only. */
#include <err.h>
#include <stdio.h>

#include "mock/mock_option.h"
#include "base/out.h"
#include "base/tool.h"

static int
serve(const char *source, const struct mock_options *o, struct why *why)
{
	struct mock *m;
	char line[64];
	int rc = -1;

	if ((m = mock_open(source, o, why)) == NULL)
		return -1;
	snprintf(line, sizeof(line), "http://127.0.0.1:%d%s\n", mock_port(m),
	    mock_base(m));
	out_str(line);
	if (out_flush(why) == 0)
		rc = mock_run(m, why);
	mock_close(m);
	return rc;
}

int
main(int argc, char **argv, char **envp)
{
	struct mock_options o;
	struct why why = {0};
	const char *source;
	int rc;

	tool_start(&mock_tool, argc, argv, envp);
	source = mock_options(&o, argc, argv);
	rc = serve(source, &o, &why);
	mock_options_release(&o);
	if (rc == 0 || out_failed())
		return out_exit(0); /* it says what stdout's failure is */
	warnx("%s", why.msg);
	return out_exit(why.status);
}
