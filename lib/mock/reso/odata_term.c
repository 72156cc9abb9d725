#include "mock/reso/odata_int.h"

#include <string.h>

static struct node *
parse_literal(struct parser *ps)
{
	struct node *n = odata_node(ps, OP_LITERAL, ps->t.value.type);

	n->value = ps->t.value;
	if (n->type == ODATA_STRING) {
		buf_add(&n->text, ps->t.text.at, ps->t.text.len);
		buf_str(&n->text, "");
		n->value.text = n->text.at;
		n->value.len = n->text.len;
	}
	return odata_advance(ps) == -1 ? NULL : n;
}

static struct node *
parse_constant(struct parser *ps)
{
	struct node *n;

	n = odata_node(ps, OP_LITERAL,
	    odata_is_word(&ps->t, "null") ? ODATA_NULL : ODATA_BOOL);
	n->value.type = n->type;
	n->value.truth = odata_is_word(&ps->t, "true");
	return odata_advance(ps) == -1 ? NULL : n;
}

static struct node *
parse_bracket(struct parser *ps)
{
	struct node *n;

	if (odata_enter(ps) == -1 || odata_advance(ps) == -1 ||
	    (n = odata_or(ps)) == NULL ||
	    odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1)
		return NULL;
	ps->depth--;
	return n;
}

/* name(argument); the word is the token. */
static struct node *
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
	struct node *n = NULL, *of;

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
		if ((of = odata_or(ps)) == NULL)
			return NULL;
		if (of->type != calls[n->call].takes &&
		    (of->type != ODATA_TIME || n->call > CALL_DAY))
			return odata_refuse(ps, "before this, wanted is",
			    odata_type_name(calls[n->call].takes),
			    strlen(odata_type_name(calls[n->call].takes)));
		odata_adopt(n, of);
	}
	ps->depth--;
	return odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1 ? NULL
								       : n;
}

/* Field/any(x:condition), Field/any(), Field/all(x:condition) */
static struct node *
parse_lambda(struct parser *ps, struct node *field)
{
	bool any = odata_is_word(&ps->t, "any");
	struct node *n = odata_node(ps, any ? OP_ANY : OP_ALL, ODATA_BOOL), *of;
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
	    (of = odata_want_truth(ps, odata_or(ps))) == NULL)
		return NULL;
	odata_adopt(n, of);
	ps->n_vars--;
	ps->depth--;
	return odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1 ? NULL
								       : n;
}

static struct node *
parse_name(struct parser *ps)
{
	struct node *n = NULL;

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

struct node *
odata_term(struct parser *ps)
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
struct node *
odata_in(struct parser *ps, struct node *of)
{
	struct node *n = odata_node(ps, OP_IN, ODATA_BOOL), *element;

	odata_adopt(n, of);
	if (odata_take_operator(ps) == -1 ||
	    odata_take(ps, LEX_OPEN, "a ( is wanted before") == -1)
		return NULL;
	for (;;) {
		if ((element = odata_term(ps)) == NULL)
			return NULL;
		if (element->op != OP_LITERAL)
			return odata_refuse(
			    ps, "before this, a literal is wanted", NULL, 0);
		if (!odata_comparable(of->type, element->type, OP_EQ))
			return odata_refuse(ps,
			    "before this, the type is wrong: "
			    "wanted is",
			    odata_type_name(of->type),
			    strlen(odata_type_name(of->type)));
		odata_adopt(n, element);
		if (ps->t.lex != LEX_COMMA)
			break;
		if (odata_advance(ps) == -1)
			return NULL;
	}
	return odata_take(ps, LEX_CLOSE, "a ) is wanted before") == -1 ? NULL
								       : n;
}
