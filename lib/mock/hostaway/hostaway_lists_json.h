/*
 * hostaway_lists_json -- the small lists of a Hostaway account: their paths,
 * how many rows they have, how a row looks.
 *
 * Inside of lib/mock/hostaway.
 */
#ifndef HA_HOSTAWAY_LISTS_JSON_H
#define HA_HOSTAWAY_LISTS_JSON_H

#include <stddef.h>

#include "mock/hostaway/hostaway_page.h"

enum extra_of {
	OF_ACCOUNT, /* one list */
	OF_LISTING, /* a list for each listing, {id} in the path */
	OF_BOOKING, /* for each reservation */
	ONE_OF,	    /* {id} is a row of the list `shape` */
	ONE_OBJECT  /* {id} is a reservation; the answer is one object */
};

struct extra_list {
	const char *path;
	enum extra_of of;
	int rows; /* at most; per parent it varies */
	const char *shape;
	enum envelope form;
};

extern const struct extra_list extra_lists[];
extern const size_t n_extra_lists;
/* Names of users' and groups' rights, up to a NULL. */
extern const char *const extra_rights[];
extern const char *const extra_newer_rights[];

#endif
