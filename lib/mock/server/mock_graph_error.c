#include "mock/server/mock_graph_error.h"

#include <stdbool.h>
#include <string.h>

#define WAIT " Wait a bit and try again."

static const struct {
	int from, to;
	const char *says;
} texts[] = {{1, 1, "An unknown error occurred"},
    {2, 2, "Service temporarily unavailable"},
    {3, 3, "Application does not have the capability to make this API call."},
    {4, 4, "(#4) Application request limit reached"},
    {9, 9, "(#9) Too many calls for this Page or thread"},
    {10, 10, "(#10) Application does not have permission for this action"},
    {17, 17, "(#17) User request limit reached"},
    {32, 32, "(#32) Page request limit reached"},
    {100, 100, "(#100) Invalid parameter"},
    {102, 102, "Session key invalid or no longer valid"},
    {104, 104, "An access token is required to request this resource."},
    {190, 190, "Invalid OAuth access token."}, {200, 299, "Permissions error"},
    {341, 341, "(#341) Feed action request limit reached"},
    {368, 368, "The action was deemed abusive and is blocked"},
    {506, 506, "Duplicate status message"},
    {551, 551, "(#551) This person isn't available right now."},
    {613, 613, "(#613) Calls to this api have exceeded the rate limit."},
    {1200, 1200, "Temporary send message failure. Please try again later."},
    {2500, 2500, "Syntax error"},
    {80000, 80014, "There have been too many calls to this account." WAIT},
    {1609005, 1609005, "The link could not be processed"},
    {2018218, 2018218, "(#2018218) No profile available for this user."}};

static const char *
text_of(const struct graph_error *e)
{
	if (e->message != NULL)
		return e->message;
	if (e->code == 190 && e->subcode == 463)
		return "Error validating access token: Session has expired";
	if (e->code == 2 && e->subcode == 2018344)
		return "The terms of service are not accepted";
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (e->code >= texts[i].from && e->code <= texts[i].to)
			return texts[i].says;
	return "An error occurred";
}

void
graph_refuse(struct mock_answer *a, const struct graph_error *e)
{
	const char *text = text_of(e);

	a->status = e->status != 0 ? e->status : 400;
	a->type = NULL;
	buf_clear(&a->body);
	buf_str(&a->body, "{\"error\":{\"message\":");
	buf_json(&a->body, text, strlen(text));
	buf_fmt(&a->body, ",\"type\":\"OAuthException\",\"code\":%d", e->code);
	if (e->subcode != 0)
		buf_fmt(&a->body, ",\"error_subcode\":%d", e->subcode);
	if (e->transient != TRANSIENT_UNSAID)
		buf_fmt(&a->body, ",\"is_transient\":%s",
		    e->transient == TRANSIENT_YES ? "true" : "false");
	buf_fmt(
	    &a->body, ",\"fbtrace_id\":\"Amock%dx%d\"}}", e->code, e->subcode);
}
