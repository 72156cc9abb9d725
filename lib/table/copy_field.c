#include "table/copy_field.h"

#include <arpa/inet.h>

#include <ctype.h>
#include <string.h>

static void
length(struct buf *to, uint32_t n)
{
	n = htonl(n);
	buf_add(to, &n, sizeof(n));
}

void
field_start(struct buf *to)
{
	buf_add(to, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
}

void
field_end(struct buf *to)
{
	buf_add(to, "\377\377", 2);
}

void
field_count(struct buf *to, size_t n)
{
	uint16_t short_n = htons((uint16_t)n);

	buf_add(to, &short_n, sizeof(short_n));
}

void
field_null(struct buf *to)
{
	length(to, UINT32_MAX);
}

void
field_bytes(struct buf *to, const void *p, size_t len)
{
	length(to, (uint32_t)len);
	buf_add(to, p, len);
}

void
field_int32(struct buf *to, int32_t n)
{
	length(to, 4);
	length(to, (uint32_t)n);
}

void
field_bool(struct buf *to, int truth)
{
	field_bytes(to, truth ? "\1" : "\0", 1);
}

void
field_jsonb(struct buf *to, const char *text, size_t len)
{
	length(to, (uint32_t)len + 1);
	buf_chr(to, 1); /* version of the format */
	buf_add(to, text, len);
}

void
field_uuid(struct buf *to, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16] = {0};
	size_t n = 0;

	for (; *text != '\0' && n < 32; text++) {
		const char *d = strchr(digits, tolower((unsigned char)*text));

		if (d == NULL)
			continue;
		bytes[n / 2] =
		    (unsigned char)(bytes[n / 2] << 4 | (unsigned)(d - digits));
		n++;
	}
	field_bytes(to, bytes, sizeof(bytes));
}
