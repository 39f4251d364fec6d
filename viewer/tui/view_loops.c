/* SPDX-License-Identifier: MIT */
/* The loops view (6): what each loop runs, how long its iterations take, and how often and for how long it was
 * blocked. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "viewer/tui/histogram.h"
#include "viewer/tui/phrases.h"

#define MAX_BLOCKED 200 /* iterations that are listed; the others are counted */

enum { STATE, BLOCKED, P50, P99, LONGEST, TOTAL, ITERATIONS, LAG, LOOP };

static const struct aw__column columns[] = {
	{ "STATE", 9, 0, false },
	{ "BLOCKED", 8, 0, false, 0, true },
	{ "P50", 8, 80, false, 0, true },
	{ "P99", 8, 80, false, 0, true },
	{ "LONGEST", 10, 0, false, 0, true },
	{ "TOTAL", 10, 100, false, 0, true },
	{ "ITERATIONS", 15, 100, false, 0, true },
	{ "1us       1ms       1s", AW__HISTOGRAM_CELLS + 2, 140, false },
	{ "LOOP", 0, 0, true },
	{ 0 },
};

enum part { ONE_LOOP, BLOCK, MORE };

/* The longest iteration. A blocked one is counted when it ends; its finding comes before that. */
static uint64_t longest_ns(const struct aw__loop *loop)
{
	return loop->lags.longest_ns > loop->blocked_max_ns ? loop->lags.longest_ns
							    : loop->blocked_max_ns;
}

static void fill(struct aw__app *app, struct aw__buffer *rows)
{
	for (size_t i = 0; i < aw__model_loop_count(app->model); i++) {
		const struct aw__loop *loop = aw__model_loop_at(app->model, i);
		struct aw__row row;

		memset(&row, 0, sizeof(row));
		row.key = row.id = loop->id;
		row.kind = ONE_LOOP;
		row.count = loop->blocked_count;
		row.live = !loop->closed;
		row.time_ns = longest_ns(loop);
		row.changed_ns = loop->busy_since_ns;
		row.branch = row.open = loop->blocked_count > 0;
		aw__buffer_append(rows, &row, sizeof(row));
	}
}

static void children(struct aw__app *app, const struct aw__row *row, struct aw__buffer *rows)
{
	struct aw__row child;
	uint32_t count = 0;

	memset(&child, 0, sizeof(child));
	for (size_t i = aw__model_found_count(app->model); i-- > 0;) {
		const struct aw__found *found = aw__model_found_at(app->model, i);

		if (found->kind != AW__BLOCKED_LOOP || found->loop != row->id)
			continue;
		if (++count > MAX_BLOCKED)
			continue;
		child.id = found->id;
		child.kind = BLOCK;
		child.time_ns = aw__found_ns(found);
		child.changed_ns = found->time_ns;
		aw__buffer_append(rows, &child, sizeof(child));
	}
	if (count <= MAX_BLOCKED)
		return;
	memset(&child, 0, sizeof(child));
	child.kind = MORE;
	child.part = count - MAX_BLOCKED;
	aw__buffer_append(rows, &child, sizeof(child));
}

static bool order(struct aw__app *app, struct aw__row *row, int column)
{
	const struct aw__loop *loop = aw__model_loop(app->model, row->id);

	row->sort2 = row->id;
	if (column == STATE)
		row->sort = row->live ? row->changed_ns == 0 : 2;
	else if (column == BLOCKED)
		row->sort = UINT64_MAX - row->count;
	else if (column == LONGEST)
		row->sort = UINT64_MAX - row->time_ns;
	else if (column == TOTAL && loop != NULL)
		row->sort = UINT64_MAX - loop->blocked_ns;
	else if (column == ITERATIONS && loop != NULL)
		row->sort = UINT64_MAX - loop->iterations;
	else if (column == P50 && loop != NULL)
		row->sort = UINT64_MAX - aw__lags_quantile_ns(&loop->lags, 500);
	else if ((column == P99 || column == LAG) && loop != NULL)
		row->sort = UINT64_MAX - aw__lags_quantile_ns(&loop->lags, 990);
	return column != LOOP;
}

static void append_name(const struct aw__app *app, const struct aw__loop *loop,
			struct aw__buffer *out)
{
	const struct aw__hello *hello = aw__model_hello(app->model);

	if (loop->label != NULL)
		aw__phrases_foreign(app, out, loop->label);
	else
		aw__buffer_format(out, "loop #%" PRIu64, loop->id);
	if (hello != NULL)
		aw__buffer_format(out, ", process %u", hello->pid);
	if (loop->tid != 0)
		aw__buffer_format(out, ", thread %" PRIu64, loop->tid);
}

static void append_quantile(const struct aw__loop *loop, unsigned permille, struct aw__buffer *out)
{
	if (aw__lags_count(&loop->lags) > 0)
		aw__text_duration(out, aw__lags_quantile_ns(&loop->lags, permille));
}

static uint8_t loop_cell(const struct aw__app *app, const struct aw__row *row, int column,
			 struct aw__buffer *out)
{
	const struct aw__loop *loop = aw__model_loop(app->model, row->id);

	if (loop == NULL)
		return AW__INK_PLAIN;
	if (column == STATE)
		aw__buffer_text(out, loop->closed ? "closed" : row->changed_ns ? "busy" : "idle");
	else if (column == BLOCKED)
		aw__text_number(out, row->count);
	else if (column == P50 || column == P99)
		append_quantile(loop, column == P50 ? 500 : 990, out);
	else if (column == LONGEST && row->time_ns > 0)
		aw__text_duration(out, row->time_ns);
	else if (column == TOTAL && row->count > 0)
		aw__text_duration(out, loop->blocked_ns);
	else if (column == ITERATIONS && loop->iterations > 0)
		aw__text_number(out, loop->iterations);
	else if (column == LAG)
		aw__histogram_line(app, &loop->lags, out);
	else if (column == LOOP)
		append_name(app, loop, out);
	return column == LOOP ? AW__INK_BOLD : AW__INK_PLAIN;
}

static void append_where(const struct aw__app *app, const struct aw__found *found,
			 struct aw__buffer *out)
{
	struct aw__frame frame;
	struct aw__stack stack;

	if (!aw__model_stack(app->model, found->stack, &stack) || stack.count == 0)
		aw__buffer_text(out, "its stack was not recorded");
	else if (aw__model_program_frame(app->model, found->stack, &frame))
		aw__phrases_short_frame(app, out, &frame);
	else
		aw__buffer_text(out, "in awry, libuv or libc");
}

static uint8_t block_cell(const struct aw__app *app, const struct aw__row *row, int column,
			  struct aw__buffer *out)
{
	const struct aw__found *found = aw__model_found(app->model, row->id);

	if (row->kind == MORE && column == LOOP) {
		aw__buffer_format(out, "%s and ", aw__phrases_dots(app));
		aw__phrases_count(out, row->part, "more blocked iteration");
	} else if (row->kind == MORE || found == NULL) {
		return AW__INK_PLAIN;
	} else if (column == STATE) {
		aw__phrases_clock(app, out, row->changed_ns);
	} else if (column == LONGEST) {
		aw__text_duration(out, row->time_ns);
	} else if (column == LOOP) {
		append_where(app, found, out);
		if (found->task != 0) {
			aw__buffer_text(out, ", in ");
			aw__phrases_task(app, out, found->task);
		}
	}
	return column == LONGEST ? AW__INK_RED : AW__INK_PLAIN;
}

static uint8_t cell(const struct aw__app *app, const struct aw__row *row, int column,
		    struct aw__buffer *out)
{
	return row->kind == ONE_LOOP ? loop_cell(app, row, column, out)
				     : block_cell(app, row, column, out);
}

static void subject(const struct aw__app *app, const struct aw__row *row,
		    struct aw__subject *ret_subject)
{
	const struct aw__found *found;

	if (row->kind == ONE_LOOP) {
		const struct aw__loop *loop = aw__model_loop(app->model, row->id);

		ret_subject->loop = row->id;
		ret_subject->task = loop != NULL ? loop->task : 0;
		return;
	}
	found = aw__model_found(app->model, row->id);
	if (found == NULL)
		return;
	ret_subject->loop = found->loop;
	ret_subject->id = found->id;
	ret_subject->task = found->task;
	ret_subject->group = aw__subject_group(app, found->group);
}

const struct aw__view aw__view_loops = {
	.name = "loops",
	.brief = "loop",
	.nothing = "No loop was recorded.",
	.columns = columns,
	.first_sort = BLOCKED,
	.fill = fill,
	.children = children,
	.order = order,
	.cell = cell,
	.subject = subject,
	.page = &aw__page_loop,
};
