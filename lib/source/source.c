#include "source/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/source_read.h"
#include "source/template.h"
#include "base/mem.h"
#include "url/url_text.h"

#define FILE_MAX ((size_t)4 << 20) /* bytes of a description */

/* The directory that this program lies in; empty: it is not known. */
static void
own_dir(char *to, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", to, size - 1);
	char *slash;

	to[n > 0 ? n : 0] = '\0';
	slash = strrchr(to, '/');
	*(slash != NULL ? slash : to) = '\0';
}

struct place {
	const char *dir, *below;
};

static void
place_dir(const struct place *p, const char *kind, struct buf *path)
{
	buf_clear(path);
	buf_str(path, p->dir);
	if (p->below != NULL)
		buf_fmt(path, "%s/%s", p->below, kind);
}

/* The descriptions of a directory, each once in *names. */
static void
add_names(const char *dir, struct buf *names)
{
	struct dirent **all;
	char word[300], *end;
	int n = scandir(dir, &all, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		snprintf(word, sizeof(word), " %s", all[i]->d_name);
		end = strrchr(word, '.');
		if (word[1] != '.' && end != NULL &&
		    strcmp(end, ".json") == 0) {
			strlcpy(end, " ", 2);
			if (names->len == 0 || strstr(names->at, word) == NULL)
				buf_str(names, word + (names->len > 0));
		}
		free(all[i]);
	}
	if (n >= 0)
		free(all);
}

/* No name, or that of no source: which there are. */
static int
absent(const char *name, const char *suffix, const struct place *places,
    size_t n, struct why *why)
{
	struct buf dir = BUF_INIT, names = BUF_INIT;
	const char *there;

	for (size_t i = 0; i < n; i++)
		if (places[i].dir != NULL && *places[i].dir != '\0') {
			place_dir(&places[i], "sources", &dir);
			add_names(dir.at, &names);
		}
	if (names.len > 0) /* the last blank */
		names.at[--names.len] = '\0';
	there = names.len > 0 ? names.at : " none";
	if (*name == '\0')
		why_set(why, EX_USAGE, "which source? there are:%s", there);
	else
		why_set(why, EX_CONFIG,
		    "%s: no such source: there is no %s%s in HA_SOURCES or in "
		    "%s/share/ha-tools; there are:%s",
		    name, name, suffix, HA_PREFIX, there);
	buf_release(&dir);
	buf_release(&names);
	return -1;
}

int
source_path(
    const char *name, const char *suffix, struct buf *path, struct why *why)
{
	const char *kind = strcmp(suffix, ".sql") == 0 ? "sql" : "sources";
	char own[1024];
	/* build/san/bin/ha-x is two levels deeper than bin/ha-x; the fourth is
	   where `make install` puts them, wherever that was moved to */
	const struct place places[] = {{getenv("HA_SOURCES"), NULL},
	    {own, "/../lib"}, {own, "/../../../lib"},
	    {own, "/../share/ha-tools"}, {HA_PREFIX, "/share/ha-tools"}};

	if (strchr(name, '/') != NULL || name[0] == '.')
		return why_set(why, EX_USAGE, "%s: no name of a source", name);
	own_dir(own, sizeof(own));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (*name == '\0' || places[i].dir == NULL ||
		    *places[i].dir == '\0')
			continue;
		place_dir(&places[i], kind, path);
		buf_fmt(path, "/%s%s", name, suffix);
		if (access(path->at, R_OK) == 0)
			return 0;
	}
	return absent(
	    name, suffix, places, sizeof(places) / sizeof(places[0]), why);
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
check_auth(const struct desc *d, void *of, struct why *why)
{
	const struct auth *a = of;
	const char *missing = NULL;

	if (a->style != AUTH_NONE && a->header == NULL)
		missing = "header";
	if (a->style == AUTH_CLIENT && a->token == NULL)
		missing = "token";
	if (a->style == AUTH_CLIENT && a->path == NULL)
		missing = "path";
	if (missing != NULL)
		return desc_fail(d, why, "\"%s\" is missing", missing);
	if (a->header != NULL && strchr(a->header, ':') == NULL)
		return desc_fail(d, why, "header must read \"Name: value\"");
	return a->header == NULL ? 0 : template_check(a->header, why);
}

static const struct desc_member auth_members[] = {
    {"style", DESC_CHOICE, DESC_TO(struct auth, style),
	DESC_OF("none", "bearer", "client")},
    {"path", DESC_TEXT, DESC_TO(struct auth, path)},
    {"form", DESC_PART, DESC_TO(struct auth, form), .of = pairs_members},
    {"token", DESC_EXPR, DESC_TO(struct auth, token)},
    {"expires", DESC_EXPR, DESC_TO(struct auth, expires)},
    {"settle", DESC_DURATION, DESC_TO(struct auth, settle_ms)},
    {"header", DESC_TEXT, DESC_TO(struct auth, header)},
    {.size = sizeof(struct auth), .check = check_auth},
};

#define TO(member) DESC_TO(struct source, member)
#define ALL(list) DESC_ALL(struct source, list, n_##list)
#define SAME DESC_SAME(struct source)

static const struct desc_member envelope_members[] = {
    {"rows", DESC_PATH, TO(rows), .need = true, .like = ".result"},
    {"count", DESC_PATH, TO(count), .like = ".result"},
    {"limit", DESC_PATH, TO(limit_echo), .like = ".result"},
    {"next", DESC_PATH, TO(next), .like = ".result"},
    {"status", DESC_PATH, TO(status), .like = ".result"},
    {"ok", DESC_TEXT, TO(status_ok)},
    {"message", DESC_EXPR, TO(message)},
    {.size = sizeof(struct source)},
};

static int
check_top(const struct desc *top, void *of, struct why *why)
{
	const struct source *s = of;

	if (s->v != 1)
		return desc_fail(top, why, "\"v\" must be 1");
	if (!desc_is_name(s->name))
		return desc_fail(top, why, "\"source\" must be a plain name");
	for (size_t i = 0; i < s->n_hosts; i++)
		if (!url_is_host(s->hosts[i]))
			return desc_fail(
			    top, why, "\"hosts\": %s is no host", s->hosts[i]);
	if (source_check_site(top, s, why) == -1)
		return -1;
	if (s->n_resources == 0) {
		struct desc d;

		desc_get(top, "resources", &d);
		return desc_fail(&d, why, "is empty");
	}
	if (source_check(top, s, why) == -1)
		return -1;
	return source_check_sync(top, s, why);
}

static const struct desc_member members[] = {
    {"v", DESC_INT, TO(v), .min = 1, .max = 1},
    {"source", DESC_TEXT, TO(name), .need = true},
    {"title", DESC_TEXT, TO(title)},
    {"base", DESC_TEXT, TO(base), .need = true},
    {"hosts", DESC_TEXTS, ALL(hosts)},
    {"account", DESC_TEXT, TO(account_pattern)},
    {"sql", DESC_TEXTS, ALL(sql), .alone = true},
    {"auth", DESC_PART, TO(auth), .of = auth_members},
    {"limits", DESC_LIST, ALL(limits), .of = limit_members},
    {"waits", DESC_PART, SAME, .of = waits_members},
    {"usage", DESC_PART, TO(usage), .of = usage_members},
    {"errors", DESC_PART, TO(refusals), .of = refusals_members},
    {"envelope", DESC_PART, SAME, .need = true, .of = envelope_members},
    {"resources", DESC_LIST, ALL(resources), .need = true,
	.of = resource_members},
    {"sync", DESC_PART, TO(sync), .of = sync_members},
    {.size = sizeof(struct source), .check = check_top},
};

/* "byte 310: a comma is missing", with line and column instead. */
static void
no_json(const struct desc *top, size_t len, struct why *why)
{
	struct buf place = BUF_INIT;
	const char *what = strstr(why->msg, ": ");
	char text[sizeof(why->msg)];
	size_t byte = 1;

	if (strncmp(why->msg, "byte ", 5) == 0)
		byte = (size_t)strtoull(why->msg + 5, NULL, 10);
	snprintf(text, sizeof(text), "%s", what == NULL ? why->msg : what + 2);
	byte = byte > len ? len : byte - 1;
	desc_place(top->file, top->text, top->text + byte, &place);
	why_set(why, EX_CONFIG, "%s: %s", place.at, text);
	buf_release(&place);
}

/* name NULL: whatever it is called. */
static struct source *
load(const char *file, const char *name, bool verify, struct why *why)
{
	struct source *s = mem_new(1, sizeof(*s));
	struct buf text = BUF_INIT;
	struct json *json = json_new();
	struct desc top = {.verify = verify};
	int rc = -1;

	s->file = mem_str(file);
	if (read_file(file, &text, why) == -1)
		goto out;
	top.file = s->file;
	top.text = text.at;
	top.val.text = text.at + strspn(text.at, " \t\r\n");
	top.val.len = text.len - (size_t)(top.val.text - text.at);
	if (json_check(json, text.at, text.len, &top.val.type, why) == -1) {
		no_json(&top, text.len, why);
		goto out;
	}
	rc = desc_read(&top, members, s, why);
	if (rc == 0 && name != NULL && strcmp(s->name, name) != 0)
		rc = desc_fail(&top, why, "\"source\" is not %s", name);
out:
	json_free(json);
	buf_release(&text);
	if (rc == 0)
		return s;
	source_free(s);
	return NULL;
}

static struct source *
load_named(const char *name, bool verify, struct why *why)
{
	struct buf path = BUF_INIT;
	struct source *s = NULL;

	if (source_path(name, ".json", &path, why) == 0)
		s = load(path.at, name, verify, why);
	buf_release(&path);
	return s;
}

struct source *
source_load(const char *name, struct why *why)
{
	return load_named(name, false, why);
}

int
source_verify(const char *name, struct why *why)
{
	struct source *s = load_named(name, true, why);

	source_free(s);
	return s == NULL ? -1 : 0;
}

int
source_verify_file(const char *file, struct why *why)
{
	struct source *s = load(file, NULL, true, why);

	source_free(s);
	return s == NULL ? -1 : 0;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	desc_release(members, s);
	free(s->file);
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
	name = mem_text(operand, strcspn(operand, "/"));
	s = source_load(name, why);
	free(name);
	if (s != NULL && slash != NULL &&
	    (*r = source_resource(s, slash + 1, why)) == NULL) {
		source_free(s);
		return NULL;
	}
	return s;
}
