#include "stage/filter_section.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"

/* What belongs to one section; the connection and the source stay. */
static void
forget(struct section *s)
{
	size_t n = s->links != NULL ? links_n(s->links) : 0;

	for (size_t i = 0; s->known != NULL && i < n; i++)
		known_close(s->known[i]);
	free(s->known);
	s->known = NULL;
	links_free(s->links);
	s->links = NULL;
	cut_free(s->cut);
	s->cut = NULL;
	park_close(s->park);
	s->park = NULL;
	free(s->account);
	s->account = NULL;
}

int
section_init(struct section *s, const struct filter_options *o, struct why *why)
{
	s->o = o;
	if (o->keys == NULL)
		return 0;
	s->keys = known_set_new();
	return known_set_read(s->keys, o->keys, why);
}

void
section_release(struct section *s)
{
	forget(s);
	db_close(s->db);
	known_set_free(s->keys);
	source_free(s->source);
	buf_release(&s->key);
	buf_release(&s->version);
}

static int
know(struct section *s, const struct link *all, struct why *why)
{
	size_t n = links_n(s->links);

	s->known = mem_new(n, sizeof(struct known *));
	if (s->keys == NULL && n > 0 && s->db == NULL &&
	    (s->db = db_open(s->o->dbname, why)) == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct parent *p = all[i].parent;
		const struct resource *r;

		if (s->keys != NULL) {
			s->known[i] = known_fixed(s->keys);
			continue;
		}
		if ((r = source_resource(s->source, p->resource, why)) == NULL)
			return -1;
		s->known[i] =
		    known_open(s->db, s->source, r, p->key, s->account, why);
		if (s->known[i] == NULL)
			return -1;
	}
	return 0;
}

int
section_path(struct section *s, struct why *why)
{
	if ((s->links = links_path(s->o->parent, why)) == NULL)
		return -1;
	return know(s, links_all(s->links), why);
}

static int
describe(struct section *s, const char *source, const char *resource,
    struct why *why)
{
	if (s->source == NULL || strcmp(s->source->name, source) != 0) {
		source_free(s->source);
		s->source = NULL;
		if ((s->source = source_load(source, why)) == NULL)
			return -1;
	}
	s->resource = source_resource(s->source, resource, why);
	return s->resource == NULL ? -1 : 0;
}

int
section_start(struct section *s, const char *source, const char *resource,
    const char *account, struct why *why)
{
	struct park_of of;

	forget(s);
	if (describe(s, source, resource, why) == -1)
		return -1;
	s->account = mem_str(account);
	s->links = links_new(s->source, s->resource, s->o->parent, why);
	if (s->links == NULL)
		return -1;
	if (s->keys != NULL && links_n(s->links) > 1)
		return why_set(why, EX_USAGE,
		    "%s/%s has several parents: -p says whose keys these are",
		    source, resource);
	if (know(s, links_all(s->links), why) == -1 ||
	    (s->cut = cut_new(s->resource, why)) == NULL)
		return -1;
	of = (struct park_of){s->source->name, s->account, s->resource};
	if (s->db != NULL)
		s->park = park_open(s->db, &of);
	return 0;
}

int
section_group(struct section *s, const struct mark *open, struct why *why)
{
	const char *parent = open != NULL ? open->parent.at : NULL;
	size_t len = open != NULL ? open->parent.len : 0;

	if (links_parent(s->links, parent, len, why) == -1)
		return -1;
	return s->cut != NULL ? cut_parent(s->cut, parent, len, why) : 0;
}

enum verdict
section_judge(struct section *s, const char *rec, size_t len,
    const struct link **missing, struct why *why)
{
	const struct link *all = links_cut(s->links, rec, len, why);
	enum verdict verdict = PASS;

	if (all == NULL)
		return BAD;
	for (size_t i = 0; i < links_n(s->links); i++) {
		if (!all[i].named)
			continue;
		switch (known_ask(s->known[i], all[i].key, all[i].len)) {
		case KNOWN_YES:
			break;
		case KNOWN_NO:
			if (verdict == PASS) {
				verdict = ORPHAN;
				*missing = &all[i];
			}
			break;
		case KNOWN_ASKED:
			verdict = WAIT;
		}
	}
	return verdict;
}

int
section_lookup(struct section *s, struct why *why)
{
	for (size_t i = 0; i < links_n(s->links); i++) {
		if (known_lookup(s->known[i], why) == -1)
			return -1;
	}
	return 0;
}
