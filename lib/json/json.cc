#include "json/json.h"

#include <err.h>
#include <stdint.h>
#include <string.h>

#include <memory>
#include <new>
#include <utility>

#include <simdjson.h>

#include "json/json_refuse.h"
#include "json/json_walk.h"

#define TEXT_MAX ((size_t)256 << 20)

/* What simdjson keeps for its own parsers: older ones name it otherwise. */
static_assert(simdjson::SIMDJSON_VERSION_MAJOR >= 3, "simdjson 3 is wanted");
typedef std::unique_ptr<simdjson::internal::dom_parser_implementation> stage1;

struct json {
	stage1 index;
	struct buf key; /* a key without its escapes */
	bool plain;
};

struct json *
json_new(void)
{
	struct json *j = new (std::nothrow) struct json;

	if (j == NULL)
		err(EX_OSERR, NULL);
	buf_init(&j->key);
	j->plain = false;
	return j;
}

void
json_free(struct json *j)
{
	if (j == NULL)
		return;
	buf_release(&j->key);
	delete j;
}

bool
json_plain(const struct json *j)
{
	return j->plain;
}

/* Finds all tokens; -1 if the text cannot be JSON at all. */
static int
index_text(struct json *j, const char *text, size_t len, struct walk *w,
    struct why *why)
{
	size_t room = len + len / 2 < 65536 ? 65536 : len + 64;
	simdjson::error_code bad = simdjson::SUCCESS;

	if (len > TEXT_MAX)
		return why_set(why, EX_DATAERR, "JSON text of over 256 MiB");
	if (j->index == nullptr)
		bad = simdjson::get_active_implementation()
			  ->create_dom_parser_implementation(room, 1, j->index);
	else if (j->index->capacity() < len)
		bad = j->index->set_capacity(room + len / 2);
	if (bad != simdjson::SUCCESS)
		err(EX_OSERR, NULL);
	if (j->index->stage1((const uint8_t *)text, len,
		simdjson::stage1_mode::regular) != simdjson::SUCCESS)
		return json_explain(text, len, why);
	w->text = text;
	w->at = j->index->structural_indexes.get();
	w->n = j->index->n_structural_indexes;
	w->escapes = memchr(text, '\\', len) != NULL;
	w->odd = false;
	w->key = &j->key;
	w->whole = true;
	w->once = false;
	w->vals = NULL;
	w->what = NULL;
	w->where = 0;
	return 0;
}

int
json_pick(struct json *j, const char *text, size_t len,
    const struct json_paths *p, struct json_val *vals, bool whole,
    struct why *why)
{
	const struct json_node *root = json_paths_root(p);
	struct walk w;

	j->plain = false;
	json_node_clear(root, vals);
	if (index_text(j, text, len, &w, why) == -1)
		return -1;
	w.vals = vals;
	w.whole = whole;
	if (walk_text(&w, len, root, why) == -1)
		return -1;
	j->plain = whole && !w.odd;
	return 0;
}

int
json_check(struct json *j, const char *text, size_t len, enum json_type *type,
    struct why *why)
{
	struct walk w;

	j->plain = false;
	if (index_text(j, text, len, &w, why) == -1 ||
	    walk_text(&w, len, NULL, why) == -1)
		return -1;
	if (type != NULL)
		*type = json_type_of(walk_token(&w, 0));
	j->plain = !w.odd;
	return 0;
}

/* The token that starts at this byte of the text. */
static uint32_t
token_at(const struct walk *w, size_t offset)
{
	uint32_t low = 0, high = w->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (w->at[mid] < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* A row on one line, as the stream needs it. */
static void
join_lines(struct json_val *v, struct buf *row)
{
	size_t len = 0;

	if (memchr(v->text, '\n', v->len) == NULL &&
	    memchr(v->text, '\r', v->len) == NULL)
		return;
	buf_clear(row);
	buf_room(row, v->len + 2 * JSON_PADDING);
	if (simdjson::get_active_implementation()->minify(
		(const uint8_t *)v->text, v->len, (uint8_t *)row->at, len) !=
	    simdjson::SUCCESS)
		return;
	row->len = len;
	v->text = row->at;
	v->len = len;
}

static int
each_row(struct walk *w, const struct json_val *rows, json_element_fn *fn,
    void *ctx, struct why *why)
{
	uint32_t i = token_at(w, (size_t)(rows->text - w->text)) + 1, next;
	struct buf row = BUF_INIT;
	int rc = 0;

	for (; rc == 0 && walk_token(w, i) != ']';
	     i = next + (walk_token(w, next) == ',')) {
		struct json_val v;

		next = walk_skip(w, i);
		v.type = json_type_of(walk_token(w, i));
		v.text = w->text + w->at[i];
		v.len = (size_t)(walk_end(w, next) - v.text);
		join_lines(&v, &row);
		rc = fn(ctx, &v, why);
	}
	buf_release(&row);
	return rc;
}

/* A walk over the whole text, for one value that must be the only one. */
static int
find_once(struct json *j, struct walk *w, const char *text, size_t len,
    const char *path, struct json_val *v, bool whole, struct why *why)
{
	struct json_paths *p = json_paths_new(&path, 1, why);
	int rc = -1;

	*v = {JSON_NONE, NULL, 0};
	if (p != NULL && index_text(j, text, len, w, why) == 0) {
		w->vals = v;
		w->once = true;
		w->whole = whole;
		rc = walk_text(w, len, json_paths_root(p), why);
	}
	json_paths_free(p);
	return rc;
}

int
json_once(struct json *j, const char *text, size_t len, const char *path,
    struct json_val *v, bool whole, struct why *why)
{
	struct walk w;

	return find_once(j, &w, text, len, path, v, whole, why);
}

int
json_rows(struct json *j, const char *body, size_t len, const char *path,
    json_element_fn *fn, void *ctx, struct why *why)
{
	struct json_val rows;
	stage1 index;
	struct walk w;
	int rc;

	if (find_once(j, &w, body, len, path, &rows, true, why) == -1)
		return -1;
	if (rows.type != JSON_ARRAY) {
		why_set(why, EX_DATAERR, "no array at %s", path);
		return -1;
	}
	/* fn may use j for a row: it then gets an index of its own */
	index = std::move(j->index);
	rc = each_row(&w, &rows, fn, ctx, why);
	j->index = std::move(index);
	return rc;
}
