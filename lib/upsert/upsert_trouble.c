#include "upsert/upsert_int.h"

#include <string.h>

static bool
is_of(const char *state, const char *classes)
{
	for (; *classes != '\0'; classes += 3)
		if (strncmp(state, classes, 2) == 0)
			return true;
	return false;
}

/*
 * By the SQLSTATE. A trigger or function may raise any of its own making, so
 * what is no known fault of a statement, a session or the server is about the
 * rows. XX000: among others, a value that takes more memory than it may.
 */
enum trouble
trouble(const struct upsert *u)
{
	const char *state = "";

	for (size_t i = 0; i < u->n_lanes && *state == '\0'; i++)
		state = lane_state(u->lane[i]);
	if (is_of(state, TROUBLE_AGAIN))
		return AGAIN;
	if (strcmp(state, "XX000") == 0)
		return ROWS;
	return *state == '\0' || is_of(state, TROUBLE_FATAL) ? FATAL : ROWS;
}
