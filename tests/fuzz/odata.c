/*
 * Any text as a filter: no crash; a filter that is taken has an answer for
 * each row, the same each time; what passes is inside its range.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mock/odata/odata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct odata_field fields[] = {{"K", ODATA_STRING},
    {"T", ODATA_TIME}, {"N", ODATA_NUMBER}, {"B", ODATA_BOOL},
    {"D", ODATA_DATE}, {"S", ODATA_STRINGS}};

/* Row 0 is all nulls. */
static void
get(void *row, size_t field, struct odata_value *v, struct buf *scratch)
{
	int n = *(const int *)row;

	v->type = n == 0 ? ODATA_NULL : fields[field].type;
	buf_clear(scratch);
	buf_fmt(scratch, "K%d", n);
	v->text = field == 5 ? "a\0b" : scratch->at;
	v->len = scratch->len;
	v->n = 2;
	v->number = n;
	v->integer = true;
	v->whole = n;
	v->truth = n % 2 == 1;
	v->day = n;
	v->time = (struct odata_time){n / 2, n % 2 * INT64_C(500000000000)};
}

static int
beside(const struct odata_edge *e, int row)
{
	int64_t us = row == 0 ? INT64_MIN : row * INT64_C(500000);
	char key[2] = {'K', (char)('0' + row)};
	size_t n = e->key_len < 2 ? e->key_len : 2;
	int c;

	if (e->open || us != e->us)
		return e->open ? 0 : us < e->us ? -1 : 1;
	if (e->key == NULL || row == 0)
		return 0;
	c = n == 0 ? 0 : memcmp(key, e->key, n);
	return c != 0 ? c : 2 < e->key_len ? -1 : 2 > e->key_len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct odata_filter *f;
	struct odata_range range;
	struct why why = {0};
	char *text = malloc(size + 1);

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	f = odata_parse(text, fields, sizeof(fields) / sizeof(fields[0]), &why);
	assert((f == NULL) == (why.status != 0));
	free(text);
	if (f == NULL)
		return 0;
	odata_range(f, 1, 0, &range);
	for (int row = 0; row < 6; row++) {
		bool is = odata_match(f, get, &row, 2);

		assert(is == odata_match(f, get, &row, 2));
		assert(!is || (!range.none && beside(&range.low, row) >= 0 &&
				  beside(&range.high, row) <= 0));
	}
	odata_free(f);
	return 0;
}
