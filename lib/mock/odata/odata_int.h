/*
 * odata_int -- the inside of odata: shared by its files, and by nobody else.
 *
 * odata_lex.c cuts the text, odata_node.c takes what it cut and makes nodes,
 * odata.c builds the tree of them and checks types; odata_eval.c asks it of a
 * row, odata_range.c where rows can be.
 *
 * Inside of lib/mock/odata.
 */
#ifndef HA_ODATA_INT_H
#define HA_ODATA_INT_H

#include "mock/odata/odata.h"

enum lex {
	LEX_END,
	LEX_WORD,
	LEX_LITERAL, /* a text, number, date or time */
	LEX_OPEN,
	LEX_CLOSE,
	LEX_COMMA,
	LEX_COLON,
	LEX_SLASH
};

struct odata_token {
	enum lex lex;
	const char *at;
	size_t len;
	bool blank;		  /* stands before it */
	struct odata_value value; /* LEX_LITERAL; a text's is in text */
	struct buf text;
};

/* The token at *p, which is moved behind it; -1: *why, without the byte. */
int odata_lex(
    const char **p, const char *end, struct odata_token *t, struct why *why);

enum odata_op {
	OP_OR,	/* of its children, two or more */
	OP_AND, /* likewise */
	OP_NOT,
	OP_EQ, /* comparisons: two children */
	OP_NE,
	OP_GT,
	OP_GE,
	OP_LT,
	OP_LE,
	OP_IN,	/* the first child in the others */
	OP_ANY, /* a field; and, if not only asked for any, a condition */
	OP_ALL,
	OP_FIELD,
	OP_LITERAL,
	OP_VARIABLE, /* of any or all */
	OP_CALL
};

enum odata_call {
	CALL_YEAR,
	CALL_MONTH,
	CALL_DAY,
	CALL_HOUR,
	CALL_MINUTE,
	CALL_SECOND,
	CALL_DATE,
	CALL_NOW
};

struct odata_node {
	enum odata_op op;
	enum odata_type type; /* of its value */
	struct odata_node *first, *last, *next;
	size_t field;		  /* OP_FIELD */
	size_t slot;		  /* of the variable: VARIABLE, ANY, ALL */
	enum odata_call call;	  /* OP_CALL */
	struct odata_value value; /* OP_LITERAL */
	struct buf text, scratch; /* text: of the literal */
	struct odata_node *older; /* all nodes, to be freed */
};

struct odata_filter {
	struct odata_node *root, *all;
	size_t ors;
};

struct parser {
	const char *text, *p, *end;
	const struct odata_field *fields;
	size_t n_fields;
	struct odata_filter *f;
	struct odata_token t; /* not used yet */
	int depth;
	struct { /* variables in reach */
		const char *at;
		size_t len;
	} vars[ODATA_MAX_DEPTH + 1];
	size_t n_vars;
	struct why *why;
};

/* odata_node.c: NULL or -1 with *why filled. */
struct odata_node *odata_refuse(
    struct parser *ps, const char *what, const char *word, size_t len);
int odata_advance(struct parser *ps);
int odata_take(struct parser *ps, enum lex lex, const char *what);
/* An operator: blanks stand before and behind it. */
int odata_take_operator(struct parser *ps);
int odata_enter(struct parser *ps); /* one bracket deeper */
struct odata_node *odata_node(
    struct parser *ps, enum odata_op op, enum odata_type type);
void odata_adopt(struct odata_node *parent, struct odata_node *child);
bool odata_is_word(const struct odata_token *t, const char *word);

#endif
