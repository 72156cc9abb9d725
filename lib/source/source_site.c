/* Where a source is, and how it and its accounts are called. */
#include "source/source_read.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "url/url_text.h"

static int
fail_at(
    const struct desc *top, const char *name, struct why *why, const char *what)
{
	struct desc d;

	desc_get(top, name, &d);
	return desc_fail(&d, why, "%s", what);
}

/* https://host[:port][/path], http to this machine; paths follow it. */
static bool
is_base(const char *url)
{
	bool plain = strncmp(url, "http://", 7) == 0;
	const char *host = url + (plain ? 7 : 8);
	size_t len = strcspn(host, "/?#");
	char *name, *port;
	bool good;

	if (!plain && strncmp(url, "https://", 8) != 0)
		return false;
	for (const char *p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p == '\177' ||
		    strchr("?#{}\"<>\\", *p) != NULL)
			return false;
	if (url[strlen(url) - 1] == '/')
		return false;
	name = mem_text(host, len);
	good = url_is_host(name);
	if (plain && (port = strrchr(name, ':')) != NULL && port[1] != '\0' &&
	    strchr(port, ']') == NULL)
		*port = '\0';
	good = good && (!plain || url_is_loopback(name));
	free(name);
	return good;
}

static int
check_accounts(const struct desc *top, const char *pattern, struct why *why)
{
	regex_t re;

	if (pattern == NULL)
		return 0;
	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return fail_at(
		    top, "account", why, "is no extended regular expression");
	regfree(&re);
	return 0;
}

int
source_check_site(
    const struct desc *top, const struct source *s, struct why *why)
{
	static const char *const taken[] = {
	    "ha", "core", "public", "information_schema"};

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(s->name, taken[i]) == 0 ||
		    strncmp(s->name, "pg_", 3) == 0)
			return fail_at(top, "source", why,
			    "its schema would be one that others have");
	if (!is_base(s->base))
		return fail_at(top, "base", why,
		    "must read https://host/path, without a slash at its end "
		    "(http to this machine only)");
	if (s->auth.path != NULL && s->auth.path[0] != '/' &&
	    strncmp(s->auth.path, "https://", 8) != 0)
		return fail_at(
		    top, "auth", why, "\"path\" must begin with a slash");
	return check_accounts(top, s->account_pattern, why);
}
