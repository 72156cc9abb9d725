#include "mock/odata/odata_int.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

struct odata_node *
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

struct odata_node *
odata_node(struct parser *ps, enum odata_op op, enum odata_type type)
{
	struct odata_node *n = calloc(1, sizeof(*n));

	if (n == NULL)
		err(EX_OSERR, NULL);
	n->op = op;
	n->type = type;
	n->older = ps->f->all;
	return ps->f->all = n;
}

void
odata_adopt(struct odata_node *parent, struct odata_node *child)
{
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

bool
odata_is_word(const struct odata_token *t, const char *word)
{
	return t->lex == LEX_WORD && t->len == strlen(word) &&
	       memcmp(t->at, word, t->len) == 0;
}

/* Takes an operator: blanks stand before and behind it. */
int
odata_take_operator(struct parser *ps)
{
	struct odata_token t = ps->t;

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
