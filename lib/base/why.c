#include "base/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#undef why_set /* what the analyzer is told */
#undef why_in
#undef why_errno

/* On one line, and harmless: whatever the far side said. */
static void
keep_line(struct why *w, const char *text)
{
	utf8_show(w->msg, sizeof(w->msg), text, strlen(text));
}

int
why_set(struct why *w, int status, const char *fmt, ...)
{
	char text[sizeof(w->msg) * 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	w->status = status;
	keep_line(w, text);
	return -1;
}

int
why_in(struct why *w, const char *fmt, ...)
{
	char text[sizeof(w->msg) * 2];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(w->msg), fmt, ap);
	va_end(ap);
	n = strlen(text);
	snprintf(text + n, sizeof(text) - n, ": %s", w->msg);
	keep_line(w, text);
	return -1;
}

int
why_errno(struct why *w, int status, const char *fmt, ...)
{
	char text[sizeof(w->msg) * 2];
	int saved = errno;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(w->msg), fmt, ap);
	va_end(ap);
	n = strlen(text);
	snprintf(text + n, sizeof(text) - n, ": %s", strerror(saved));
	w->status = status;
	keep_line(w, text);
	return -1;
}
