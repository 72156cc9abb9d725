#include "mock/odata/odata_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

typedef struct odata_node *parse_fn(struct parser *);

static parse_fn parse_or, parse_unary;

static const char *
type_name(enum odata_type type)
{
	static const char *const names[] = {"null", "a text", "a number",
	    "true or false", "a date", "a time", "several texts"};

	return names[type];
}

/* May both be compared by the operator? */
static bool
comparable(enum odata_type a, enum odata_type b, enum odata_op op)
{
	if (a == ODATA_STRINGS || b == ODATA_STRINGS)
		return false;
	if (op > OP_NE && (a == ODATA_BOOL || b == ODATA_BOOL))
		return false;
	return a == b || a == ODATA_NULL || b == ODATA_NULL;
}

static struct odata_node *
want_truth(struct parser *ps, struct odata_node *n)
{
	if (n == NULL || n->type == ODATA_BOOL)
		return n;
	return odata_refuse(ps, "before this, a condition is wanted", NULL, 0);
}

static struct odata_node *
parse_literal(struct parser *ps)
{
	struct odata_node *n = odata_node(ps, OP_LITERAL, ps->t.value.type);

	n->value = ps->t.value;
	if (n->type == ODATA_STRING) {
		buf_add(&n->text, ps->t.text.at, ps->t.text.len);
		buf_str(&n->text, "");
		n->value.text = n->text.at;
		n->value.len = n->text.len;
	}
	return odata_advance(ps) == -1 ? NULL : n;
}

static struct odata_node *
parse_constant(struct parser *ps)
{
	struct odata_node *n;

	n = odata_node(ps, OP_LITERAL,
	    odata_is_word(&ps->t, "null") ? ODATA_NULL : ODATA_BOOL);
	n->value.type = n->type;
	n->value.truth = odata_is_word(&ps->t, "true");
	return odata_advance(ps) == -1 ? NULL : n;
}

static struct odata_node *
parse_bracket(struct parser *ps)
{
	struct odata_node *n;

	if (odata_enter(ps) == -1 || odata_advance(ps) == -1 ||
	    (n = parse_or(ps)) == NULL ||
	    odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1)
		return NULL;
	ps->depth--;
	return n;
}

/* name(argument); the word is the token. */
static struct odata_node *
parse_call(struct parser *ps)
{
	static const struct {
		const char *name;
		enum odata_type takes, gives;
	} calls[] = {{"year", ODATA_DATE, ODATA_NUMBER},
	    {"month", ODATA_DATE, ODATA_NUMBER},
	    {"day", ODATA_DATE, ODATA_NUMBER},
	    {"hour", ODATA_TIME, ODATA_NUMBER},
	    {"minute", ODATA_TIME, ODATA_NUMBER},
	    {"second", ODATA_TIME, ODATA_NUMBER},
	    {"date", ODATA_TIME, ODATA_DATE}, {"now", ODATA_NULL, ODATA_TIME}};
	struct odata_node *n = NULL, *of;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (odata_is_word(&ps->t, calls[i].name)) {
			n = odata_node(ps, OP_CALL, calls[i].gives);
			n->call = (enum odata_call)i;
		}
	if (n == NULL)
		return odata_refuse(ps, "no function", ps->t.at, ps->t.len);
	if (odata_enter(ps) == -1 || odata_advance(ps) == -1 ||
	    odata_advance(ps) == -1)
		return NULL;
	if (n->call != CALL_NOW) {
		if ((of = parse_or(ps)) == NULL)
			return NULL;
		if (of->type != calls[n->call].takes &&
		    (of->type != ODATA_TIME || n->call > CALL_DAY))
			return odata_refuse(ps, "before this, wanted is",
			    type_name(calls[n->call].takes),
			    strlen(type_name(calls[n->call].takes)));
		odata_adopt(n, of);
	}
	ps->depth--;
	return odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1 ? NULL
								       : n;
}

/* Field/any(x:condition), Field/any(), Field/all(x:condition) */
static struct odata_node *
parse_lambda(struct parser *ps, struct odata_node *field)
{
	bool any = odata_is_word(&ps->t, "any");
	struct odata_node *n =
			      odata_node(ps, any ? OP_ANY : OP_ALL, ODATA_BOOL),
			  *of;
	size_t slot = ps->n_vars;

	if (!any && !odata_is_word(&ps->t, "all"))
		return odata_refuse(
		    ps, "any or all is wanted, not", ps->t.at, ps->t.len);
	if (field->type != ODATA_STRINGS)
		return odata_refuse(
		    ps, "the field has one value only", NULL, 0);
	odata_adopt(n, field);
	n->slot = slot;
	if (odata_enter(ps) == -1 || odata_advance(ps) == -1 ||
	    odata_take(ps, LEX_OPEN, "a ( is wanted before") == -1)
		return NULL;
	if (any && ps->t.lex == LEX_CLOSE) {
		ps->depth--;
		return odata_advance(ps) == -1 ? NULL : n;
	}
	if (ps->t.lex != LEX_WORD)
		return odata_refuse(
		    ps, "a variable is wanted before", ps->t.at, ps->t.len);
	for (size_t i = 0; i < slot; i++)
		if (ps->vars[i].len == ps->t.len &&
		    memcmp(ps->vars[i].at, ps->t.at, ps->t.len) == 0)
			return odata_refuse(ps, "a variable is there already",
			    ps->t.at, ps->t.len);
	ps->vars[slot].at = ps->t.at;
	ps->vars[slot].len = ps->t.len;
	ps->n_vars++;
	if (odata_advance(ps) == -1 ||
	    odata_take(ps, LEX_COLON, "a : is wanted before") == -1 ||
	    (of = want_truth(ps, parse_or(ps))) == NULL)
		return NULL;
	odata_adopt(n, of);
	ps->n_vars--;
	ps->depth--;
	return odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1 ? NULL
								       : n;
}

static struct odata_node *
parse_name(struct parser *ps)
{
	struct odata_node *n = NULL;

	for (size_t i = 0; i < ps->n_vars; i++)
		if (ps->vars[i].len == ps->t.len &&
		    memcmp(ps->vars[i].at, ps->t.at, ps->t.len) == 0) {
			n = odata_node(ps, OP_VARIABLE, ODATA_STRING);
			n->slot = i;
		}
	for (size_t i = 0; n == NULL && i < ps->n_fields; i++)
		if (odata_is_word(&ps->t, ps->fields[i].name)) {
			n = odata_node(ps, OP_FIELD, ps->fields[i].type);
			n->field = i;
		}
	if (n == NULL)
		return odata_refuse(ps, "no field", ps->t.at, ps->t.len);
	if (odata_advance(ps) == -1)
		return NULL;
	if (ps->t.lex != LEX_SLASH)
		return n;
	return odata_advance(ps) == -1 ? NULL : parse_lambda(ps, n);
}

static struct odata_node *
parse_term(struct parser *ps)
{
	switch (ps->t.lex) {
	case LEX_OPEN:
		return parse_bracket(ps);
	case LEX_LITERAL:
		return parse_literal(ps);
	case LEX_WORD:
		if (odata_is_word(&ps->t, "null") ||
		    odata_is_word(&ps->t, "true") ||
		    odata_is_word(&ps->t, "false"))
			return parse_constant(ps);
		if (ps->p < ps->end && *ps->p == '(')
			return parse_call(ps);
		return parse_name(ps);
	case LEX_END:
		return odata_refuse(ps, "it ends too early", NULL, 0);
	default:
		return odata_refuse(
		    ps, "not expected here:", ps->t.at, ps->t.len);
	}
}

/* x in (literal, ...) */
static struct odata_node *
parse_in(struct parser *ps, struct odata_node *of)
{
	struct odata_node *n = odata_node(ps, OP_IN, ODATA_BOOL), *element;

	odata_adopt(n, of);
	if (odata_take_operator(ps) == -1 ||
	    odata_take(ps, LEX_OPEN, "a ( is wanted before") == -1)
		return NULL;
	for (;;) {
		if ((element = parse_term(ps)) == NULL)
			return NULL;
		if (element->op != OP_LITERAL)
			return odata_refuse(
			    ps, "before this, a literal is wanted", NULL, 0);
		if (!comparable(of->type, element->type, OP_EQ))
			return odata_refuse(ps,
			    "before this, the type is wrong: "
			    "wanted is",
			    type_name(of->type), strlen(type_name(of->type)));
		odata_adopt(n, element);
		if (ps->t.lex != LEX_COMMA)
			break;
		if (odata_advance(ps) == -1)
			return NULL;
	}
	return odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1 ? NULL
								       : n;
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
static struct odata_node *
comparison(struct parser *ps, enum odata_op op, struct odata_node *a,
    struct odata_node *b)
{
	struct odata_node *n;

	if (!comparable(a->type, b->type, op)) {
		why_set(ps->why, EX_DATAERR,
		    "before byte %zu: %s and %s cannot be compared so",
		    (size_t)(ps->t.at - ps->text) + 1, type_name(a->type),
		    type_name(b->type));
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

/* The operator in `words` at the token; -1: none. */
static int
operator_at(const struct parser *ps, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (odata_is_word(&ps->t, words[i]))
			return i;
	return -1;
}

/* operand (operator operand)*, the operators from `first` on. */
static struct odata_node *
parse_level(struct parser *ps, const char *const *words, enum odata_op first,
    parse_fn *operand)
{
	struct odata_node *left = operand(ps), *right;
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

static struct odata_node *
parse_relation(struct parser *ps)
{
	static const char *const words[] = {"gt", "ge", "lt", "le", NULL};

	return parse_level(ps, words, OP_GT, parse_unary);
}

static struct odata_node *
parse_equality(struct parser *ps)
{
	static const char *const words[] = {"eq", "ne", NULL};

	return parse_level(ps, words, OP_EQ, parse_relation);
}

/* term (word term)*, all of them children of one node. */
static struct odata_node *
parse_chain(
    struct parser *ps, const char *word, enum odata_op op, parse_fn *term)
{
	struct odata_node *n = term(ps), *chain = NULL, *more;

	while (n != NULL && odata_is_word(&ps->t, word)) {
		if (want_truth(ps, n) == NULL || odata_take_operator(ps) == -1)
			return NULL;
		if ((more = want_truth(ps, term(ps))) == NULL)
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

static struct odata_node *
parse_and(struct parser *ps)
{
	return parse_chain(ps, "and", OP_AND, parse_equality);
}

static struct odata_node *
parse_or(struct parser *ps)
{
	return parse_chain(ps, "or", OP_OR, parse_and);
}

static struct odata_node *
parse_unary(struct parser *ps)
{
	struct odata_node *n, *of;

	if (odata_is_word(&ps->t, "not")) {
		n = odata_node(ps, OP_NOT, ODATA_BOOL);
		if (odata_enter(ps) == -1 || odata_advance(ps) == -1)
			return NULL;
		if (!ps->t.blank)
			return odata_refuse(
			    ps, "a blank is wanted behind not", NULL, 0);
		if ((of = want_truth(ps, parse_unary(ps))) == NULL)
			return NULL;
		ps->depth--;
		odata_adopt(n, of);
		return n;
	}
	n = parse_term(ps);
	if (n != NULL && odata_is_word(&ps->t, "in"))
		n = parse_in(ps, n);
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
		ps.f->root = want_truth(&ps, parse_or(&ps));
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
	struct odata_node *n;

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
	for (const struct odata_node *n = f->all; n != NULL; n = n->older)
		if (n->op == OP_FIELD && n->field == field)
			return true;
	return false;
}
