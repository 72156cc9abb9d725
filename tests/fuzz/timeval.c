/* Any text as a time or a date: what is read prints as what reads the same. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/timeval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT, again = BUF_INIT;
	int64_t us, us_again, days, days_again;

	buf_add(&text, data, size);
	if (time_parse(text.at, text.len, &us) == 0) {
		time_print(us, &again);
		assert(time_parse(again.at, again.len, &us_again) == 0);
		assert(us == us_again);
	}
	if (date_parse(text.at, text.len, &days) == 0) {
		buf_clear(&again);
		date_print(days, &again);
		assert(date_parse(again.at, again.len, &days_again) == 0);
		assert(days == days_again);
	}
	buf_release(&text);
	buf_release(&again);
	return 0;
}
