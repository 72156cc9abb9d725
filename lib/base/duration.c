#include "base/duration.h"

#include <string.h>

int
duration_parse(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60000},
	    {"h", 3600000}, {"d", 86400000}};
	size_t digits = strspn(text, "0123456789");
	int64_t n = 0;

	if (digits == 0 || digits > 12)
		return -1;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].unit) != 0)
			continue;
		if (n > INT64_MAX / units[i].ms / 1000)
			return -1;
		*ms = n * units[i].ms;
		return 0;
	}
	return -1;
}
