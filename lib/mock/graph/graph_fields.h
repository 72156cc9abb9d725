/*
 * graph_fields -- the parameter `fields` of the Graph API:
 * id,messages.limit(5){id,from{name}}.
 *
 * Owns the names; all of them live until graph_fields_free.
 *
 * Inside of lib/mock/graph.
 */
#ifndef HA_GRAPH_FIELDS_H
#define HA_GRAPH_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/why.h"

#define GRAPH_MAX_FIELDS 200 /* in one parameter */
#define GRAPH_MAX_DEPTH 8

struct graph_field {
	const char *name;
	const char *after, *before;	/* of `.after(x)`; NULL: not said */
	int64_t limit;			/* -1: not said */
	const struct graph_field *sub;	/* in braces; NULL: none */
	const struct graph_field *next; /* beside it */
};

struct graph_fields;

/* NULL: EX_USAGE, and the message names the character, from 1. */
struct graph_fields *graph_fields_parse(const char *text, struct why *why);
void graph_fields_free(struct graph_fields *f); /* NULL is fine */
/* NULL: there is none, or f is NULL. */
const struct graph_field *graph_fields_first(const struct graph_fields *f);
/* The field of that name beside `first`, or NULL. */
const struct graph_field *graph_field_find(
    const struct graph_field *first, const char *name);
/* Is it among them, or is nothing chosen (NULL)? */
bool graph_field_wants(const struct graph_field *first, const char *name);
/* Adds the text, cursors left out. */
void graph_fields_put(const struct graph_field *first, struct buf *to);

#endif
