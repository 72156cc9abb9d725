/*
 * mock_option -- the mock's long options, by name.
 */
#ifndef HA_MOCK_OPTION_H
#define HA_MOCK_OPTION_H

#include <getopt.h>

#include "mock/mock.h"

/* For getopt_long: 0 and the index, but for -p, -v, -h and -V. */
extern const struct option mock_longs[];

/*
 * Sets the option of that name (without --). value: NULL for a switch. Keeps
 * a pointer to value where the option is a text. EX_USAGE for a wrong value.
 */
int mock_option(struct mock_options *o, const char *name, const char *value,
    struct why *why);
/* Settles what depends on other options; call it behind the last one. */
void mock_option_end(struct mock_options *o);
void mock_options_release(struct mock_options *o);

#endif
