#include "pgarray.h"

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
