/*
 * json_path -- compiled paths: a tree of the names and indexes to look for.
 *
 * Inside of lib/json.
 * Nodes are owned by struct json_paths. A node's slots
 * are the numbers of the paths that end there.
 */
#ifndef HA_JSON_PATH_H
#define HA_JSON_PATH_H

#include <stdint.h>

#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JSON_NODE_HASH 32

struct json_node {
	struct buf name; /* of a member; not used where is_index */
	bool is_index;
	size_t index;
	struct json_node **children;
	size_t n_children;
	size_t *slots;
	size_t n_slots;
	/* children by name: 1 + number of the first, then by `same` */
	uint16_t first[JSON_NODE_HASH];
	uint16_t same;
};

/* Never NULL: "." even if nothing is asked for. */
const struct json_node *json_paths_root(const struct json_paths *p);
/* The child to descend into, or NULL. The name is unescaped. */
const struct json_node *json_node_named(
    const struct json_node *node, const char *name, size_t len);
const struct json_node *json_node_at(
    const struct json_node *node, size_t index);
/* JSON_NONE for each path that ends at or below this node. */
void json_node_clear(const struct json_node *node, struct json_val *vals);

#ifdef __cplusplus
}
#endif
#endif
