/* SPDX-License-Identifier: MIT */
/* Prints every recorded error as a tree, for `awry errors`: errors of one group are shown once and counted. */
#include "viewer/report/report_internal.h"

#include <inttypes.h>

#include "base/text.h"

struct tally {
	uint64_t total, lost, taken;
	uint64_t number; /* position in the report; 0: not shown yet */
};

static void tally_up(struct tally *tally, const struct aw__error *error)
{
	tally->total++;
	tally->lost += error->state == AW__ERROR_LOST;
	tally->taken += error->state == AW__ERROR_TAKEN;
}

static void show_state(struct aw__writing *writing, const struct aw__error *error,
		       const struct tally *tally)
{
	uint64_t pending = tally->total - tally->lost - tally->taken;

	if (tally->total > 1) {
		const char *before = "";

		if (tally->lost > 0)
			aw__buffer_format(writing->out, "%" PRIu64 " lost", tally->lost);
		before = tally->lost > 0 ? ", " : "";
		if (tally->taken > 0)
			aw__buffer_format(writing->out, "%s%" PRIu64 " retrieved", before,
					  tally->taken);
		before = tally->lost + tally->taken > 0 ? ", " : "";
		if (pending > 0)
			aw__buffer_format(writing->out, "%s%" PRIu64 " pending", before, pending);
		if (tally->lost < tally->total && tally->taken < tally->total &&
		    pending < tally->total)
			aw__writing_times(writing, tally->total);
	} else if (error->state == AW__ERROR_LOST) {
		aw__buffer_text(writing->out, "lost: it was never retrieved");
	} else if (error->state == AW__ERROR_TAKEN) {
		aw__buffer_text(writing->out, "retrieved");
		if (error->taker != 0) {
			aw__buffer_text(writing->out, " by ");
			aw__labels_name(writing, error->taker);
		}
	} else {
		aw__buffer_text(writing->out, "pending: not retrieved yet");
	}
	aw__buffer_char(writing->out, '\n');
}

static void show(struct aw__writing *writing, const struct aw__error *error,
		 const struct tally *tally)
{
	aw__buffer_char(writing->out, '\n');
	aw__buffer_format(writing->out, "%" PRIu64 ". ", tally->number);
	show_state(writing, error, tally);
	aw__writing_section(writing);
	aw__error_tree_show(writing, "   ", error->id);
}

/* `tallies` is an array with the counts of each group; `index` maps a group to its position there, plus one. */
struct view {
	struct aw__writing writing;
	struct aw__map index;
	struct aw__buffer tallies;
	struct aw__limit limit;
	struct aw__map
		reached; /* errors that are shown, or part of a shown error or of one in its group */
	uint64_t shown;
};

/* The counts of a group's errors that are not kept. */
static struct tally not_kept(const struct aw__error_group *group)
{
	struct tally tally = { .lost = group->dropped[AW__DROPPED_LOST],
			       .taken = group->dropped[AW__DROPPED_TAKEN] };

	for (size_t kind = 0; kind < AW__DROPPED_COUNTED; kind++)
		tally.total += group->dropped[kind];
	return tally;
}

static struct tally *tally_of(struct view *view, const struct aw__error *error)
{
	const void *alike = error->group != NULL ? (const void *)error->group : error;
	uint64_t key = (uint64_t)(uintptr_t)alike;
	size_t at = (size_t)(uintptr_t)aw__map_get(&view->index, key);

	if (at == 0) {
		struct tally fresh = { 0 };

		if (error->group != NULL)
			fresh = not_kept(error->group);
		aw__buffer_append(&view->tallies, &fresh, sizeof(fresh));
		at = view->tallies.length / sizeof(fresh);
		aw__map_put(&view->index, key, (void *)(uintptr_t)at);
	}
	return (struct tally *)(void *)view->tallies.data + (at - 1);
}

static void show_within(struct view *view, const struct aw__error *error, const struct tally *tally)
{
	if (!aw__limit_next(&view->limit))
		return;
	show(&view->writing, error, tally);
	aw__limit_done(&view->limit);
}

static void show_new(struct view *view, const struct aw__error *error)
{
	struct tally *tally = tally_of(view, error);

	if (tally->number != 0)
		return;
	tally->number = ++view->shown;
	show_within(view, error, tally);
}

static void show_all(struct view *view)
{
	struct aw__sorted sorted;

	aw__sorted_roots(view->writing.model, &sorted);
	for (size_t i = 0; i < sorted.count; i++)
		tally_up(tally_of(view, sorted.items[i]), sorted.items[i]);
	for (size_t i = 0; i < sorted.count; i++) {
		const struct aw__error *error = sorted.items[i];

		aw__error_tree_mark(view->writing.model, &view->reached, error->id);
		show_new(view, error);
	}
	aw__sorted_finish(&sorted);
}

/* Errors in a cycle have no root: each cycle is shown from its first error. */
static void show_circles(struct view *view)
{
	struct aw__sorted sorted;

	aw__sorted_errors(view->writing.model, &sorted);
	for (size_t i = 0; i < sorted.count; i++) {
		const struct aw__error *error = sorted.items[i];
		struct tally one = { .total = 1 };

		if (aw__error_tree_mark(view->writing.model, &view->reached, error->id) == 0)
			continue;
		one.number = ++view->shown;
		show_within(view, error, &one);
	}
	aw__sorted_finish(&sorted);
}

void aw__report_errors(const struct aw__model *model, const struct aw__report_options *options,
		       struct aw__buffer *out)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	struct view view = { .tallies = AW__BUFFER_EMPTY };
	uint64_t left_out;

	aw__writing_init(&view.writing, model, options, out);
	aw__writing_plural(&view.writing, counts->errors, "error");
	aw__buffer_text(out, " recorded: ");
	aw__text_number(out, counts->errors_lost);
	aw__buffer_text(out, " lost, ");
	aw__text_number(out, counts->errors_retrieved);
	aw__buffer_text(out, " retrieved");
	if (counts->errors > counts->errors_lost + counts->errors_retrieved) {
		aw__buffer_text(out, ", ");
		aw__text_number(out,
				counts->errors - counts->errors_lost - counts->errors_retrieved);
		aw__buffer_text(out, " part of another error, or not looked at yet");
	}
	aw__buffer_char(out, '\n');
	if (counts->errors_beyond > 0) {
		aw__text_number(out, counts->errors_beyond);
		aw__buffer_text(out, " further errors or parts of errors are not kept: there are "
				     "too many kinds of them.\n");
	}
	aw__limit_begin(&view.limit, out);
	show_all(&view);
	show_circles(&view);
	left_out = aw__limit_end(&view.limit);
	if (left_out > 0) {
		aw__buffer_char(out, '\n');
		aw__limit_show(out, left_out, "error");
		aw__buffer_text(out, ".\n");
	}
	aw__buffer_finish(&view.tallies);
	aw__map_finish(&view.index);
	aw__map_finish(&view.reached);
	aw__writing_finish(&view.writing);
}
