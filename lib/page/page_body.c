#include "page/page_int.h"

#include <string.h>

/* One object where others have an array of them. */
static int
take_object(void *ctx, const struct json_val *v, struct why *why)
{
	struct page *p = ctx;
	struct buf line = BUF_INIT;
	struct json_val one = *v;
	int rc;

	if (memchr(v->text, '\n', v->len) != NULL ||
	    memchr(v->text, '\r', v->len) != NULL) {
		buf_add(&line, v->text, v->len);
		(void)buf_room(&line, JSON_PADDING);
		for (size_t i = 0; i < line.len; i++) /* not within strings */
			if (line.at[i] == '\n' || line.at[i] == '\r')
				line.at[i] = ' ';
		one.text = line.at;
	}
	rc = page_take_row(p, &one, why);
	buf_release(&line);
	return rc;
}

static bool
envelope_int(struct page *p, size_t i, long long max, long long *to)
{
	struct page_kit *k = p->kit;
	struct json_val v = {JSON_NUMBER, NULL, 0};
	struct why ignored;

	if (k->envelope[i].expr == NULL)
		return false;
	if (k->envelope[i].is_path) {
		v = k->vals[k->envelope[i].slot];
		if (v.type != JSON_STRING)
			return json_int(&v, 0, max, to) == 0;
		buf_clear(&k->text);
		if (json_text(&v, &k->text, &ignored) == -1)
			return false;
	} else if (expr_text(k->envelope[i].expr, p->body, p->body_len,
		       &k->text, &ignored) != 1) {
		return false;
	}
	v.type = JSON_NUMBER;
	v.text = k->text.at;
	v.len = k->text.len;
	return json_int(&v, 0, max, to) == 0;
}

/*
 * An answer so large that nobody looked for an error in it yet, or one that
 * was kept: does it say itself that it is none?
 */
static bool
is_error(struct page *p, struct why *why)
{
	struct page_kit *k = p->kit;
	const struct page_field *f = &k->envelope[STATUS];
	const char *ok = k->source->status_ok;
	struct json_val v = {JSON_NONE, NULL, 0};
	struct why ignored;
	long long code;
	bool is = false;

	if (f->expr != NULL && f->is_path)
		v = k->vals[f->slot];
	buf_set(&k->text, "", 0);
	if (v.type > JSON_NULL)
		is = ok == NULL || json_text(&v, &k->text, &ignored) == -1 ||
		     strcmp(k->text.at, ok) != 0;
	f = &k->envelope[CODE];
	is |= f->expr != NULL && f->is_path &&
	      json_int(&k->vals[f->slot], INT64_MIN, INT64_MAX, &code) == 0;
	if (is)
		why_set(why, EX_UNAVAILABLE, "an answer with an error inside");
	return is;
}

struct indexed {
	struct page *page;
	json_element_fn *take;
};

/* "0", "17": an array with holes, as PHP writes it. */
static int
take_indexed(void *ctx, const char *key, size_t len, const struct json_val *v,
    struct why *why)
{
	const struct indexed *in = ctx;

	for (size_t i = 0; i < len; i++)
		if (key[i] < '0' || key[i] > '9')
			len = 0;
	if (len == 0 || v->type != JSON_OBJECT)
		return why_set(why, EX_PROTOCOL, "an object where rows are");
	return in->take(in->page, v, why);
}

/* What stands where an array should: nothing, an object that means one. */
static int
take_other(struct page *p, const char *path, const struct json_val *v,
    json_element_fn *take, struct why *why)
{
	struct indexed in = {p, take};

	if (v->type == JSON_NULL)
		return 0;
	if (v->type != JSON_OBJECT)
		return why_set(why, EX_PROTOCOL, "no rows at %s", path);
	if (json_members(v, take_indexed, &in, why) == 0)
		return 0;
	p->n = 0;
	buf_clear(&p->side);
	return p->kit->way->single ? take(p, v, why) : why_in(why, "%s", path);
}

/* The envelope's members, but for the rows. */
static int
read_envelope(struct page *p, const char *body, size_t len, struct why *why)
{
	struct page_kit *k = p->kit;
	long long number;

	if (json_pick(k->json, body, len, k->envelope_paths, k->vals, false,
		why) == -1 ||
	    is_error(p, why))
		return -1;
	if (k->envelope[NEXT].expr != NULL)
		p->answer.next = k->vals[k->envelope[NEXT].slot];
	if (k->envelope[CURSOR].expr != NULL)
		p->answer.cursor = k->vals[k->envelope[CURSOR].slot];
	p->answer.has_next =
	    p->answer.next.type == JSON_STRING && p->answer.next.len > 2;
	if ((p->answer.has_count = envelope_int(p, COUNT, INT64_MAX, &number)))
		p->answer.count = (uint64_t)number;
	if ((p->answer.has_limit = envelope_int(p, LIMIT, INT32_MAX, &number)))
		p->answer.limit = (int)number;
	return 0;
}

static int
read_good(struct page *p, const char *path, struct why *why)
{
	struct page_kit *k = p->kit;
	struct json_val rows;

	if (read_envelope(p, p->body, p->body_len, why) == -1)
		return -1;
	if (k->vals[k->envelope[ROWS].slot].type == JSON_ARRAY)
		return json_rows(
		    k->json, p->body, p->body_len, path, page_take_row, p, why);
	if (json_once(k->json, p->body, p->body_len, path, &rows, true, why) ==
	    -1)
		return -1;
	return take_other(p, path, &rows, take_object, why);
}

/*
 * A row of the masked body: read from there, handed on as it came. One that is
 * too bad to be picked from is a text without a key.
 */
static int
take_masked(void *ctx, const struct json_val *v, struct why *why)
{
	struct page *p = ctx;
	const char *came = p->body + (v->text - p->masked.at);
	struct json_val text = {JSON_STRING, v->text, v->len};
	size_t n = p->n;
	struct row *r;

	if (page_take_row(p, v, why) == -1) {
		p->n = n;
		if (page_take_row(p, &text, why) == -1)
			return -1;
	}
	p->taken = v->text + v->len;
	r = &p->rows[p->n - 1];
	if (r->bad == 0 &&
	    json_check(p->kit->json, came, v->len, NULL, why) == -1)
		page_row_bad(p, r, why->msg);
	if (r->bad == 0)
		return 0;
	r->text = came;
	r->len = v->len;
	r->copy = 0;
	if (json_masked(p->side.at + r->key, r->key_len))
		r->key_len = 0;
	return 0;
}

/* Nothing stands behind the last row: a list that is torn is none. */
static bool
all_taken(const struct page *p, const struct json_val *rows)
{
	const char *end = rows->text + rows->len - 1;
	const char *at = p->n > 0 ? p->taken : rows->text + 1;

	while (at < end && json_space(*at))
		at++;
	return at == end;
}

/* Some bytes are no JSON: each row is looked at alone, and costs itself. */
static int
read_masked(struct page *p, const char *path, struct why *why)
{
	struct json *j = p->kit->json;
	struct json_val rows;

	p->n = 0;
	buf_clear(&p->side);
	json_mask(p->body, p->body_len, &p->masked);
	if (json_once(j, p->masked.at, p->body_len, path, &rows, false, why) ==
		-1 ||
	    read_envelope(p, p->masked.at, p->body_len, why) == -1)
		return -1;
	if (rows.type != JSON_ARRAY)
		return take_other(p, path, &rows, take_masked, why);
	if (json_elements(&rows, take_masked, p, why) != 0)
		return -1;
	return all_taken(p, &rows)
		   ? 0
		   : why_set(why, EX_PROTOCOL, "no list of rows");
}

int
page_read(struct page *p, const char *body, size_t len, struct why *why)
{
	const char *path = expr_source(p->kit->envelope[ROWS].expr);
	struct why ignored;

	p->body = body;
	p->body_len = len;
	p->n = p->n_out = 0;
	buf_clear(&p->side);
	memset(&p->answer, 0, sizeof(p->answer));
	if (body == NULL) /* "no content" is an answer: there are none */
		return 0;
	if (read_good(p, path, why) != 0 &&
	    (why->status != EX_DATAERR ||
		read_masked(p, path, &ignored) != 0)) {
		if (why->status != EX_UNAVAILABLE)
			why->status = EX_PROTOCOL;
		return -1;
	}
	(void)buf_room(&p->side, JSON_PADDING);
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].copy != 0)
			p->rows[i].text = p->side.at + p->rows[i].copy - 1;
	return 0;
}
