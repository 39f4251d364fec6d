/* SPDX-License-Identifier: MIT */
/* bench_large TRACE: times the viewer's operations on a trace with an index; prints one number per line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "viewer/model/model.h"
#include "viewer/replay/replay.h"

#define MOVES 1000u

static void ignore(void *arg, const struct aw__item *item)
{
	(void)arg;
	(void)item;
}

static int fail(const struct aw__problem *problem)
{
	fprintf(stderr, "bench_large: %s\n", problem->text);
	return 1;
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* Go to random times, as a user does who drags the timeline. */
static bool scrub(struct aw__replay *replay, uint64_t ret_ns[MOVES], struct aw__problem *problem)
{
	const struct aw__index *index = aw__replay_index(replay);
	uint64_t random = 88172645463325252u;

	for (size_t i = 0; i < MOVES; i++) {
		uint64_t since_ns = aw__clock_monotonic_ns();

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		if (!aw__replay_to_time(replay,
					index->first_ns +
						random % (index->last_ns - index->first_ns + 1),
					problem))
			return false;
		ret_ns[i] = aw__clock_monotonic_ns() - since_ns;
	}
	qsort(ret_ns, MOVES, sizeof(*ret_ns), compare);
	return true;
}

static double ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

int main(int argc, char **argv)
{
	uint64_t start_ns = aw__clock_monotonic_ns(), moves_ns[MOVES];
	struct aw__problem problem = { "a trace is wanted" };
	struct aw__model *model = aw__model_create();
	struct aw__source *source;
	struct aw__replay *replay;
	struct rusage usage;
	bool used;

	source = argc == 2 ? aw__source_open(argv[1], 0, &problem) : NULL;
	if (source == NULL)
		return fail(&problem);
	snprintf(problem.text, sizeof(problem.text), "%s has no index", argv[1]);
	if (aw__replay_open(source, model, ignore, NULL, &used, &replay, &problem) !=
		    AW__REPLAY_GOOD ||
	    !aw__replay_to_end(replay, &problem))
		return fail(&problem);
	printf("open-ms %.3f\n", ms(aw__clock_monotonic_ns() - start_ns));
	if (!scrub(replay, moves_ns, &problem))
		return fail(&problem);
	getrusage(RUSAGE_SELF, &usage);
	printf("scrub-p50-ms %.3f\nscrub-p99-ms %.3f\nscrub-max-ms %.3f\n", ms(moves_ns[MOVES / 2]),
	       ms(moves_ns[MOVES * 99 / 100]), ms(moves_ns[MOVES - 1]));
	printf("rss-mib %.1f\n", (double)usage.ru_maxrss / 1024);
	printf("events %" PRIu64 "\n", aw__replay_index(replay)->events);
	printf("data-bytes %" PRIu64 "\n", aw__replay_index(replay)->data_bytes);
	printf("index-bytes %" PRIu64 "\n",
	       aw__source_whole(source) - aw__replay_index(replay)->data_bytes);
	aw__replay_close(replay);
	aw__source_close(source);
	aw__model_destroy(model);
	return 0;
}
