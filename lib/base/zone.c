#include "base/zone.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define NAME                                                                   \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-"

/* The name came from outside; and to libc, what is no zone is UTC. */
static bool
exists(const char *zone)
{
	const char *dir = getenv("TZDIR");
	struct buf path = BUF_INIT;
	struct stat st;
	bool is;

	if (zone[0] == '\0' || zone[0] == '/' || strlen(zone) > 64 ||
	    zone[strspn(zone, NAME)] != '\0')
		return false;
	buf_fmt(
	    &path, "%s/%s", dir != NULL ? dir : "/usr/share/zoneinfo", zone);
	is = stat(path.at, &st) == 0 && S_ISREG(st.st_mode);
	buf_release(&path);
	return is;
}

static void
use(const char *zone)
{
	if (zone == NULL)
		unsetenv("TZ");
	else
		setenv("TZ", zone, 1);
	tzset();
}

int
zone_local(const char *zone, time_t at, int64_t *local)
{
	const char *given = getenv("TZ");
	char *before;
	struct tm tm;
	bool is;

	if (!exists(zone))
		return -1;
	before = given == NULL ? NULL : mem_str(given);
	use(zone);
	is = localtime_r(&at, &tm) != NULL;
	use(before);
	free(before);
	if (!is)
		return -1;
	*local = (int64_t)at + tm.tm_gmtoff;
	return 0;
}
