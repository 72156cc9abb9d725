/*
 * many -- gets one path many times at once through api.h.
 *
 *   many SOURCE COUNT FLIGHT PATH    prints one status a line, then the
 *                                    calls, retries and longest wait
 * The account is $ACCOUNT, the time of a call $TIMEOUT (milliseconds).
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api.h"

int
main(int argc, char **argv)
{
	struct api_options o = {0};
	struct api_answer ans;
	struct api_counts n;
	struct why why = {0};
	struct source *s;
	struct api *a;
	const char *timeout = getenv("TIMEOUT");
	int rc, worst = 0;

	if (argc != 5)
		errx(EX_USAGE, "usage: many source count flight path");
	o.account = getenv("ACCOUNT");
	o.max_flight = (int)strtoll(argv[3], NULL, 10);
	o.timeout_ms = timeout != NULL ? strtoll(timeout, NULL, 10) : 20000;
	if ((s = source_load(argv[1], &why)) == NULL ||
	    (a = api_open(s, &o, &why)) == NULL)
		errx(why.status, "%s", why.msg);
	for (long long i = strtoll(argv[2], NULL, 10); i > 0; i--)
		if (api_submit(a, argv[4], NULL, &why) == -1)
			errx(why.status, "%s", why.msg);
	while ((rc = api_next(a, &ans, &why)) == 1) {
		printf("%ld\n", ans.code);
		if (ans.rc == -1) {
			warnx("%s", ans.why.msg);
			worst = ans.why.status;
		}
		api_answer_release(&ans);
	}
	if (rc == -1)
		errx(why.status, "%s", why.msg);
	n = api_counts(a);
	fprintf(stderr, "%" PRIu64 " calls, %" PRIu64 " retries\n", n.calls,
	    n.retries);
	api_close(a);
	source_free(s);
	return worst;
}
