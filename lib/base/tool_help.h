/*
 * tool_help -- the usage and the help of a tool, out of its table of options.
 *
 * Lines have at most 79 columns; what stands in brackets is not broken.
 */
#ifndef HA_TOOL_HELP_H
#define HA_TOOL_HELP_H

#include "base/buf.h"
#include "base/tool.h"

/* "usage: ha-x ...", a line or more for each form. */
void tool_help_usage(const struct tool *t, struct buf *to);
/* A line or more for each option, in the table's order. */
void tool_help_options(const struct tool *t, struct buf *to);

#endif
