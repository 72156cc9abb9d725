#include "mock/server/mock_switch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "mock/server/mock_fault.h"

static int
set_number(
    void *to, const struct mock_switch *s, const char *value, struct why *why)
{
	const char *wrong = NULL;
	int64_t n = strtonum(value, s->min, s->max, &wrong);

	if (wrong != NULL)
		return why_set(why, EX_USAGE, "%s=%s: %s (%lld to %lld)",
		    s->name, value, wrong, (long long)s->min,
		    (long long)s->max);
	memcpy(to, &n, sizeof(n));
	return 0;
}

static int
set_choice(
    void *to, const struct mock_switch *s, const char *value, struct why *why)
{
	int64_t n = 0;

	while (s->choices[n] != NULL && strcmp(s->choices[n], value) != 0)
		n++;
	if (s->choices[n] == NULL)
		return why_set(why, EX_USAGE, "%s=%s: unknown", s->name, value);
	memcpy(to, &n, sizeof(n));
	return 0;
}

static int
set(void *to, const struct mock_switch *s, const char *value, struct why *why)
{
	switch (s->form) {
	case SWITCH_NUMBER:
		return set_number(to, s, value, why);
	case SWITCH_SHARE:
		if (fault_chance(value, to))
			return 0;
		return why_set(
		    why, EX_USAGE, "%s=%s: not from 0 to 1", s->name, value);
	case SWITCH_CHOICE:
		return set_choice(to, s, value, why);
	default:
		*(bool *)to = strcmp(value, "0") != 0;
		return *value == '\0' || strcmp(value, "0") == 0 ||
			       strcmp(value, "1") == 0
			   ? 0
			   : why_set(why, EX_USAGE, "%s=%s: not 0 or 1",
				 s->name, value);
	}
}

int
switch_set(void *to, const struct mock_switch *list, size_t n, const char *text,
    struct why *why)
{
	char copy[512], *rest = copy, *part;

	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy))
		return why_set(why, EX_USAGE, "%.40s...: too long", text);
	while ((part = strsep(&rest, ",")) != NULL) {
		char *value = strchr(part, '=');
		size_t i = 0;

		if (value != NULL)
			*value++ = '\0';
		while (i < n && strcmp(list[i].name, part) != 0)
			i++;
		if (i == n)
			return why_set(
			    why, EX_USAGE, "%s: no such switch", part);
		if (set((char *)to + list[i].at, &list[i],
			value != NULL ? value : "", why) == -1)
			return -1;
	}
	return 0;
}
