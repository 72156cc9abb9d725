/*
 * upsert_option -- the command line of ha-upsert.
 *
 * Runs in main: a wrong command line ends the program, see tool.h.
 */
#ifndef HA_UPSERT_OPTION_H
#define HA_UPSERT_OPTION_H

#include "base/tool.h"
#include "upsert/upsert.h"

extern const struct tool upsert_tool;

/* Fills *o, defaults included; the number of the first input file. */
int upsert_options(struct upsert_options *o, int argc, char **argv);

#endif
