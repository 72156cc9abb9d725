#include "table/copy_field.h"

#include <endian.h>
#include <string.h>

#define JSONB_VERSION 1

static void
length(struct buf *to, uint32_t n)
{
	n = htobe32(n);
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
	uint16_t short_n = htobe16((uint16_t)n);

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

/* Most columns of most records go through here: one buf_add, not two. */
void
field_int(struct buf *to, uint64_t n, int bytes)
{
	struct {
		uint32_t length;
		char value[8];
	} field = {.length = htobe32((uint32_t)bytes)};

	n = htobe64(n << 8 * (8 - bytes));
	memcpy(field.value, &n, sizeof(n));
	buf_add(to, &field, sizeof(field.length) + (size_t)bytes);
}

void
field_jsonb(struct buf *to, const char *text, size_t len)
{
	length(to, (uint32_t)len + 1);
	buf_chr(to, JSONB_VERSION);
	buf_add(to, text, len);
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
field_uuid(struct buf *to, const char *text, size_t len)
{
	char bytes[16];
	int n = 0;

	if (len != 36 && len != 32)
		return -1;
	for (size_t i = 0; i < len; i++) {
		int d = hex(text[i]);

		if (len == 36 && (i == 8 || i == 13 || i == 18 || i == 23)) {
			if (text[i] != '-')
				return -1;
			continue;
		}
		if (d == -1)
			return -1;
		bytes[n / 2] = (char)(n % 2 ? (bytes[n / 2] | d) : d << 4);
		n++;
	}
	field_bytes(to, bytes, sizeof(bytes));
	return 1;
}

size_t
field_open(struct buf *to)
{
	length(to, 0);
	return to->len;
}

void
field_close(struct buf *to, size_t open)
{
	uint32_t n = htobe32((uint32_t)(to->len - open));

	memcpy(to->at + open - sizeof(n), &n, sizeof(n));
}
