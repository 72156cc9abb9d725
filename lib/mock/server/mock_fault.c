#include "mock/server/mock_fault.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/utf8.h"
#include "mock/server/mock_gen.h"
#include "url/url_text.h"

#define MAX_FAULTS 64

struct fault_rule {
	struct fault fault;
	double chance; /* 0..1 */
	uint64_t nth;  /* 0: by chance */
	uint64_t seen; /* requests that its path met */
	char path[128];
	struct rng rng;
};

struct mock_faults {
	uint64_t seed;
	const char *source;
	struct mock_lies *lies; /* NULL: none was asked for */
	uint64_t added;
	struct fault_rule rules[MAX_FAULTS];
	size_t n;
};

static const struct {
	const char *name;
	enum fault_kind kind;
	int status;
	int64_t wait_ms;
} kinds[] = {
    {"500", FAULT_STATUS, 500, 0},
    {"502", FAULT_STATUS, 502, 0},
    {"503", FAULT_STATUS, 503, 0},
    {"504", FAULT_STATUS, 504, 0},
    {"401", FAULT_STATUS, 401, 0},
    {"404", FAULT_STATUS, 404, 0},
    {"422", FAULT_STATUS, 422, 0},
    {"429", FAULT_LIMIT, 429, 0},
    {"429-wait", FAULT_WAIT, 429, 1000},
    {"400-html", FAULT_REFUSED, 400, 0},
    {"403", FAULT_FORBIDDEN, 403, 0},
    {"empty", FAULT_EMPTY, 200, 0},
    {"html", FAULT_HTML, 200, 0},
    {"short", FAULT_SHORT, 200, 0},
    {"cut", FAULT_CUT, 200, 0},
    {"slow", FAULT_SLOW, 200, 1000},
    {"reset", FAULT_RESET, 0, 0},
    {"fail-result", FAULT_RESULT, 200, 0},
    {"fail-message", FAULT_MESSAGE, 200, 0},
    {"error", FAULT_ERROR, 200, 0},
    {"echo", FAULT_ECHO, 400, 0},
    {"redirect", FAULT_REDIRECT, 302, 0},
    {"chunked", FAULT_CHUNKED, 200, 0},
    {"gzip", FAULT_GZIP, 200, 0},
};

struct mock_faults *
fault_new(uint64_t seed, const char *source)
{
	struct mock_faults *f = calloc(1, sizeof(*f));

	if (f == NULL)
		err(EX_OSERR, NULL);
	f->seed = seed;
	f->source = source;
	return f;
}

void
fault_free(struct mock_faults *f)
{
	if (f == NULL)
		return;
	lies_free(f->lies);
	free(f);
}

void
fault_clear(struct mock_faults *f)
{
	f->n = 0;
	if (f->lies != NULL)
		lies_forget(f->lies);
}

/* Digits only; false for anything else. */
static bool
digits(const char *text, uint64_t *to)
{
	if (*text == '\0' || strlen(text) > 9)
		return false;
	for (*to = 0; *text >= '0' && *text <= '9'; text++)
		*to = *to * 10 + (uint64_t)(*text - '0');
	return *text == '\0';
}

bool
fault_chance(const char *text, double *to)
{
	const char *p = text + 1;
	double scale = 1;

	if (*text != '0' && *text != '1')
		return false;
	*to = *text - '0';
	if (*p == '.')
		p++;
	while (*p >= '0' && *p <= '9') {
		scale /= 10;
		*to += (*p++ - '0') * scale;
	}
	return *p == '\0' && *to <= 1;
}

static bool
parse_option(const char *name, const char *value, struct fault_rule *r)
{
	uint64_t ms;

	if (strcmp(name, "path") == 0 && strlen(value) < sizeof(r->path)) {
		snprintf(r->path, sizeof(r->path), "%s", value);
		return true;
	}
	if (strcmp(name, "ms") == 0 && digits(value, &ms)) {
		r->fault.wait_ms = (int64_t)ms;
		return true;
	}
	if (strcmp(name, "status") == 0 && digits(value, &ms) && ms >= 400 &&
	    ms < 600) {
		r->fault.status = (int)ms;
		return true;
	}
	if (strcmp(name, "rows") == 0 && digits(value, &ms) && ms > 0) {
		r->fault.rows = (size_t)ms;
		return true;
	}
	if (strcmp(name, "minutes") == 0 && strspn(value, "0123456789.") > 0) {
		char *end;

		r->fault.minutes = strtod(value, &end);
		return *end == '\0';
	}
	if (strcmp(name, "transient") == 0 && digits(value, &ms) && ms <= 1) {
		r->fault.error.transient =
		    ms == 1 ? TRANSIENT_YES : TRANSIENT_NO;
		return true;
	}
	return false;
}

static bool
number(const char *text, int *to)
{
	uint64_t n;

	if (!digits(text, &n))
		return false;
	*to = (int)n;
	return true;
}

/* "error:190:463@401", cut in place */
static bool
parse_code(char *text, struct fault *f)
{
	char *status = strchr(text, '@'), *code, *subcode;

	if (status != NULL)
		*status++ = '\0';
	if (strcmp(strsep(&text, ":"), "error") != 0 ||
	    (code = strsep(&text, ":")) == NULL)
		return false;
	subcode = text;
	*f = (struct fault){.kind = FAULT_CODE, .status = 400};
	return number(code, &f->error.code) &&
	       (subcode == NULL || number(subcode, &f->error.subcode)) &&
	       (status == NULL || (number(status, &f->status) &&
				      f->status >= 200 && f->status < 600));
}

static bool
parse_kind(char *text, struct fault_rule *r)
{
	char *value = strchr(text, '=');
	bool good = false;

	if (value != NULL)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !good; i++)
		if (strcmp(kinds[i].name, text) == 0) {
			r->fault = (struct fault){.kind = kinds[i].kind,
			    .status = kinds[i].status,
			    .wait_ms = kinds[i].wait_ms};
			good = true;
		}
	if (!good && lie_find(text, &r->fault.lie)) {
		r->fault.kind = FAULT_LIE;
		r->fault.rows = 1;
		good = true;
	}
	if (!good && !parse_code(text, &r->fault))
		return false;
	return value == NULL ||
	       (*value == '#' ? digits(value + 1, &r->nth) && r->nth > 0
			      : fault_chance(value, &r->chance));
}

int
fault_add(struct mock_faults *f, const char *text, struct why *why)
{
	struct fault_rule r = {
	    .chance = 1, .rng = rng_of(f->seed, "fault", f->added++)};
	char copy[256], *rest = copy, *part;
	bool good;

	if (f->n == MAX_FAULTS)
		return why_set(
		    why, EX_USAGE, "more than %d faults", MAX_FAULTS);
	snprintf(copy, sizeof(copy), "%s", text);
	good = parse_kind(strsep(&rest, ","), &r);
	while (good && (part = strsep(&rest, ",")) != NULL) {
		char *value = strchr(part, '=');

		if (value != NULL)
			*value++ = '\0';
		good = value != NULL && parse_option(part, value, &r);
	}
	if (!good)
		return why_set(why, EX_USAGE,
		    "%s: not KIND[=P][,path=PREFIX]"
		    "[,ms=N][,rows=N]",
		    text);
	if (r.fault.kind == FAULT_LIE && f->lies == NULL &&
	    (f->lies = lies_new(f->source, f->seed, why)) == NULL)
		return -1;
	f->rules[f->n++] = r;
	return 0;
}

bool
fault_draw(struct mock_faults *f, const char *path, struct fault *hit)
{
	bool found = false;

	*hit = (struct fault){.kind = FAULT_NONE};
	for (size_t i = 0; i < f->n; i++) {
		struct fault_rule *r = &f->rules[i];
		bool now;

		if (strncmp(path, r->path, strlen(r->path)) != 0)
			continue;
		r->seen++;
		now = r->nth > 0 ? r->seen == r->nth
				 : rng_chance(&r->rng, r->chance);
		if (now && !found) {
			*hit = r->fault;
			found = true;
		}
	}
	return found;
}

static void
say(struct mock_answer *a, int status, const char *type, const char *body)
{
	a->status = status;
	a->type = type;
	buf_clear(&a->body);
	buf_str(&a->body, body);
}

/* One character in HTML, or (json) as JSON has it where all is escaped. */
static const char *
put_coded(const char *p, const char *end, bool json, struct buf *to)
{
	const char *next = utf8_next(p, end);
	unsigned c = (unsigned char)*p;

	if (next == NULL) /* no UTF-8: a byte is a character of Latin 1 */
		next = p + 1;
	else if (next - p == 2)
		c = (c & 0x1f) << 6 | ((unsigned char)p[1] & 0x3f);
	else if (next - p > 2) {
		buf_add(to, p, (size_t)(next - p));
		return next;
	}
	buf_fmt(to, json ? "\\u%04x" : "&#%u;", c);
	return next;
}

static void
put_all_coded(const struct buf *text, bool json, struct buf *to)
{
	const char *p = text->at, *end = p + text->len;

	buf_chr(to, '"');
	while (p < end)
		p = put_coded(p, end, json, to);
	buf_chr(to, '"');
}

/* An error that tells what was sent, in each spelling that APIs have for it. */
static void
echo(const struct fault *fault, const struct request *r, struct mock_answer *a)
{
	const char *auth = request_header(r, "Authorization");
	struct buf said = BUF_INIT;

	auth = auth != NULL ? auth : "";
	buf_fmt(&said, "not taken: %s ", auth);
	url_encode(auth, strlen(auth), &said);
	buf_fmt(&said, " ?%s ", r->query);
	buf_add(&said, r->body, r->body_len);
	say(a, fault->status, NULL, "{\"status\":\"fail\",\"message\":");
	buf_json(&a->body, said.at, said.len);
	buf_str(&a->body, ",\"error\":{\"code\":100,\"message\":");
	buf_json(&a->body, said.at, said.len);
	buf_str(&a->body, "},\"escaped\":");
	put_all_coded(&said, true, &a->body);
	buf_str(&a->body, ",\"html\":");
	put_all_coded(&said, false, &a->body);
	buf_chr(&a->body, '}');
	buf_release(&said);
}

static void
refuse(
    const struct fault *fault, const struct request *r, struct mock_answer *a)
{
	if (fault->kind == FAULT_ECHO) {
		echo(fault, r, a);
		return;
	}
	graph_refuse(a, &fault->error);
	a->status = fault->status;
}

/* What is always the same. */
static const struct {
	enum fault_kind kind;
	int status;
	const char *type, *text;
} fixed[] = {
    {FAULT_LIMIT, 429, NULL,
	"{\"status\":\"fail\",\"message\":\"Too many requests\"}"},
    {FAULT_WAIT, 429, NULL,
	"{\"status\":\"fail\",\"message\":\"Too many requests\"}"},
    {FAULT_REFUSED, 400, "text/html", "Bad Request"},
    {FAULT_ERROR, 200, NULL,
	"{\"error\":{\"code\":\"1111\",\"message\":\"Something went "
	"wrong\",\"details\":[]}}"},
    {FAULT_FORBIDDEN, 403, NULL,
	"{\"status\":\"fail\",\"message\":\"The resource owner or "
	"authorization server denied the request.\"}"},
    {FAULT_EMPTY, 200, NULL, ""},
    {FAULT_HTML, 200, "text/html",
	"<!DOCTYPE html>\n<html>Back in a moment</html>\n"},
    {FAULT_RESULT, 200, NULL,
	"{\"status\":\"fail\",\"result\":\"Something went wrong\"}"},
    {FAULT_MESSAGE, 200, NULL,
	"{\"status\":\"fail\",\"message\":\"Something went wrong\"}"},
};

bool
fault_instead(
    const struct fault *fault, const struct request *r, struct mock_answer *a)
{
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (fixed[i].kind == fault->kind) {
			say(a, fixed[i].status, fixed[i].type, fixed[i].text);
			return true;
		}
	switch (fault->kind) {
	case FAULT_STATUS:
		say(a, fault->status, fault->status >= 500 ? "text/html" : NULL,
		    fault->status >= 500
			? "<html><body><h1>Server Error</h1></body></html>"
			: "{\"status\":\"fail\",\"message\":\"Resource not "
			  "found\"}");
		return true;
	case FAULT_CODE:
	case FAULT_ECHO:
		refuse(fault, r, a);
		return true;
	case FAULT_RESET:
		a->delivery = SEND_RESET;
		return true;
	case FAULT_REDIRECT:
		say(a, 302, "text/html", "");
		answer_header(a, "Location", "http://127.0.0.1:9/v1/");
		return true;
	default:
		return false;
	}
}

void
fault_after(struct mock_faults *f, const struct fault *fault, const char *host,
    const char *path, struct mock_answer *a)
{
	if (fault->kind == FAULT_LIE)
		lie_tell(f->lies, fault->lie, fault->rows, host, path, a);
	if (fault->kind == FAULT_SHORT)
		a->delivery = SEND_SHORT;
	else if (fault->kind == FAULT_CUT)
		a->delivery = SEND_CUT;
	else if (fault->kind == FAULT_CHUNKED)
		a->delivery = SEND_CHUNKED;
	else if (fault->kind == FAULT_SLOW) {
		a->delivery = SEND_SLOW;
		a->wait_ms = fault->wait_ms;
	} else if (fault->kind == FAULT_GZIP)
		a->gzip = a->body.len > 0;
}
