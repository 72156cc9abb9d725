#include "db/pgarray.h"

#include <string.h>

void
pgarray_add(struct buf *to, const char *text, size_t len)
{
	buf_chr(to, to->len == 0 ? '{' : ',');
	if (text == NULL) {
		buf_str(to, "NULL");
		return;
	}
	buf_room(to, len + 2);
	buf_chr(to, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			buf_chr(to, '\\');
		buf_chr(to, text[i]);
	}
	buf_chr(to, '"');
}

void
pgarray_end(struct buf *to)
{
	buf_str(to, to->len == 0 ? "{}" : "}");
}

void
pgarray_path(struct buf *to, const char *path)
{
	size_t len;

	while (*path != '\0') {
		if (*path == '.' || *path == '"') {
			path++;
		} else if (path[0] == '[' && path[1] == ']') {
			pgarray_add(to, "[]", 2);
			path += 2;
		} else if (*path == '[') {
			len = strspn(++path, "0123456789");
			pgarray_add(to, path, len);
			path += len + (path[len] == ']');
		} else {
			len = strcspn(path, path[-1] == '"' ? "\"" : ".[");
			pgarray_add(to, path, len);
			path += len;
		}
	}
	pgarray_end(to);
}
