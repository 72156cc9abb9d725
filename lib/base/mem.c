#include "base/mem.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void *
there(void *p)
{
	if (p == NULL)
		err(EX_OSERR, NULL);
	return p;
}

void *
mem_new(size_t n, size_t size)
{
	return there(calloc(n > 0 ? n : 1, size));
}

void *
mem_grow(void *at, size_t n, size_t size)
{
	return there(reallocarray(at, n > 0 ? n : 1, size));
}

char *
mem_str(const char *s)
{
	return s == NULL ? NULL : there(strdup(s));
}

char *
mem_text(const char *s, size_t len)
{
	return there(strndup(s, len));
}
