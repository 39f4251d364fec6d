/* SPDX-License-Identifier: MIT */
/*
 * Compares the profiles of two recordings for `awry diff`: which findings are new, gone or more frequent, and
 * which tasks became slower or faster by more than noise. diff_show.c prints the result.
 */
#include "viewer/report/diff.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

#define FEWEST_TASKS 20u
#define LEAST_NS     100000u
#define SURE	     4.0

const char *aw__change_name(enum aw__change change)
{
	static const char *const names[] = { "new", "gone", "more", "slower", "faster" };

	return names[change];
}

/* ---- findings ---- */

static const struct aw__profile_finding *find(const struct aw__map *map, uint64_t identity)
{
	return aw__map_get(map, identity);
}

static void index_findings(const struct aw__profile *profile, struct aw__map *map)
{
	for (size_t i = 0; i < profile->finding_count; i++)
		aw__map_put(map, profile->findings[i]->identity, profile->findings[i]);
}

static bool is_more(uint64_t before, uint64_t now)
{
	return now >= before + 3 && now - before >= before / 2 + before % 2 &&
	       (double)(now - before) > 3 * sqrt((double)before);
}

static uint64_t rest_of(const struct aw__profile_finding *finding)
{
	return finding != NULL ? finding->count - finding->allowed : 0;
}

static void add_finding(struct aw__diff *diff, enum aw__change change,
			const struct aw__profile_finding *older,
			const struct aw__profile_finding *newer)
{
	const uint64_t before = rest_of(older), now = rest_of(newer);
	const bool allowed = change == AW__CHANGE_GONE	 ? before == 0
			     : change == AW__CHANGE_MORE ? !is_more(before, now)
							 : now == 0;

	diff->findings[diff->finding_count++] =
		(struct aw__diff_finding){ change, older, newer, allowed };
	diff->found[change]++;
	diff->allowed[change] += allowed;
}

static void compare_findings(struct aw__diff *diff)
{
	struct aw__map before = { 0 }, now = { 0 };

	diff->findings =
		aw__alloc_must_zeroed(diff->older->finding_count + diff->newer->finding_count + 1,
				      sizeof(*diff->findings));
	index_findings(diff->older, &before);
	index_findings(diff->newer, &now);
	for (size_t i = 0; i < diff->newer->finding_count; i++) {
		const struct aw__profile_finding *newer = diff->newer->findings[i];
		const struct aw__profile_finding *older = find(&before, newer->identity);

		if (older == NULL)
			add_finding(diff, AW__CHANGE_NEW, NULL, newer);
		else if (is_more(older->count, newer->count))
			add_finding(diff, AW__CHANGE_MORE, older, newer);
	}
	for (size_t i = 0; i < diff->older->finding_count; i++)
		if (find(&now, diff->older->findings[i]->identity) == NULL)
			add_finding(diff, AW__CHANGE_GONE, diff->older->findings[i], NULL);
	aw__map_finish(&before);
	aw__map_finish(&now);
}

/* ---- stacks ---- */

static void add_stack(struct aw__diff *diff, enum aw__change change, bool wait,
		      const struct aw__profile_stack *older, const struct aw__profile_stack *newer)
{
	diff->stacks[diff->stack_count++] = (struct aw__diff_stack){ change, older, newer, wait };
	diff->stacked[change]++;
}

/* Whether `longer` is significantly longer than `shorter`. */
static bool is_longer(const struct aw__times *shorter, const struct aw__times *longer,
		      unsigned percent)
{
	uint64_t before = aw__times_median_ns(shorter), now = aw__times_median_ns(longer);

	return shorter->count >= FEWEST_TASKS && longer->count >= FEWEST_TASKS &&
	       now > before + LEAST_NS &&
	       (double)now >= (double)before * (1 + (double)percent / 100) &&
	       aw__times_compare(shorter, longer) > SURE;
}

static void compare_times(struct aw__diff *diff, const struct aw__profile_stack *older,
			  const struct aw__profile_stack *newer, unsigned percent)
{
	for (int wait = 0; wait < 2; wait++) {
		const struct aw__times *before = wait ? &older->wait : &older->run;
		const struct aw__times *now = wait ? &newer->wait : &newer->run;
		unsigned growth = wait ? 2 * percent : percent;

		if (is_longer(before, now, growth))
			add_stack(diff, AW__CHANGE_SLOWER, wait, older, newer);
		else if (is_longer(now, before, growth))
			add_stack(diff, AW__CHANGE_FASTER, wait, older, newer);
	}
}

/* Both are sorted by identity. */
static void compare_stacks(struct aw__diff *diff, unsigned percent)
{
	size_t a = 0, b = 0, most = diff->older->stack_count + diff->newer->stack_count;

	diff->stacks = aw__alloc_must_zeroed(2 * most + 1, sizeof(*diff->stacks));
	while (a < diff->older->stack_count || b < diff->newer->stack_count) {
		const struct aw__profile_stack *older =
			a < diff->older->stack_count ? diff->older->stacks[a] : NULL;
		const struct aw__profile_stack *newer =
			b < diff->newer->stack_count ? diff->newer->stacks[b] : NULL;

		if (newer == NULL || (older != NULL && older->identity < newer->identity)) {
			add_stack(diff, AW__CHANGE_GONE, false, older, NULL);
			a++;
		} else if (older == NULL || newer->identity < older->identity) {
			add_stack(diff, AW__CHANGE_NEW, false, NULL, newer);
			b++;
		} else {
			compare_times(diff, older, newer, percent);
			a++;
			b++;
		}
	}
}

void aw__diff_init(struct aw__diff *diff, const struct aw__profile *older,
		   const struct aw__profile *newer, unsigned slower_percent)
{
	memset(diff, 0, sizeof(*diff));
	diff->older = older;
	diff->newer = newer;
	compare_findings(diff);
	compare_stacks(diff, slower_percent);
}

void aw__diff_finish(struct aw__diff *diff)
{
	aw__alloc_free(diff->findings);
	aw__alloc_free(diff->stacks);
}
