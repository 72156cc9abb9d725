#include "mock/reso/odata_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static parse_fn parse_unary;

struct node *
odata_refuse(struct parser *ps, const char *what, const char *word, size_t len)
{
	why_set(ps->why, EX_DATAERR, "byte %zu: %s%s%.*s%s",
	    (size_t)(ps->t.at - ps->text) + 1, what, len > 0 ? " \"" : "",
	    (int)(len > 80 ? 80 : len), len > 0 ? word : "",
	    len > 0 ? "\"" : "");
	return NULL;
}

int
odata_advance(struct parser *ps)
{
	if (odata_lex(&ps->p, ps->end, &ps->t, ps->why) == 0)
		return 0;
	return why_in(ps->why, "byte %zu", (size_t)(ps->t.at - ps->text) + 1);
}

struct node *
odata_node(struct parser *ps, enum odata_op op, enum odata_type type)
{
	struct node *n = calloc(1, sizeof(*n));

	if (n == NULL)
		err(EX_OSERR, NULL);
	n->op = op;
	n->type = type;
	n->older = ps->f->all;
	return ps->f->all = n;
}

void
odata_adopt(struct node *parent, struct node *child)
{
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

bool
odata_is_word(const struct token *t, const char *word)
{
	return t->lex == LEX_WORD && t->len == strlen(word) &&
	       memcmp(t->at, word, t->len) == 0;
}

/* The operator in `words` at the token; -1: none. */
static int
operator_at(const struct parser *ps, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (odata_is_word(&ps->t, words[i]))
			return i;
	return -1;
}

/* Takes an operator: blanks stand before and behind it. */
int
odata_take_operator(struct parser *ps)
{
	struct token t = ps->t;

	if (!t.blank || ps->p == ps->end || (*ps->p != ' ' && *ps->p != '\t')) {
		odata_refuse(
		    ps, "a blank is wanted on both sides of", t.at, t.len);
		return -1;
	}
	return odata_advance(ps);
}

int
odata_take(struct parser *ps, enum lex lex, const char *what)
{
	if (ps->t.lex == lex)
		return odata_advance(ps);
	odata_refuse(ps, what, ps->t.at, ps->t.len);
	return -1;
}

int
odata_enter(struct parser *ps)
{
	if (ps->depth++ < ODATA_MAX_DEPTH)
		return 0;
	return why_set(ps->why, EX_UNAVAILABLE,
	    "more than %d brackets inside one another", ODATA_MAX_DEPTH);
}

const char *
odata_type_name(enum odata_type type)
{
	static const char *const names[] = {"null", "a text", "a number",
	    "true or false", "a date", "a time", "several texts"};

	return names[type];
}

/* May both be compared by the operator? */
bool
odata_comparable(enum odata_type a, enum odata_type b, enum odata_op op)
{
	if (a == ODATA_STRINGS || b == ODATA_STRINGS)
		return false;
	if (op > OP_NE && (a == ODATA_BOOL || b == ODATA_BOOL))
		return false;
	return a == b || a == ODATA_NULL || b == ODATA_NULL;
}

static enum odata_op
mirrored(enum odata_op op)
{
	switch (op) {
	case OP_GT:
		return OP_LT;
	case OP_GE:
		return OP_LE;
	case OP_LT:
		return OP_GT;
	case OP_LE:
		return OP_GE;
	default:
		return op;
	}
}

/* A literal stands on the right, wherever it was written. */
static struct node *
comparison(struct parser *ps, enum odata_op op, struct node *a, struct node *b)
{
	struct node *n;

	if (!odata_comparable(a->type, b->type, op)) {
		why_set(ps->why, EX_DATAERR,
		    "before byte %zu: %s and %s cannot be compared so",
		    (size_t)(ps->t.at - ps->text) + 1, odata_type_name(a->type),
		    odata_type_name(b->type));
		return NULL;
	}
	n = odata_node(ps, op, ODATA_BOOL);
	if (a->op == OP_LITERAL && b->op != OP_LITERAL) {
		n->op = mirrored(op);
		odata_adopt(n, b);
		odata_adopt(n, a);
	} else {
		odata_adopt(n, a);
		odata_adopt(n, b);
	}
	return n;
}

/* operand (operator operand)*, the operators from `first` on. */
static struct node *
parse_level(struct parser *ps, const char *const *words, enum odata_op first,
    parse_fn *operand)
{
	struct node *left = operand(ps), *right;
	int which;

	while (left != NULL && (which = operator_at(ps, words)) != -1) {
		if (odata_take_operator(ps) == -1 ||
		    (right = operand(ps)) == NULL)
			return NULL;
		left = comparison(
		    ps, (enum odata_op)((int)first + which), left, right);
	}
	return left;
}

static struct node *
parse_relation(struct parser *ps)
{
	static const char *const words[] = {"gt", "ge", "lt", "le", NULL};

	return parse_level(ps, words, OP_GT, parse_unary);
}

static struct node *
parse_equality(struct parser *ps)
{
	static const char *const words[] = {"eq", "ne", NULL};

	return parse_level(ps, words, OP_EQ, parse_relation);
}

struct node *
odata_want_truth(struct parser *ps, struct node *n)
{
	if (n == NULL || n->type == ODATA_BOOL)
		return n;
	return odata_refuse(ps, "before this, a condition is wanted", NULL, 0);
}

/* term (word term)*, all of them children of one node. */
static struct node *
parse_chain(
    struct parser *ps, const char *word, enum odata_op op, parse_fn *term)
{
	struct node *n = term(ps), *chain = NULL, *more;

	while (n != NULL && odata_is_word(&ps->t, word)) {
		if (odata_want_truth(ps, n) == NULL ||
		    odata_take_operator(ps) == -1)
			return NULL;
		if ((more = odata_want_truth(ps, term(ps))) == NULL)
			return NULL;
		if (chain == NULL) {
			chain = odata_node(ps, op, ODATA_BOOL);
			odata_adopt(chain, n);
			n = chain;
		}
		odata_adopt(chain, more);
		ps->f->ors += op == OP_OR;
	}
	return n;
}

static struct node *
parse_and(struct parser *ps)
{
	return parse_chain(ps, "and", OP_AND, parse_equality);
}

struct node *
odata_or(struct parser *ps)
{
	return parse_chain(ps, "or", OP_OR, parse_and);
}

static struct node *
parse_unary(struct parser *ps)
{
	struct node *n, *of;

	if (odata_is_word(&ps->t, "not")) {
		n = odata_node(ps, OP_NOT, ODATA_BOOL);
		if (odata_enter(ps) == -1 || odata_advance(ps) == -1)
			return NULL;
		if (!ps->t.blank)
			return odata_refuse(
			    ps, "a blank is wanted behind not", NULL, 0);
		if ((of = odata_want_truth(ps, parse_unary(ps))) == NULL)
			return NULL;
		ps->depth--;
		odata_adopt(n, of);
		return n;
	}
	n = odata_term(ps);
	if (n != NULL && odata_is_word(&ps->t, "in"))
		n = odata_in(ps, n);
	return n;
}

struct odata_filter *
odata_parse(const char *text, const struct odata_field *fields, size_t n,
    struct why *why)
{
	struct parser ps = {.text = text,
	    .p = text,
	    .fields = fields,
	    .n_fields = n,
	    .why = why,
	    .end = text + strlen(text)};

	if (ps.end - text > ODATA_MAX_LEN) {
		why_set(
		    why, EX_UNAVAILABLE, "longer than %d bytes", ODATA_MAX_LEN);
		return NULL;
	}
	if ((ps.f = calloc(1, sizeof(*ps.f))) == NULL)
		err(EX_OSERR, NULL);
	ps.t.at = text;
	if (odata_advance(&ps) == 0)
		ps.f->root = odata_want_truth(&ps, odata_or(&ps));
	if (ps.f->root != NULL && ps.t.lex != LEX_END)
		ps.f->root =
		    odata_refuse(&ps, "not expected here:", ps.t.at, ps.t.len);
	buf_release(&ps.t.text);
	if (ps.f->root != NULL)
		return ps.f;
	odata_free(ps.f);
	return NULL;
}

void
odata_free(struct odata_filter *f)
{
	struct node *n;

	if (f == NULL)
		return;
	while ((n = f->all) != NULL) {
		f->all = n->older;
		buf_release(&n->text);
		buf_release(&n->scratch);
		free(n);
	}
	free(f);
}

size_t
odata_ors(const struct odata_filter *f)
{
	return f->ors;
}

bool
odata_uses(const struct odata_filter *f, size_t field)
{
	for (const struct node *n = f->all; n != NULL; n = n->older)
		if (n->op == OP_FIELD && n->field == field)
			return true;
	return false;
}
