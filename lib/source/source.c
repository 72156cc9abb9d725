#include "source/source.h"

#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/source_read.h"
#include "source/template.h"
#include "base/url.h"

#define FILE_MAX ((size_t)4 << 20) /* bytes of a description */

/* The directory of this program with /../lib behind it, if it is there. */
static int
checkout_path(const char *name, const char *suffix, struct buf *path)
{
	char exe[1024];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	/* build/san/bin/ha-x is two levels deeper than bin/ha-x; the last is
	   where `make install` puts them, wherever that was moved to */
	static const char *const ups[] = {
	    "/../lib", "/../../../lib", "/../share/ha-tools"};

	if (n <= 0)
		return -1;
	exe[n] = '\0';
	if ((slash = strrchr(exe, '/')) == NULL)
		return -1;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(ups) / sizeof(ups[0]); i++) {
		const char *dir =
		    strcmp(suffix, ".sql") == 0 ? "sql" : "sources";

		buf_clear(path);
		buf_fmt(path, "%s%s/%s/%s%s", exe, ups[i], dir, name, suffix);
		if (access(path->at, R_OK) == 0)
			return 0;
	}
	return -1;
}

int
source_path(
    const char *name, const char *suffix, struct buf *path, struct why *why)
{
	const char *dir = getenv("HA_SOURCES");

	if (strchr(name, '/') != NULL || name[0] == '\0' || name[0] == '.')
		return why_set(why, EX_USAGE, "%s: no name of a source", name);
	if (dir != NULL && dir[0] != '\0') {
		buf_clear(path);
		buf_fmt(path, "%s/%s%s", dir, name, suffix);
		if (access(path->at, R_OK) == 0)
			return 0;
	}
	if (checkout_path(name, suffix, path) == 0)
		return 0;
	buf_clear(path);
	buf_fmt(path, HA_PREFIX "/share/ha-tools/%s/%s%s",
	    strcmp(suffix, ".sql") == 0 ? "sql" : "sources", name, suffix);
	if (access(path->at, R_OK) == 0)
		return 0;
	return why_set(why, EX_CONFIG,
	    "%s: no such source: there is no %s%s in HA_SOURCES or in "
	    "%s/share/ha-tools",
	    name, name, suffix, HA_PREFIX);
}

static int
read_file(const char *path, struct buf *to, struct why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd == -1)
		return why_errno(why, EX_CONFIG, "%s", path);
	while (to->len <= FILE_MAX) {
		buf_room(to, 65536 + JSON_PADDING);
		n = read(fd, to->at + to->len, 65536);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		to->len += (size_t)n;
	}
	close(fd);
	if (n == -1)
		return why_errno(why, EX_CONFIG, "%s", path);
	if (to->len > FILE_MAX)
		return why_set(why, EX_CONFIG, "%s: over 4 MiB", path);
	memset(buf_room(to, JSON_PADDING), 0, JSON_PADDING);
	return 0;
}

static int
read_auth(const struct desc *top, struct auth *a, struct why *why)
{
	static const char *const known[] = {"style", "path", "form", "token",
	    "expires", "settle", "header", NULL};
	static const char *const styles[] = {"none", "bearer", "client", NULL};
	struct desc d;
	int style = AUTH_NONE;

	if (!desc_get(top, "auth", &d))
		return 0;
	if (desc_object(&d, known, why) == -1 ||
	    desc_choice(&d, "style", styles, &style, why) == -1)
		return -1;
	a->style = (enum auth_style)style;
	if (desc_text(&d, "path", style == AUTH_CLIENT, &a->path, why) == -1 ||
	    desc_pairs(&d, "form", &a->form, why) == -1 ||
	    desc_expr(&d, "token", style == AUTH_CLIENT, &a->token, why) ==
		-1 ||
	    desc_expr(&d, "expires", false, &a->expires, why) == -1 ||
	    desc_duration(&d, "settle", &a->settle_ms, why) == -1 ||
	    desc_text(&d, "header", style != AUTH_NONE, &a->header, why) == -1)
		return -1;
	if (a->header != NULL && strchr(a->header, ':') == NULL)
		return desc_fail(&d, why, "header must read \"Name: value\"");
	return a->header == NULL ? 0 : template_check(a->header, why);
}

static int
read_envelope(const struct desc *top, struct source *s, struct why *why)
{
	static const char *const known[] = {
	    "rows", "count", "limit", "next", "status", "ok", "message", NULL};
	struct expr *paths[5];
	struct desc d;

	if (desc_need(top, "envelope", &d, why) == -1 ||
	    desc_object(&d, known, why) == -1 ||
	    desc_expr(&d, "rows", true, &s->rows, why) == -1 ||
	    desc_expr(&d, "count", false, &s->count, why) == -1 ||
	    desc_expr(&d, "limit", false, &s->limit_echo, why) == -1 ||
	    desc_expr(&d, "next", false, &s->next, why) == -1 ||
	    desc_expr(&d, "status", false, &s->status, why) == -1 ||
	    desc_text(&d, "ok", false, &s->status_ok, why) == -1 ||
	    desc_expr(&d, "message", false, &s->message, why) == -1)
		return -1;
	paths[0] = s->rows;
	paths[1] = s->count;
	paths[2] = s->limit_echo;
	paths[3] = s->status;
	paths[4] = s->next;
	for (size_t i = 0; i < 5; i++)
		if (paths[i] != NULL && !expr_is_path(paths[i]))
			return desc_fail(&d, why,
			    "\"%s\" must be a plain path such as .result",
			    expr_source(paths[i]));
	return 0;
}

static int
read_resource(
    void *ctx, const char *name, const struct desc *d, struct why *why)
{
	struct source *s = ctx;
	struct resource *r;

	(void)name;
	s->resources =
	    reallocarray(s->resources, s->n_resources + 1, sizeof(*r));
	if (s->resources == NULL)
		err(EX_OSERR, NULL);
	r = &s->resources[s->n_resources++];
	memset(r, 0, sizeof(*r));
	return source_read_resource(d, r, why);
}

/* A file, or a list of files. */
static int
read_sql(const struct desc *top, struct source *s, struct why *why)
{
	struct desc d;

	if (!desc_get(top, "sql", &d))
		return 0;
	if (d.val.type == JSON_ARRAY)
		return desc_texts(top, "sql", &s->sql, &s->n_sql, why);
	if ((s->sql = calloc(1, sizeof(*s->sql))) == NULL)
		err(EX_OSERR, NULL);
	s->n_sql = 1;
	return desc_this_text(&d, &s->sql[0], why);
}

static int
read_top(const struct desc *top, struct source *s, struct why *why)
{
	static const char *const known[] = {"v", "source", "title", "base",
	    "hosts", "account", "auth", "limits", "waits", "usage", "errors",
	    "envelope", "sql", "sync", "resources", NULL};
	struct desc d;
	int v = 0;

	if (desc_object(top, known, why) == -1 ||
	    desc_int(top, "v", 1, 1, &v, why) == -1 ||
	    desc_text(top, "source", true, &s->name, why) == -1 ||
	    desc_text(top, "title", false, &s->title, why) == -1 ||
	    desc_text(top, "base", true, &s->base, why) == -1 ||
	    desc_texts(top, "hosts", &s->hosts, &s->n_hosts, why) == -1 ||
	    desc_text(top, "account", false, &s->account_pattern, why) == -1 ||
	    read_sql(top, s, why) == -1)
		return -1;
	if (v != 1)
		return desc_fail(top, why, "\"v\" must be 1");
	if (!desc_is_name(s->name))
		return desc_fail(top, why, "\"source\" must be a plain name");
	for (size_t i = 0; i < s->n_hosts; i++)
		if (!url_is_host(s->hosts[i]))
			return desc_fail(
			    top, why, "\"hosts\": %s is no host", s->hosts[i]);
	if (read_auth(top, &s->auth, why) == -1 ||
	    source_read_manners(top, s, why) == -1 ||
	    read_envelope(top, s, why) == -1 ||
	    desc_need(top, "resources", &d, why) == -1 ||
	    desc_elements(&d, read_resource, s, why) == -1)
		return -1;
	if (s->n_resources == 0)
		return desc_fail(&d, why, "is empty");
	if (source_check(s, why) == -1)
		return -1;
	return source_check_sync(top, s, why);
}

static struct source *
load(const char *name, bool verify, struct why *why)
{
	struct source *s = calloc(1, sizeof(*s));
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct json *json = json_new();
	struct desc top = {NULL, {JSON_NONE, NULL, 0}, "", verify};
	int rc = -1;

	if (s == NULL)
		err(EX_OSERR, NULL);
	if (source_path(name, ".json", &path, why) == -1)
		goto out;
	s->file = strdup(path.at);
	if (read_file(path.at, &text, why) == -1)
		goto out;
	top.file = s->file;
	top.val.text = text.at + strspn(text.at, " \t\r\n");
	top.val.len = text.len - (size_t)(top.val.text - text.at);
	if (json_check(json, text.at, text.len, &top.val.type, why) == -1) {
		why_in(why, "%s", path.at);
		why->status = EX_CONFIG;
		goto out;
	}
	rc = read_top(&top, s, why);
	if (rc == 0 && strcmp(s->name, name) != 0)
		rc = desc_fail(&top, why, "\"source\" is not %s", name);
out:
	json_free(json);
	buf_release(&path);
	buf_release(&text);
	if (rc == 0)
		return s;
	source_free(s);
	return NULL;
}

struct source *
source_load(const char *name, struct why *why)
{
	return load(name, false, why);
}

int
source_verify(const char *name, struct why *why)
{
	struct source *s = load(name, true, why);

	source_free(s);
	return s == NULL ? -1 : 0;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_resources; i++)
		source_release_resource(&s->resources[i]);
	source_release_manners(s);
	free(s->resources);
	desc_pairs_release(&s->auth.form);
	free(s->auth.path);
	free(s->auth.header);
	expr_free(s->auth.token);
	expr_free(s->auth.expires);
	expr_free(s->rows);
	expr_free(s->count);
	expr_free(s->limit_echo);
	expr_free(s->next);
	expr_free(s->status);
	expr_free(s->message);
	free(s->status_ok);
	free(s->name);
	free(s->title);
	free(s->file);
	free(s->base);
	for (size_t i = 0; i < s->n_hosts; i++)
		free(s->hosts[i]);
	free(s->hosts);
	free(s->account_pattern);
	for (size_t i = 0; i < s->n_sql; i++)
		free(s->sql[i]);
	free(s->sql);
	free(s);
}

struct source *
source_of(const char *operand, bool r_optional, const struct resource **r,
    struct why *why)
{
	const char *slash = strchr(operand, '/');
	struct source *s;
	char *name;

	*r = NULL;
	if (slash == NULL && !r_optional) {
		why_set(why, EX_USAGE,
		    "%s: a resource is wanted, such as hostaway/reservations",
		    operand);
		return NULL;
	}
	name = slash == NULL ? strdup(operand)
			     : strndup(operand, (size_t)(slash - operand));
	if (name == NULL)
		err(EX_OSERR, NULL);
	s = source_load(name, why);
	free(name);
	if (s != NULL && slash != NULL &&
	    (*r = source_resource(s, slash + 1, why)) == NULL) {
		source_free(s);
		return NULL;
	}
	return s;
}
