#include "mock/server/mock_answer.h"

#include <string.h>

void
mock_fail(struct mock_answer *a, int status, const char *message)
{
	a->status = status;
	buf_clear(&a->body);
	buf_str(&a->body, "{\"status\":\"fail\",\"message\":");
	buf_json(&a->body, message, strlen(message));
	buf_chr(&a->body, '}');
}

int64_t
word_value(const char *word)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *word != '\0'; word++)
		h = (h ^ (unsigned char)*word) * 0x100000001b3u;
	return (int64_t)(h >> 1);
}

const char *
path_id(const char *path, const char *under, int64_t *id)
{
	size_t n = strlen(under), digits;

	if (strncmp(path, under, n) != 0)
		return NULL;
	digits = strspn(path + n, "0123456789");
	if (digits == 0 || digits > 18 ||
	    (path[n + digits] != '\0' && path[n + digits] != '/'))
		return NULL;
	*id = 0;
	for (size_t i = 0; i < digits; i++)
		*id = *id * 10 + (path[n + i] - '0');
	return path + n + digits;
}

int64_t
request_number(const struct request *r, const char *name, int64_t usual)
{
	const char *text = name == NULL ? NULL : request_arg(r, name);
	int64_t n;

	return text != NULL && path_id(text, "", &n) != NULL ? n : usual;
}
