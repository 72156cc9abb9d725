#include "api/retry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/refusal.h"
#include "api/quota.h"

#define BACKOFF_FIRST_MS 250
#define BACKOFF_LONGEST_MS 30000
#define TEXT_MAX 300	     /* bytes of the far side's text in a message */
#define EPOCH_MIN 1000000000 /* a number above is a time, not a delay */

int64_t
retry_backoff_ms(unsigned tries)
{
	uint32_t cap = BACKOFF_LONGEST_MS;

	if (tries < 7)
		cap = (uint32_t)BACKOFF_FIRST_MS << tries;
	return arc4random_uniform(cap + 1);
}

/* The far side's clock, so that a wrong one here does no harm. */
static int64_t
far_now_ms(const struct http_answer *a, int64_t now_ms)
{
	int64_t ms = http_far_ms(a);

	return ms == 0 ? now_ms : ms;
}

/* A time that is over is no wait. */
static int64_t
until(int64_t ms, int64_t far_ms)
{
	return ms > far_ms ? ms - far_ms : 0;
}

/* -1: it says nothing. */
static int64_t
wait_value(const char *text, enum wait_form form, int64_t far_ms)
{
	char *end;
	double v;
	int64_t ms;

	errno = 0;
	v = strtod(text, &end);
	if (end == text || *end != '\0' || errno != 0 || !(v >= 0)) {
		ms = http_date(text);
		return ms == -1 ? -1 : until(ms, far_ms);
	}
	if (v >= 1e15)
		return -1;
	if (v > 1e12) /* milliseconds since 1970 */
		return until((int64_t)v, far_ms);
	if (v > EPOCH_MIN)
		return until((int64_t)(v * 1000), far_ms);
	if (form == WAIT_EPOCH_MS) /* a delay where a time is usual */
		return (int64_t)v;
	return (int64_t)(v * (form == WAIT_MINUTES ? 60000 : 1000));
}

/* The value of a header that is JSON: its largest number of that name. */
static int64_t
wait_member(struct json *j, struct buf *value, const struct wait_header *w,
    int64_t far_ms)
{
	struct buf text = BUF_INIT;
	double n;
	int64_t ms = -1;

	memset(buf_room(value, JSON_PADDING), 0, JSON_PADDING);
	n = quota_max(j, value->at, value->len, w->member);
	if (n > 0) { /* 0: it may be called at once, says a header for all */
		buf_fmt(&text, "%.3f", n);
		ms = wait_value(text.at, w->form, far_ms);
	}
	buf_release(&text);
	return ms;
}

int64_t
retry_wait_ms(const struct source *s, struct json *j,
    const struct http_answer *a, int64_t now_ms)
{
	static char name_of_all[] = "retry-after";
	const struct wait_header standard = {name_of_all, WAIT_SECONDS, NULL};
	int64_t far_ms = far_now_ms(a, now_ms), wait, longest = -1;
	struct buf name = BUF_INIT, value = BUF_INIT;

	for (size_t i = 0; i <= s->n_waits; i++) {
		const struct wait_header *w =
		    i < s->n_waits ? &s->waits[i] : &standard;

		buf_clear(&name);
		buf_str(&name, w->name);
		for (size_t c = 0; c < name.len; c++)
			if (name.at[c] >= 'A' && name.at[c] <= 'Z')
				name.at[c] += 'a' - 'A';
		if (!http_header(a, name.at, &value))
			continue;
		wait = w->member != NULL
			   ? wait_member(j, &value, w, far_ms)
			   : wait_value(value.at, w->form, far_ms);
		if (wait > longest)
			longest = wait;
	}
	buf_release(&name);
	buf_release(&value);
	return longest;
}

/* ": text" of an error body, or nothing; body has JSON_PADDING behind. */
static void
far_text(const struct source *s, struct json *j, const struct http_answer *a,
    const struct redact *hide, struct buf *to)
{
	struct why ignored;
	struct buf text = BUF_INIT;
	enum json_type type;

	buf_str(to, "");
	if (s->message == NULL || a->body.len == 0 ||
	    a->body.len > REFUSAL_MAX ||
	    json_check(j, a->body.at, a->body.len, &type, &ignored) == -1 ||
	    expr_text(s->message, a->body.at, a->body.len, &text, &ignored) !=
		1)
		goto out;
	buf_str(&text, "");
	redact_in(hide, &text);
	if (text.len > TEXT_MAX) { /* not in the middle of a character */
		text.len = TEXT_MAX;
		while ((text.at[text.len] & 0xc0) == 0x80)
			text.len--;
		text.at[text.len] = '\0';
		buf_str(&text, "...");
	}
	if (text.len > 0)
		buf_fmt(to, ": %s", text.at);
out:
	buf_release(&text);
}

/*
 * One JSON text? *whole: it came to its end, at least. A large body of rows is
 * only looked at from both ends: the far side said where it ends, and who takes
 * the rows out checks every byte of it.
 */
static int
check_body(
    struct json *j, const struct http_answer *a, bool *whole, struct why *why)
{
	const char *at = a->body.at, *end = at + a->body.len;

	while (at < end && strchr(" \t\r\n", *at) != NULL)
		at++;
	while (end > at && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	if (at == end)
		return why_set(why, EX_PROTOCOL, "an empty body");
	if (*at == '<')
		return why_set(why, EX_PROTOCOL, "HTML in place of JSON");
	*whole = a->framed && ((*at == '{' && end[-1] == '}') ||
				  (*at == '[' && end[-1] == ']'));
	if (*whole && a->rows && a->body.len > REFUSAL_MAX)
		return 0;
	if (json_check(j, a->body.at, a->body.len, NULL, why) == -1)
		return why_in(why, "a body that is not JSON");
	return 0;
}

/* A 200: is it what it claims to be? */
static struct judgement
judge_ok(const struct source *s, struct json *j, const struct http_answer *a,
    const struct redact *hide, struct why *why)
{
	struct judgement w = {
	    .verdict = VERDICT_FEW, .wait_ms = -1, .works = true};
	struct why reason = {0};
	struct buf status = BUF_INIT, far = BUF_INIT;
	bool whole = false;
	int got;

	if (check_body(j, a, &whole, &reason) == -1) {
		why_set(
		    why, EX_PROTOCOL, "HTTP %ld with %s", a->code, reason.msg);
		w.works = w.broken = whole; /* its rows may be good */
		return w;
	}
	w.verdict = VERDICT_USABLE;
	if (s->status == NULL || refusal_is_later(a, s->status))
		return w;
	got = expr_text(s->status, a->body.at, a->body.len, &status, &reason);
	buf_str(&status, "");
	if (got == 1
		? s->status_ok == NULL || strcmp(status.at, s->status_ok) != 0
		: s->status_ok != NULL && got == -1) {
		w.verdict = VERDICT_FEW;
		far_text(s, j, a, hide, &far);
		why_set(why, EX_UNAVAILABLE, "HTTP %ld with an error inside%s",
		    a->code, far.at);
		buf_release(&far);
	}
	buf_release(&status);
	return w;
}

/* By the code in the body; the HTTP status is only told. */
static struct judgement
judge_said(const struct source *s, struct json *j, const struct http_answer *a,
    const struct refusal_said *said, int64_t now_ms, const char *far,
    struct why *why)
{
	struct judgement w = {
	    .verdict = VERDICT_FINAL, .wait_ms = -1, .works = true};
	struct buf text = BUF_INIT;

	buf_fmt(&text, "HTTP %ld, error %lld", a->code, (long long)said->code);
	if (said->subcode != -1)
		buf_fmt(&text, "/%lld", (long long)said->subcode);
	buf_str(&text, far);
	w.smaller = said->smaller;
	switch (said->then) {
	case REFUSAL_WAIT:
		w.verdict = VERDICT_AGAIN;
		w.all_wait = true;
		w.wait_ms = retry_wait_ms(s, j, a, now_ms);
		if (w.wait_ms == -1)
			w.wait_ms =
			    said->wait_ms != -1 ? said->wait_ms : s->wait_ms;
		why_set(why, EX_TEMPFAIL, "over a limit: %s", text.at);
		break;
	case REFUSAL_RETRY:
		w.verdict = VERDICT_FEW;
		w.wait_ms = retry_wait_ms(s, j, a, now_ms);
		w.works = a->code < 500;
		why_set(why, EX_TEMPFAIL, "%s", text.at);
		break;
	case REFUSAL_AUTH:
		w.verdict = VERDICT_AUTH;
		/* FALLTHROUGH */
	case REFUSAL_DENIED:
		why_set(why, EX_NOPERM, "%s: %s",
		    w.verdict == VERDICT_AUTH ? "credentials refused"
					      : "a right is missing",
		    text.at);
		break;
	case REFUSAL_GONE:
		w.gone = true;
		/* FALLTHROUGH */
	case REFUSAL_FAIL:
		why_set(why, EX_UNAVAILABLE, "%s", text.at);
		break;
	}
	buf_release(&text);
	return w;
}

static struct judgement
judge_code(const struct source *s, struct json *j, const struct http_answer *a,
    int64_t now_ms, const char *far, struct why *why)
{
	struct judgement w = {
	    .verdict = VERDICT_FINAL, .wait_ms = -1, .works = true};
	long code = a->code;

	if (code == 408 || code == 425 || code == 429 || code >= 500) {
		w.verdict = VERDICT_AGAIN;
		w.wait_ms = retry_wait_ms(s, j, a, now_ms);
		w.all_wait = code == 429 || (code == 503 && w.wait_ms > 0);
		if (w.wait_ms == -1 && code == 429)
			w.wait_ms = s->wait_ms;
		w.works = code < 500;
		why_set(why, EX_TEMPFAIL, "HTTP %ld%s", code, far);
	} else if (code == 401 || code == 403) {
		w.verdict = VERDICT_AUTH;
		why_set(why, EX_NOPERM, "credentials refused: HTTP %ld%s", code,
		    far);
	} else if (code >= 300 && code < 400) {
		why_set(why, EX_PROTOCOL,
		    "HTTP %ld: a redirect, and these are not followed", code);
	} else if (code >= 400) {
		w.gone = code == 404 || code == 410;
		why_set(why, EX_UNAVAILABLE, "HTTP %ld%s", code, far);
	} else {
		why_set(why, EX_PROTOCOL, "HTTP %ld", code);
	}
	return w;
}

/* "0-99/100", with these three; nothing else is all of a body. */
static bool
is_whole(const char *range)
{
	char *end;
	unsigned long long first, last;

	first = strtoull(range, &end, 10);
	if (end == range || first != 0 || *end != '-')
		return false;
	last = strtoull(end + 1, &end, 10);
	return *end == '/' && end[1] != '*' &&
	       strtoull(end + 1, NULL, 10) == last + 1;
}

/* RFC 9110, 15.3.7.1: bytes of the body, and not all of them that there are. */
static bool
is_part(const struct http_answer *a)
{
	struct buf value = BUF_INIT;
	bool is = false;

	if (a->code == 206 && http_header(a, "content-range", &value) &&
	    strncasecmp(value.at, "bytes ", 6) == 0)
		is = !is_whole(value.at + 6);
	buf_release(&value);
	return is;
}

/*
 * Of RFC 9110: 204 and 205 say that there is nothing; 202 that nothing is
 * ready yet, whatever stands in it; 206 is a part that nobody asked for, but
 * counts if it is whole, or one of rows and not of bytes. What else there is
 * of 2xx is an answer.
 */
static struct judgement
judge_success(const struct source *s, struct json *j,
    const struct http_answer *a, int64_t now_ms, const struct redact *hide,
    struct why *why)
{
	struct judgement w = {
	    .verdict = VERDICT_USABLE, .wait_ms = -1, .works = true};

	if ((a->code == 204 || a->code == 205) && a->body.len == 0)
		return w;
	if (a->code != 202 && !is_part(a))
		return judge_ok(s, j, a, hide, why);
	w.verdict = VERDICT_FEW;
	if (a->code == 202) {
		w.wait_ms = retry_wait_ms(s, j, a, now_ms);
		why_set(why, EX_TEMPFAIL, "HTTP 202: not ready yet");
	} else {
		why_set(why, EX_PROTOCOL, "HTTP 206: a part of the body");
	}
	return w;
}

struct judgement
retry_judge(const struct source *s, struct json *j, const struct http_answer *a,
    int64_t now_ms, const struct redact *hide, struct why *why)
{
	struct judgement w = {.verdict = VERDICT_AGAIN, .wait_ms = -1};
	struct refusal_said said;
	struct buf far = BUF_INIT;

	if (a->end == HTTP_BIG) {
		w.verdict = VERDICT_FINAL;
		why_set(why, EX_PROTOCOL, "a body of more than %zu MiB",
		    HTTP_BODY_MAX >> 20);
		return w;
	}
	if (a->end != HTTP_DONE) {
		if (a->end == HTTP_FAILED)
			w.verdict = VERDICT_FINAL;
		why_set(why,
		    a->end == HTTP_FAILED ? EX_UNAVAILABLE : EX_TEMPFAIL,
		    "%s%s", a->end == HTTP_CUT ? "the body was cut off: " : "",
		    a->reason);
		return w;
	}
	if (refusal_read(s, a, j, &said)) {
		far_text(s, j, a, hide, &far);
		w = judge_said(s, j, a, &said, now_ms, far.at, why);
	} else if (a->code >= 200 && a->code < 300) {
		w = judge_success(s, j, a, now_ms, hide, why);
	} else {
		far_text(s, j, a, hide, &far);
		w = judge_code(s, j, a, now_ms, far.at, why);
	}
	w.rest_ms = quota_rest_ms(s, j, a);
	buf_release(&far);
	return w;
}

int
retry_again(struct retry *r, const struct judgement *w, int64_t now_us,
    bool patient, int64_t *at_us, struct why *why)
{
	int64_t wait_ms = retry_backoff_ms(r->tries);

	r->tries++;
	if (w->verdict == VERDICT_FEW)
		r->few++;
	if (w->verdict == VERDICT_FINAL || w->verdict == VERDICT_AUTH ||
	    r->few > RETRY_FEW)
		return 0;
	/* its own time, and jitter, so that all do not come back at once */
	if (w->wait_ms >= 0)
		wait_ms = w->wait_ms + wait_ms / 2;
	*at_us = patient ? now_us + wait_ms * 1000 : now_us;
	if (*at_us < r->deadline_us)
		return 1;
	why_in(why, "%u %s failed and the time is spent", r->tries,
	    r->tries == 1 ? "try" : "tries");
	why->status = EX_TEMPFAIL;
	return 0;
}
