#include "base/run_id.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static bool
has_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

bool
uuid_is(const char *text)
{
	size_t i;

	for (i = 0; i < UUID_SIZE - 1; i++)
		if (has_dash(i) ? text[i] != '-'
				: !isxdigit((unsigned char)text[i]))
			return false;
	return text[i] == '\0';
}

void
uuid_new(char to[UUID_SIZE])
{
	uint32_t r[4];

	arc4random_buf(r, sizeof(r));
	snprintf(to, UUID_SIZE, "%08x-%04x-4%03x-%04x-%04x%08x", r[0],
	    r[1] >> 16, r[1] & 0xfff, 0x8000 | (r[2] >> 16 & 0x3fff),
	    r[2] & 0xffff, r[3]);
}

const char *
run_id_given(void)
{
	const char *id = getenv("HA_RUN");

	return id != NULL && *id != '\0' ? id : NULL;
}

int
run_id_check(struct why *why)
{
	const char *id = run_id_given();

	if (id == NULL || uuid_is(id))
		return 0;
	return why_set(why, EX_CONFIG, "HA_RUN is no UUID");
}

const char *
run_id(void)
{
	static char own[UUID_SIZE];
	const char *given = run_id_given();

	if (given != NULL)
		return given;
	if (*own == '\0')
		uuid_new(own);
	return own;
}
