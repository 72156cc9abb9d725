#include "mock/reso/reso_int.h"

#include <string.h>

void
reso_refuse(
    struct mock_answer *a, int status, const char *message, const char *target)
{
	a->status = status;
	a->type = NULL;
	buf_clear(&a->body);
	buf_fmt(&a->body, "{\"error\":{\"code\":\"%d\",\"message\":", status);
	buf_json(&a->body, message, strlen(message));
	buf_str(&a->body, ",\"details\":[");
	if (target != NULL) {
		buf_fmt(&a->body, "{\"code\":\"%d\",\"message\":", status);
		buf_json(&a->body, message, strlen(message));
		buf_str(&a->body, ",\"target\":");
		buf_json(&a->body, target, strlen(target));
		buf_chr(&a->body, '}');
	}
	buf_str(&a->body, "]}}");
}
