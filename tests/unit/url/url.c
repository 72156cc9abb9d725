/* url: where links lead, and what is asked for then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "url/url.h"

static char other[] = "pages.example.net", ported[] = "far.example.net:8443",
	    here[] = "localhost";
static char *hosts[] = {other, ported, here};
static const struct url_site site = {
    "https://api.example.com/v1/odata", hosts, 3};
static const struct url_site local = {"http://127.0.0.1:8080/v1", hosts, 3};

static void
leads(const struct url_site *s, const char *request, const char *link,
    const char *to)
{
	struct buf got = BUF_INIT;
	struct why why = {0};
	int rc = url_link(s, request, link, &got, &why);

	if (to == NULL && (rc != -1 || why.status != EX_PROTOCOL))
		fail_msg("%s leads to %s", link, got.at);
	if (to != NULL && rc == -1)
		fail_msg("%s: %s", link, why.msg);
	if (to != NULL && strcmp(got.at, to) != 0)
		fail_msg("%s leads to %s, not to %s", link, got.at, to);
	if (rc == -1)
		assert_null(strstr(why.msg, "secret"));
	buf_release(&got);
}

static void
test_a_link_is_resolved(void **state)
{
	static const struct {
		const char *request, *link, *to;
	} cases[] = {
	    {"/Media?a=1", "https://api.example.com/v1/odata/Media?a=2",
		"/Media?a=2"},
	    {"/Media?a=1", "HTTPS://API.example.com:443/v1/odata/Media?a=2",
		"/Media?a=2"},
	    {"/Media?a=1", "//api.example.com/v1/odata/Media?a=2",
		"/Media?a=2"},
	    {"/Media?a=1", "Media?a=2", "/Media?a=2"},
	    {"/Media?a=1", "?a=2", "/Media?a=2"},
	    {"/Media?a=1", "./Media?a=2", "/Media?a=2"},
	    {"/x/Media?a=1", "../y/Media?a=2", "/y/Media?a=2"},
	    {"/x/all?a=1", "more?a=2", "/x/more?a=2"},
	    /* behind the base, which OData calls the service root */
	    {"/Property/replication", "Property/replication?n=2",
		"/Property/replication?n=2"},
	    {"/Media?a=1", "/Media?a=2", "/Media?a=2"},
	    /* or behind the host */
	    {"/Media?a=1", "/v1/odata/Media?a=2", "/Media?a=2"},
	    {"/Media?a=1", "https://api.example.com/v2/Media?a=2",
		"https://api.example.com/v2/Media?a=2"},
	    {"/Media", "https://api.example.com/v1/odatax?a=2",
		"https://api.example.com/v1/odatax?a=2"},
	    /* hosts that the description names */
	    {"/Media", "https://pages.example.net/p?a=2#here",
		"https://pages.example.net/p?a=2"},
	    {"/Media", "https://far.example.net:8443/p",
		"https://far.example.net:8443/p"},
	    {"https://pages.example.net/p?a=2", "?a=3",
		"https://pages.example.net/p?a=3"},
	    {"https://pages.example.net/p?a=2", "/Media?a=3",
		"https://pages.example.net/Media?a=3"},
	    {"/Media", "http://localhost:99/p", "http://localhost:99/p"},
	    /* what a server says of itself behind a proxy that ends TLS */
	    {"/Media", "http://api.example.com/v1/odata/M?a=2", "/M?a=2"},
	    {"/Media", "http://API.example.com:443/v1/odata/M", "/M"},
	    {"/Media", "https://api.example.com:80/v1/odata/M", "/M"},
	    {"/Media", "http://pages.example.net/p",
		"https://pages.example.net/p"},
	    /* what no URL may hold */
	    {"/M", " M?f=A eq 'x y' and B gt \"\xc3\xa9\" ",
		"/M?f=A%20eq%20'x%20y'%20and%20B%20gt%20%22%C3%A9%22"},
	    {"/M", "M?f=a%20b+c%2Bd&$skip=1%24", "/M?f=a%20b+c%2Bd&$skip=1%24"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		leads(&site, cases[i].request, cases[i].link, cases[i].to);
	leads(&local, "/M?a=1", "http://127.0.0.1:8080/v1/M?a=2", "/M?a=2");
	leads(&local, "/M?a=1", "M?a=2", "/M?a=2");
	leads(&local, "/M?a=1", "http://localhost:8080/v1/M?a=2",
	    "http://localhost:8080/v1/M?a=2");
}

static void
test_other_places_are_refused(void **state)
{
	static const char *const bad[] = {"https://evil.example/M?t=secret",
	    "//evil.example/M?t=secret", "http://api.example.com:8080/v1/M",
	    "https://api.example.com:444/v1/odata/M",
	    "https://api.example.com.evil.example/v1/odata/M",
	    "https://api.example.com@evil.example/v1/odata/M",
	    "https://user:secret@api.example.com/v1/odata/M",
	    "https://far.example.net/p", "https://pages.example.net:8443/p",
	    "http://pages.example.net:8080/p", "http://127.0.0.1/p",
	    "ftp://api.example.com/v1/odata/M", "javascript:alert(1)",
	    "file:///etc/passwd", "https://", "https:", "\\\\evil.example\\M",
	    "https:\\\\evil.example/M?t=secret"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *to = NULL;

		/* a backslash is a byte of a name, never a slash */
		if (*bad[i] == '\\')
			to = "/%5C%5Cevil.example%5CM";
		leads(&site, "/M?a=1", bad[i], to);
	}
	leads(&local, "/M", "http://127.0.0.1:8081/v1/M", NULL);
	assert_false(url_allowed(&site, "https://evil.example/v1/odata/M"));
	assert_true(url_allowed(&site, "https://api.example.com/anything"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_link_is_resolved),
	    cmocka_unit_test(test_other_places_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
