/*
 * mock_switch -- what --switch sets: named numbers, shares, flags, choices.
 *
 * A backend has a table of them, and a struct that they are set in.
 */
#ifndef HA_MOCK_SWITCH_H
#define HA_MOCK_SWITCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

enum switch_form {
	SWITCH_NUMBER, /* int64_t within min and max */
	SWITCH_SHARE,  /* double, 0 to 1 */
	SWITCH_FLAG,   /* bool */
	SWITCH_CHOICE  /* int64_t: which of the choices */
};

struct mock_switch {
	const char *name;
	enum switch_form form;
	size_t at; /* offset in the struct */
	int64_t min, max;
	const char *const *choices; /* the last one NULL */
};

/* One "name", "name=value", or several with commas. EX_USAGE. */
int switch_set(void *to, const struct mock_switch *list, size_t n,
    const char *text, struct why *why);

#endif
