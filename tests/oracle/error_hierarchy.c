/* SPDX-License-Identifier: MIT */
/* The base classes of every built-in exception type that awry defines. */
#include "error_story.h"

#define ONE(Name, Base) aw_##Name,
static aw_error_type *all[] = { aw_BaseException, AW_ERROR_TYPES(ONE) };

enum { COUNT = sizeof(all) / sizeof(all[0]) };

static int by_name(const void *a, const void *b)
{
	return strcmp((*(aw_error_type *const *)a)->name, (*(aw_error_type *const *)b)->name);
}

int main(void)
{
	int total = 0;

	qsort(all, COUNT, sizeof(all[0]), by_name);
	for (size_t i = 0; i < COUNT; i++) {
		int count = 0;

		if (aw_error_type_is(all[i], aw_WebSocketException))
			continue; /* not Python's own: those types have their own pair */
		total++;
		for (size_t j = 0; j < COUNT; j++)
			count += aw_error_type_is(all[i], all[j]);
		printf("%s %d", all[i]->name, count);
		for (size_t j = 0; j < COUNT; j++)
			if (aw_error_type_is(all[i], all[j]))
				printf(" %s", all[j]->name);
		printf("\n");
	}
	printf("%d\n", total);
	return 0;
}
