/* SPDX-License-Identifier: MIT */
/*
 * `awry export speedscope`: writes one profile of where tasks spend their time, and one for each loop of which task ran
 * when.
 *
 * The first, sampled profile has a sample for each weight (weigh.h), with its stack from main to the coroutine and the
 * task's state. The others are evented; they exist if steps were recorded, and have the first STEPS_MOST steps.
 */
#include "viewer/export/export_intern.h"
#include "viewer/export/weigh.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define STEPS_MOST (1u << 20)
#define READABLE   (UINT64_C(1) << 53)

struct step {
	uint64_t loop, from_ns, to_ns;
	uint32_t frame;
};

struct speedscope {
	struct aw__weigh weigh; /* first */
	struct aw__follow_calls weigh_calls;
	struct aw__intern frames;
	struct aw__buffer frame_list; /* JSON */
	struct step *steps;
	size_t step_count, step_capacity;
	uint64_t steps_left_out;
};

/* Limit a number to what readers, who parse doubles, read exactly. */
static uint64_t readable(uint64_t number)
{
	return number < READABLE ? number : READABLE;
}

/* Frames are collected here, and written once as a list at the end. */
static uint64_t frame_number(struct aw__export *export, const struct aw__frame *frame,
			     const char *name)
{
	struct speedscope *state = export->state;
	struct aw__buffer key = AW__BUFFER_EMPTY, real_out;
	uint64_t number;
	bool is_new;

	aw__buffer_text(&key, name);
	aw__buffer_char(&key, '\0');
	aw__buffer_format(&key, "%s:%u", frame->file != NULL ? frame->file : "", frame->line);
	number = aw__intern_put(&state->frames, key.data, key.length, &is_new);
	aw__buffer_finish(&key);
	if (!is_new)
		return number;
	real_out = export->out;
	export->out = state->frame_list;
	export->comma = number > 1;
	aw__write_begin(export, NULL, '{');
	aw__write_string(export, "name", name);
	aw__write_string(export, "file", frame->file);
	if (frame->file != NULL && frame->line > 0)
		aw__write_number(export, "line", frame->line);
	aw__write_end(export, '}');
	state->frame_list = export->out;
	export->out = real_out;
	return number;
}

static uint64_t number_of(struct aw__export *export, const struct aw__frame *frame)
{
	struct aw__buffer name = AW__BUFFER_EMPTY;
	bool comma = export->comma;
	uint64_t number;

	aw__frame_function(&name, frame);
	number = frame_number(export, frame, aw__buffer_string(&name));
	aw__buffer_finish(&name);
	export->comma = comma;
	return number;
}

static uint64_t number_of_name(struct aw__export *export, const char *name)
{
	const struct aw__frame frame = { .function = name };

	return number_of(export, &frame);
}

static void keep_step(struct aw__export *export, const struct aw__followed *task, uint64_t now_ns)
{
	struct speedscope *state = export->state;
	uint64_t frame;

	if (state->step_count == STEPS_MOST) {
		state->steps_left_out++;
		return;
	}
	frame = number_of_name(export, task->name);
	if (frame == 0)
		return;
	if (state->step_count == state->step_capacity) {
		state->step_capacity = state->step_capacity > 0 ? state->step_capacity * 2 : 256;
		state->steps = aw__alloc_must_resize(state->steps,
						     state->step_capacity * sizeof(struct step));
	}
	state->steps[state->step_count++] = (struct step){
		.loop = task->loop,
		.from_ns = task->since_ns,
		.to_ns = now_ns,
		.frame = (uint32_t)(frame - 1),
	};
}

static void phase_ended(struct aw__export *export, struct aw__followed *task, uint64_t now_ns)
{
	struct speedscope *state = export->state;

	state->weigh_calls.phase_ended(export, task, now_ns);
	if (task->phase == AW__PHASE_RUNNING)
		keep_step(export, task, now_ns);
}

static void begin(struct aw__export *export)
{
	struct speedscope *state = aw__alloc_must_zeroed(1, sizeof(*state));
	static struct aw__follow_calls calls;

	export->state = state;
	aw__weigh_init(&state->weigh, export);
	state->weigh_calls = *state->weigh.follow.calls;
	calls = state->weigh_calls;
	calls.phase_ended = phase_ended;
	state->weigh.follow.calls = &calls;
	aw__write_begin(export, NULL, '{');
	aw__write_string(export, "$schema", "https://www.speedscope.app/file-format-schema.json");
	aw__write_string(export, "exporter", "awry");
	aw__write_begin(export, "profiles", '[');
}

static void item(struct aw__export *export, const struct aw__item *it)
{
	struct speedscope *state = export->state;

	if (it->kind == AW__ITEM_EVENT)
		aw__weigh_event(&state->weigh, &it->event);
}

static void begin_profile(struct aw__export *export, const char *type, const char *name,
			  uint64_t from_ns, uint64_t to_ns)
{
	aw__write_begin(export, NULL, '{');
	aw__write_string(export, "type", type);
	aw__write_string(export, "name", name);
	aw__write_string(export, "unit", "nanoseconds");
	aw__write_number(export, "startValue", from_ns);
	aw__write_number(export, "endValue", to_ns);
}

static void sample(struct aw__export *export, const struct aw__weight *weight)
{
	struct aw__stitched stitched;
	char space[48];
	uint64_t number;

	aw__weight_frames(export, weight, &stitched);
	aw__write_begin(export, NULL, '[');
	for (size_t i = stitched.count; i > 0; i--) {
		number = number_of(export, &stitched.frames[i - 1]);
		if (number > 0)
			aw__write_number(export, NULL, number - 1);
	}
	number = number_of_name(export, aw__phase_name(weight->phase, weight->wait_kind, space));
	if (number > 0)
		aw__write_number(export, NULL, number - 1);
	aw__write_end(export, ']');
	aw__write_line(export, "");
	export->comma = true;
}

static void sampled(struct aw__export *export, struct aw__weight **weights, size_t count)
{
	uint64_t total_ns = 0;
	size_t shown = 0;

	for (size_t i = 0; i < count; i++)
		total_ns = readable(total_ns + readable(weights[i]->ns));
	begin_profile(export, "sampled", "where tasks spend their time", 0, total_ns);
	aw__write_begin(export, "samples", '[');
	while (shown < count && !aw__export_is_full(export))
		sample(export, weights[shown++]);
	export->left_out += count - shown;
	aw__write_end(export, ']');
	aw__write_begin(export, "weights", '[');
	for (size_t i = 0; i < shown; i++)
		aw__write_number(export, NULL, readable(weights[i]->ns));
	aw__write_end(export, ']');
	aw__write_end(export, '}');
}

static int in_order(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->loop != y->loop)
		return x->loop < y->loop ? -1 : 1;
	return (x->from_ns > y->from_ns) - (x->from_ns < y->from_ns);
}

static void write_edge(struct aw__export *export, const char *type, uint64_t at, uint32_t frame)
{
	aw__write_begin(export, NULL, '{');
	aw__write_string(export, "type", type);
	aw__write_number(export, "at", at);
	aw__write_number(export, "frame", frame);
	aw__write_end(export, '}');
	aw__write_line(export, "");
	export->comma = true;
}

/* Write the profile of one loop. A loop runs one task at a time: overlaps in the recording are cut. */
static void evented(struct aw__export *export, const struct step *steps, size_t count)
{
	const struct aw__loop *loop = aw__model_loop(export->names, steps[0].loop);
	uint64_t base_ns = steps[0].from_ns, now_ns = 0, end_ns = 0;
	struct aw__buffer name = AW__BUFFER_EMPTY;

	aw__buffer_format(&name, "steps of loop %" PRIu64, steps[0].loop);
	if (loop != NULL && loop->label != NULL)
		aw__buffer_format(&name, " (%s)", loop->label);
	for (size_t i = 0; i < count; i++)
		if (readable(steps[i].to_ns - base_ns) > end_ns)
			end_ns = readable(steps[i].to_ns - base_ns);
	begin_profile(export, "evented", aw__buffer_string(&name), 0, end_ns);
	aw__buffer_finish(&name);
	aw__write_begin(export, "events", '[');
	for (size_t i = 0; i < count; i++) {
		uint64_t from_ns = readable(steps[i].from_ns - base_ns);
		uint64_t to_ns = readable(steps[i].to_ns - base_ns);

		from_ns = from_ns > now_ns ? from_ns : now_ns;
		now_ns = to_ns > from_ns ? to_ns : from_ns;
		write_edge(export, "O", from_ns, steps[i].frame);
		write_edge(export, "C", now_ns, steps[i].frame);
	}
	aw__write_end(export, ']');
	aw__write_end(export, '}');
}

static void all_evented(struct aw__export *export, struct speedscope *state)
{
	size_t first = 0;

	if (state->step_count == 0)
		return;
	qsort(state->steps, state->step_count, sizeof(struct step), in_order);
	for (size_t i = 1; i <= state->step_count; i++)
		if (i == state->step_count || state->steps[i].loop != state->steps[first].loop) {
			evented(export, state->steps + first, i - first);
			first = i;
		}
}

static void end(struct aw__export *export)
{
	struct speedscope *state = export->state;
	struct aw__weight **weights;
	size_t count;

	weights = aw__weigh_sum(&state->weigh, &count);
	sampled(export, weights, count);
	all_evented(export, state);
	aw__write_end(export, ']');
	aw__write_begin(export, "shared", '{');
	aw__write_begin(export, "frames", '[');
	aw__buffer_append(&export->out, aw__buffer_string(&state->frame_list),
			  state->frame_list.length);
	aw__write_end(export, ']');
	aw__write_end(export, '}');
	if (export->left_out > 0)
		aw__write_number(export, "leftOut", export->left_out);
	if (state->steps_left_out > 0)
		aw__write_number(export, "stepsLeftOut", state->steps_left_out);
	aw__write_end(export, '}');
	aw__write_line(export, "\n");
	export->out.failed = export->out.failed || state->frame_list.failed;
	aw__alloc_free(weights);
	aw__weigh_finish(&state->weigh);
	aw__intern_finish(&state->frames);
	aw__buffer_finish(&state->frame_list);
	aw__alloc_free(state->steps);
	aw__alloc_free(state);
}

const struct aw__exporter aw__speedscope_exporter = {
	.name = "speedscope",
	.description = "where tasks spend their time, and which ran when",
	.extension = "speedscope.json",
	.begin = begin,
	.item = item,
	.end = end,
};
