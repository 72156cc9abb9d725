#include "url/url_text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

bool
url_is_loopback(const char *host)
{
	struct in_addr in;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &in) == 1 &&
	       ntohl(in.s_addr) >> 24 == 127;
}

bool
url_is_host(const char *text)
{
	size_t n = strcspn(text, ":");

	return n > 0 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == n &&
	       (text[n] == '\0' ||
		   (text[n + 1] != '\0' &&
		       text[n + 1 + strspn(text + n + 1, "0123456789")] ==
			   '\0'));
}

void
url_origin(const char *url, struct buf *to)
{
	static const char *const usual[][2] = {
	    {"https://", ":443"}, {"http://", ":80"}};
	const char *host = strstr(url, "://");
	size_t from = to->len, len, n;

	host = host == NULL ? url : host + 3;
	buf_add(to, url, (size_t)(host - url) + strcspn(host, "/?#"));
	for (size_t i = from; i < to->len; i++)
		if (to->at[i] >= 'A' && to->at[i] <= 'Z')
			to->at[i] += 'a' - 'A';
	len = to->len - from;
	for (size_t i = 0; i < 2; i++) {
		n = strlen(usual[i][1]);
		if (len > n &&
		    strncmp(to->at + from, usual[i][0], strlen(usual[i][0])) ==
			0 &&
		    strcmp(to->at + to->len - n, usual[i][1]) == 0)
			to->at[to->len -= n] = '\0';
	}
}

bool
url_is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

/* All but plain bytes and those of `also` as %XX. */
static void
encode(const char *text, size_t len, const char *also, struct buf *to)
{
	buf_str(to, "");
	for (size_t i = 0; i < len; i++)
		if (url_is_plain(text[i]) ||
		    (text[i] != '\0' && strchr(also, text[i]) != NULL))
			buf_chr(to, text[i]);
		else
			buf_fmt(to, "%%%02X", (unsigned char)text[i]);
}

void
url_encode(const char *text, size_t len, struct buf *to)
{
	encode(text, len, "", to);
}

void
url_encode_query(const char *text, size_t len, struct buf *to)
{
	encode(text, len, ",:/@$()*'!;?", to);
}

static int
digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

void
url_decode(const char *text, size_t len, bool plus, struct buf *to)
{
	buf_str(to, "");
	for (size_t i = 0; i < len; i++)
		if (text[i] == '%' && i + 2 < len &&
		    isxdigit((unsigned char)text[i + 1]) &&
		    isxdigit((unsigned char)text[i + 2])) {
			buf_chr(to, (char)(digit(text[i + 1]) * 16 +
					   digit(text[i + 2])));
			i += 2;
		} else {
			buf_chr(to, plus && text[i] == '+' ? ' ' : text[i]);
		}
}
