#include "base/columns.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

bool
columns_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Bytes of the character at text, and its columns; 0: the end. */
static size_t
step(const char *text, size_t *columns)
{
	mbstate_t state = {0};
	wchar_t c;
	size_t n = mbrtowc(&c, text, strlen(text), &state);
	int wide;

	*columns = 1;
	if (n == 0 || *text == '\0')
		return 0;
	if (n > strlen(text)) { /* no character in this locale */
		const char *next = utf8_next(text, text + strlen(text));

		return next != NULL ? (size_t)(next - text) : 1;
	}
	if ((wide = wcwidth(c)) >= 0)
		*columns = (size_t)wide;
	return n;
}

size_t
columns_of(const char *text)
{
	size_t n, wide, all = 0;

	for (; (n = step(text, &wide)) > 0; text += n)
		all += wide;
	return all;
}

size_t
columns_fit(const char *text, size_t columns)
{
	const char *p = text;
	size_t n, wide, all = 0;

	for (; (n = step(p, &wide)) > 0; p += n)
		if ((all += wide) > columns)
			break;
	return (size_t)(p - text);
}

void
columns_cut(struct buf *text, size_t from, size_t columns)
{
	if (columns_of(text->at + from) <= columns)
		return;
	text->len =
	    from + columns_fit(text->at + from, columns > 3 ? columns - 3 : 0);
	buf_str(text, "...");
}

size_t
columns_wrap(const char *text, size_t columns)
{
	size_t fits = columns_fit(text, columns), n = fits;

	if (text[fits] == '\0')
		return fits;
	while (n > 0 && text[n] != ' ')
		n--;
	return n > 0 ? n : fits;
}
