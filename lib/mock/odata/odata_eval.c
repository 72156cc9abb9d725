#include "mock/odata/odata_int.h"

#include <string.h>

#include "base/timeval.h"

#define S_PER_DAY 86400

struct eval {
	const struct odata_filter *f;
	struct odata_value vars[ODATA_MAX_DEPTH + 1];
	odata_get_fn *get;
	void *row;
	int64_t now;
};

static void value_of(
    struct eval *e, struct odata_node *n, struct odata_value *v);

static int
compare_number(const struct odata_value *a, const struct odata_value *b)
{
	if (a->integer && b->integer)
		return (a->whole > b->whole) - (a->whole < b->whole);
	return (a->number > b->number) - (a->number < b->number);
}

static int
compare_text(const struct odata_value *a, const struct odata_value *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c = n == 0 ? 0 : memcmp(a->text, b->text, n);

	return c != 0 ? c : (a->len > b->len) - (a->len < b->len);
}

int
odata_compare(const struct odata_value *a, const struct odata_value *b)
{
	if (a->type == ODATA_NULL || b->type == ODATA_NULL)
		return (b->type == ODATA_NULL) - (a->type == ODATA_NULL);
	switch (a->type) {
	case ODATA_STRING:
		return compare_text(a, b);
	case ODATA_NUMBER:
		return compare_number(a, b);
	case ODATA_BOOL:
		return (int)a->truth - (int)b->truth;
	case ODATA_DATE:
		return (a->day > b->day) - (a->day < b->day);
	case ODATA_TIME:
		if (a->time.s != b->time.s)
			return a->time.s < b->time.s ? -1 : 1;
		return (a->time.ps > b->time.ps) - (a->time.ps < b->time.ps);
	default:
		return 0;
	}
}

static bool
holds(
    enum odata_op op, const struct odata_value *a, const struct odata_value *b)
{
	bool null = a->type == ODATA_NULL || b->type == ODATA_NULL;
	int c = odata_compare(a, b);

	switch (op) {
	case OP_EQ:
		return c == 0;
	case OP_NE:
		return c != 0;
	case OP_GT:
		return !null && c > 0;
	case OP_GE:
		return !null && c >= 0;
	case OP_LT:
		return !null && c < 0;
	default:
		return !null && c <= 0;
	}
}

static void
truth(struct odata_value *v, bool is)
{
	v->type = ODATA_BOOL;
	v->truth = is;
}

/* One false makes `and` false, one true makes `or` true; else null stays. */
static void
chain(struct eval *e, struct odata_node *n, struct odata_value *v)
{
	bool decides = n->op == OP_OR, null = false;

	for (struct odata_node *c = n->first; c != NULL; c = c->next) {
		value_of(e, c, v);
		if (v->type == ODATA_NULL)
			null = true;
		else if (v->truth == decides)
			return;
	}
	if (null)
		v->type = ODATA_NULL;
	else
		truth(v, !decides);
}

static void
member(struct eval *e, struct odata_node *n, struct odata_value *v)
{
	struct odata_value of = {0};
	struct odata_node *c = n->first;

	value_of(e, c, &of);
	for (c = c->next; c != NULL; c = c->next)
		if (odata_compare(&of, &c->value) == 0)
			break;
	truth(v, c != NULL);
}

static void
lambda(struct eval *e, struct odata_node *n, struct odata_value *v)
{
	struct odata_node *condition = n->first->next;
	struct odata_value all = {0}, one = {0};
	const char *p;

	value_of(e, n->first, &all);
	truth(v, n->op == OP_ALL);
	if (all.type == ODATA_NULL)
		all.n = 0;
	if (condition == NULL)
		truth(v, all.n > 0);
	p = all.text;
	for (size_t i = 0; condition != NULL && i < all.n; i++) {
		e->vars[n->slot] = (struct odata_value){
		    .type = ODATA_STRING, .text = p, .len = strlen(p)};
		p += strlen(p) + 1;
		value_of(e, condition, &one);
		if ((one.type == ODATA_BOOL && one.truth) != v->truth) {
			truth(v, !v->truth);
			return;
		}
	}
}

static void
call(struct eval *e, struct odata_node *n, struct odata_value *v)
{
	int64_t days, second;
	int year, month, day;

	if (n->call == CALL_NOW) {
		v->type = ODATA_TIME;
		v->time = (struct odata_time){e->now, 0};
		return;
	}
	value_of(e, n->first, v);
	if (v->type == ODATA_NULL)
		return;
	days = v->type == ODATA_DATE ? v->day : v->time.s / S_PER_DAY;
	second = v->type == ODATA_DATE ? 0 : v->time.s % S_PER_DAY;
	if (second < 0) {
		second += S_PER_DAY;
		days--;
	}
	date_from_days(days, &year, &month, &day);
	v->type = n->type;
	v->day = days;
	v->integer = true;
	v->whole = n->call == CALL_YEAR	    ? year
		   : n->call == CALL_MONTH  ? month
		   : n->call == CALL_DAY    ? day
		   : n->call == CALL_HOUR   ? second / 3600
		   : n->call == CALL_MINUTE ? second / 60 % 60
					    : second % 60;
	v->number = (double)v->whole;
}

static void
value_of(struct eval *e, struct odata_node *n, struct odata_value *v)
{
	struct odata_value right = {0};

	switch (n->op) {
	case OP_OR:
	case OP_AND:
		chain(e, n, v);
		break;
	case OP_NOT:
		value_of(e, n->first, v);
		if (v->type == ODATA_BOOL)
			v->truth = !v->truth;
		break;
	case OP_IN:
		member(e, n, v);
		break;
	case OP_ANY:
	case OP_ALL:
		lambda(e, n, v);
		break;
	case OP_FIELD:
		e->get(e->row, n->field, v, &n->scratch);
		break;
	case OP_LITERAL:
		*v = n->value;
		break;
	case OP_VARIABLE:
		*v = e->vars[n->slot];
		break;
	case OP_CALL:
		call(e, n, v);
		break;
	default:
		value_of(e, n->first, v);
		value_of(e, n->first->next, &right);
		truth(v, holds(n->op, v, &right));
	}
}

bool
odata_match(
    const struct odata_filter *f, odata_get_fn *get, void *row, int64_t now)
{
	struct eval e;
	struct odata_value v = {0};

	e.f = f;
	e.get = get;
	e.row = row;
	e.now = now;
	value_of(&e, f->root, &v);
	return v.type == ODATA_BOOL && v.truth;
}
