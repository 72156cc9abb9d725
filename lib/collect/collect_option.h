/* collect_option -- the command line of ha-page, into struct collect_options.
 */
#ifndef HA_COLLECT_OPTION_H
#define HA_COLLECT_OPTION_H

#include "base/tool.h"
#include "collect/collect.h"

extern const struct tool collect_tool;

/* A wrong command line ends the program. Texts are argv's. */
void collect_options(struct collect_options *o, int argc, char **argv);

#endif
