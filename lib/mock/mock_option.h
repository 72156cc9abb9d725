/* mock_option -- the command line of ha-mock, into struct mock_options. */
#ifndef HA_MOCK_OPTION_H
#define HA_MOCK_OPTION_H

#include "base/tool.h"
#include "mock/mock.h"

extern const struct tool mock_tool;

/*
 * Fills *o, defaults included: the source that is wanted. Texts are argv's.
 * A wrong command line ends the program.
 */
const char *mock_options(struct mock_options *o, int argc, char **argv);
void mock_options_release(struct mock_options *o);

#endif
