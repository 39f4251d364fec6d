/* SPDX-License-Identifier: MIT */
/* Error statistics with bounded history and keys, compared with a Python model over 200 random errors. */
#include "resilience_story.h"

static aw_error_type *const kinds[] = { aw_ValueError, aw_OSError, aw_TimeoutError, aw_KeyError,
					aw_UnicodeError };
static aw_error_type *const families[] = { aw_ValueError, aw_OSError, aw_LookupError, aw_Exception,
					   aw_CancelledError };

static uint64_t state;

static double chance(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ z >> 31) >> 11) / (double)(UINT64_C(1) << 53);
}

static void record(const struct aw_error_record *record, const char *after)
{
	char quote = strchr(record->message, '\'') != NULL ? '"' : '\'';

	printf("(%" PRIu64 ", '%s', '%s', %c%s%c)%s", record->time, record->component,
	       record->type->name, quote, record->message, quote, after);
}

static void look(const aw_error_stats *stats, aw_ns now)
{
	static const char *const components[] = { NULL, "feed", "orders", "", "other" };
	size_t kept = 0;

	while (aw_error_stats_recent(stats, kept) != NULL)
		kept++;
	printf("%d %d %d %d\n", (int)aw_error_stats_total(stats),
	       (int)aw_error_stats_uncounted(stats), (int)aw_error_stats_count(stats, NULL, NULL),
	       (int)kept);
	for (size_t i = 0; i < 5; i++) {
		printf("%s", components[i] != NULL ? components[i] : "None");
		for (size_t j = 0; j < 5; j++)
			printf(" %d", (int)aw_error_stats_count(stats, components[i], kinds[j]));
		for (size_t j = 0; j < 5; j++)
			printf(" %d",
			       (int)aw_error_stats_count_kind(stats, components[i], families[j]));
		printf("\n");
	}
	printf("%.3f %.3f %.3f %.3f %.3f\n", aw_error_stats_rate(stats, now, AW_SEC(1)),
	       aw_error_stats_rate(stats, now, AW_SEC(2)),
	       aw_error_stats_rate(stats, now, AW_SEC(10)),
	       aw_error_stats_rate(stats, now, AW_SEC(1000)),
	       aw_error_stats_rate(stats, now / 2, AW_SEC(1)));
	record(aw_error_stats_recent(stats, 0), " ");
	record(aw_error_stats_recent(stats, kept - 1), "\n");
}

static void story(size_t room, size_t keys)
{
	static const char *const components[] = { "feed", "orders", "" };
	aw_error_stats *stats =
		aw_error_stats_create(AW_ERROR_STATS_OPTS(.history = room, .keys = keys));
	struct aw_error_stats_key key;
	aw_ns now = 0;

	state = room;
	for (int i = 0; i < 200; i++) {
		aw_error_type *type = kinds[(int)(chance() * 5)];
		aw_error_context_info info = { .component = components[(int)(chance() * 3)] };
		aw_error *err = type == aw_KeyError ? aw_raise(type, "%d", i)
						    : aw_raise(type, "error %d", i);

		info.timestamp = now += (aw_ns)(chance() * 1e9);
		aw_error_stats_add(stats, err, &info);
		aw_error_unref(err);
		if (i % 50 == 49)
			look(stats, now);
	}
	for (size_t i = 0; (key = aw_error_stats_key_at(stats, i)).count > 0; i++)
		printf("%s %s %d\n", key.component, key.type->name, (int)key.count);
	aw_error_stats_destroy(stats);
}

int main(void)
{
	story(10, 100);
	story(3, 4);
	story(1, 1);
	story(1000, 7);
	return 0;
}
