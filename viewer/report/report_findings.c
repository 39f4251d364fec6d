/* SPDX-License-Identifier: MIT */
/* Findings as text: `awry report`, what `awry run` prints as they arrive, and the page of a finding in the viewer. */
#include "viewer/report/report_internal.h"

#include <inttypes.h>

#include "base/text.h"
#include "viewer/report/allow.h"

/* The most tasks that are named for a repeated finding. */
#define MAX_NAMED 12

static const char *stack_heading(const struct aw__found *found)
{
	if (aw__finding_where_dropped(found->kind, found->text != NULL))
		return "the coroutine was dropped, most recent call first";
	if (aw__finding_where_collected(found->kind, found->text))
		return "it was dropped, most recent call first";
	switch (found->kind) {
	case AW__NEVER_RETRIEVED:
		return found->task == 0 ? "the job was submitted, most recent call first"
					: "the task was created, most recent call first";
	case AW__HELD_ERROR:
	case AW__DESTROYED_PENDING:
		return "the task was created, most recent call first";
	case AW__NEVER_AWAITED:
		return "the coroutine was made, most recent call first";
	case AW__ORPHAN_TASK:
	case AW__LEAKED_TASK:
	case AW__STARVED_TASK:
	case AW__BUSY_TASK:
		return "the task was created, most recent call first";
	case AW__SWALLOWED_CANCEL:
		return "it was asked to cancel, most recent call first";
	case AW__SCOPE_LEFT_OPEN:
		return "it was opened or taken, most recent call first";
	case AW__UNCLOSED_HANDLE:
		return "it was opened, most recent call first";
	case AW__STACK_OVERFLOW:
		return "its stack overflowed here, most recent call first";
	case AW__BLOCKED_LOOP:
		return "the loop's thread was here, most recent call first";
	default:
		return "stack, most recent call first";
	}
}

static void show_title(struct aw__writing *writing, const struct aw__found_group *group,
		       size_t number)
{
	const struct aw__finding_spec *spec = aw__finding_spec(group->kind);
	struct aw__frame frame;

	if (number > 0)
		aw__buffer_format(writing->out, "%zu. ", number);
	aw__writing_style(writing, AW__STYLE_TITLE);
	if (group->kind == AW__NEVER_AWAITED && group->coroutine != 0 &&
	    aw__model_place(writing->model, group->coroutine, &frame) && frame.function != NULL) {
		aw__buffer_text(writing->out, "coroutine '");
		aw__writing_foreign(writing, frame.function);
		aw__buffer_text(writing->out, "' was never awaited");
	} else {
		aw__buffer_text(writing->out, aw__finding_title(group->kind, group->first->task));
	}
	aw__writing_style(writing, AW__STYLE_PLAIN);
	aw__buffer_format(writing->out, "  [%s", spec->id);
	aw__writing_times(writing, group->count);
	aw__buffer_text(writing->out, "]\n");
}

static void put_reason(struct aw__writing *writing, const struct aw__allowance *entry,
		       const struct aw__allow_list *list)
{
	aw__buffer_text(writing->out, ": ");
	aw__writing_foreign(writing, entry->reason);
	aw__buffer_text(writing->out, " (");
	aw__writing_file(writing, list->name);
	aw__buffer_format(writing->out, ":%u", entry->line);
	if (entry->expires[0] != '\0')
		aw__buffer_format(writing->out, ", until %s", entry->expires);
	aw__buffer_text(writing->out, ")");
}

void aw__writing_allowance(struct aw__writing *writing, const struct aw__allowance *entry,
			   const struct aw__allow_list *list)
{
	aw__writing_style(writing, AW__STYLE_GOOD);
	aw__buffer_text(writing->out, "allowed");
	put_reason(writing, entry, list);
	aw__writing_style(writing, AW__STYLE_PLAIN);
}

static void show_allowed(struct aw__writing *writing, const struct aw__found_group *group)
{
	const struct aw__verdicts *verdicts = writing->options.verdicts;
	const struct aw__allowance *entry;
	uint64_t count = aw__verdicts_of_group(verdicts, group, &entry);

	if (entry == NULL)
		return;
	aw__writing_style(writing, AW__STYLE_GOOD);
	aw__buffer_text(writing->out, "   allowed");
	if (count < group->count) {
		aw__buffer_text(writing->out, ", ");
		aw__text_number(writing->out, count);
		aw__buffer_text(writing->out, " of ");
		aw__text_number(writing->out, group->count);
	}
	put_reason(writing, entry, verdicts->list);
	aw__writing_style(writing, AW__STYLE_PLAIN);
	aw__buffer_char(writing->out, '\n');
}

static void show_state(struct aw__writing *writing, const struct aw__found *found)
{
	const struct aw__task *task = aw__model_task(writing->model, found->task);
	const struct aw__task_recorded *recorded = task != NULL ? task->recorded : NULL;

	if (recorded == NULL || found->kind != AW__DESTROYED_PENDING)
		return;
	aw__buffer_format(writing->out, ", %s", aw__task_state_text(recorded->state));
	if (recorded->state == AW__TASK_WAITING)
		aw__buffer_format(writing->out, " for %s", aw__wait_name(recorded->wait_kind));
}

/* Whether the error is from a job in a thread: its future holds the error, and no task has it. */
static bool is_of_job(const struct aw__found *found)
{
	return found->task == 0 && found->kind == AW__NEVER_RETRIEVED;
}

static void show_who(struct aw__writing *writing, const struct aw__found *found)
{
	if (found->member_count > 0)
		return;
	if (found->task != 0 && found->kind != AW__NEVER_AWAITED) {
		aw__buffer_text(writing->out, "   task ");
		aw__labels_task(writing, found->task, found->coroutine);
		show_state(writing, found);
		aw__buffer_char(writing->out, '\n');
	} else if (found->coroutine != 0) {
		aw__buffer_text(writing->out,
				is_of_job(found) ? "   job in a thread: " : "   coroutine ");
		aw__labels_place(writing, found->coroutine);
		aw__buffer_char(writing->out, '\n');
	}
	if (found->creator != 0) {
		aw__buffer_text(writing->out,
				is_of_job(found) ? "   submitted by " : "   made by ");
		aw__labels_task(writing, found->creator, 0);
		aw__buffer_char(writing->out, '\n');
	}
}

static void show_loop(struct aw__writing *writing, const struct aw__found *found)
{
	const struct aw__loop *loop = aw__model_loop(writing->model, found->loop);
	const char *thread = aw__model_thread_name(writing->model, found->thread);

	aw__buffer_text(writing->out, "   loop ");
	if (loop != NULL && loop->label != NULL)
		aw__writing_foreign(writing, loop->label);
	else
		aw__buffer_format(writing->out, "#%" PRIu64, found->loop);
	if (loop != NULL && loop->tid != 0)
		aw__buffer_format(writing->out, ", thread %" PRIu64, loop->tid);
	else if (thread != NULL) {
		aw__buffer_text(writing->out, ", thread ");
		aw__writing_foreign(writing, thread);
	}
	aw__buffer_char(writing->out, '\n');
}

static void show_how_long(struct aw__writing *writing, const struct aw__found *found)
{
	aw__buffer_text(writing->out, "   blocked for ");
	if (found->lasted_ns == 0)
		aw__buffer_text(writing->out, "at least ");
	aw__text_duration(writing->out, aw__found_ns(found));
	aw__buffer_char(writing->out, '\n');
}

static void show_lasting(struct aw__writing *writing, const struct aw__found *found)
{
	if (found->kind == AW__BUSY_TASK) {
		aw__buffer_format(writing->out, "   %" PRIu64 " %% of the time\n", found->value);
		return;
	}
	aw__buffer_text(writing->out, "   for ");
	aw__text_duration(writing->out, found->value);
	aw__buffer_text(writing->out, " so far\n");
}

static void show_canceller(struct aw__writing *writing, const struct aw__found *found)
{
	aw__buffer_text(writing->out, "   asked to cancel by ");
	if (found->by != 0)
		aw__labels_task(writing, found->by, 0);
	else
		aw__buffer_text(writing->out, "its loop");
	aw__buffer_char(writing->out, '\n');
}

static bool lasts(uint32_t kind)
{
	return kind == AW__ORPHAN_TASK || kind == AW__LEAKED_TASK || kind == AW__STARVED_TASK ||
	       kind == AW__BUSY_TASK || kind == AW__HELD_ERROR;
}

static void show_what(struct aw__writing *writing, const struct aw__found *found)
{
	if (found->kind == AW__BLOCKED_LOOP)
		show_how_long(writing, found);
	if (found->kind == AW__LOST_EVENTS && found->value > 0) {
		aw__buffer_text(writing->out, "   ");
		aw__writing_plural(writing, found->value, "event");
		aw__buffer_char(writing->out, '\n');
	}
	if (found->loop != 0 && found->kind == AW__BLOCKED_LOOP)
		show_loop(writing, found);
	if (lasts(found->kind) && found->value > 0)
		show_lasting(writing, found);
	if (found->kind == AW__SWALLOWED_CANCEL)
		show_canceller(writing, found);
	if (found->kind == AW__STACK_OVERFLOW)
		aw__buffer_format(writing->out, "   its stack has %" PRIu64 " bytes\n",
				  found->value);
	if (found->text != NULL) {
		aw__buffer_text(writing->out, "   ");
		aw__writing_foreign(writing, found->text);
		if (found->kind == AW__UNCLOSED_HANDLE)
			aw__buffer_format(writing->out, " #%" PRIu64, found->value);
		aw__buffer_char(writing->out, '\n');
	}
	if (found->member_count > 0)
		aw__waits_members(writing, found);
}

static void show_error(struct aw__writing *writing, const struct aw__found *found)
{
	if (found->error == 0)
		return;
	aw__buffer_char(writing->out, '\n');
	aw__error_tree_show(writing, "   ", found->error);
}

static void show_stack(struct aw__writing *writing, const struct aw__found *found)
{
	struct aw__margin margin = { NULL, false, " " };
	uint64_t task;
	const bool in_task = aw__stacks_owner(found, &task);

	if (found->stack == 0 || found->member_count > 0 ||
	    aw__map_get(&writing->printed, found->stack) != NULL)
		return;
	aw__buffer_char(writing->out, '\n');
	aw__stacks_show(writing, &margin, stack_heading(found), found->stack, 0, task, in_task);
}

/* Where the task waited when the finding was made. */
static void show_wait(struct aw__writing *writing, const struct aw__found *found)
{
	const struct aw__margin margin = { NULL, false, " " };
	const uint64_t stack = found->wait_stack;

	if (stack == 0 || found->member_count > 0 || aw__map_get(&writing->printed, stack) != NULL)
		return;
	aw__buffer_char(writing->out, '\n');
	aw__stacks_show(writing, &margin, "it waited here, most recent call first", stack, 0, 0,
			true);
}

static bool is_among(const uint64_t *ids, size_t count, uint64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* How often the finding occurred again, and for which tasks. */
static void show_again(struct aw__writing *writing, const struct aw__found_group *group,
		       const struct aw__sorted *members)
{
	uint64_t named[MAX_NAMED];
	size_t count = 0;

	if (group->count < 2)
		return;
	aw__buffer_text(writing->out, "\n   ");
	aw__writing_plural(writing, group->count - 1, "more time");
	for (size_t i = 1; i < members->count; i++) {
		const struct aw__found *found = members->items[i];

		if (found->task == 0 || is_among(named, count, found->task))
			continue;
		if (count == MAX_NAMED) {
			aw__buffer_format(writing->out, ", %s", aw__writing_dots(writing));
			break;
		}
		aw__buffer_text(writing->out, count == 0 ? ", of " : ", ");
		aw__labels_name(writing, found->task);
		named[count++] = found->task;
	}
	aw__buffer_char(writing->out, '\n');
}

static void show_help(struct aw__writing *writing, uint32_t kind)
{
	const struct aw__finding_spec spec =
		aw__finding_spec_in(kind, aw__model_runtimes(writing->model));

	aw__buffer_char(writing->out, '\n');
	aw__writing_style(writing, AW__STYLE_FAINT);
	aw__writing_paragraph(writing, "   ", spec.meaning);
	aw__writing_style(writing, AW__STYLE_PLAIN);
	aw__writing_style(writing, AW__STYLE_GOOD);
	aw__writing_paragraph(writing, "   ", spec.advice);
	aw__writing_style(writing, AW__STYLE_PLAIN);
}

static void show_group(struct aw__writing *writing, const struct aw__found_group *group,
		       size_t number)
{
	struct aw__sorted members;

	aw__sorted_members(group, &members);
	if (members.count > 0) {
		const struct aw__found *found = members.items[0];

		aw__writing_section(writing);
		show_title(writing, group, number);
		show_allowed(writing, group);
		show_who(writing, found);
		show_what(writing, found);
		show_error(writing, found);
		show_stack(writing, found);
		show_wait(writing, found);
		show_again(writing, group, &members);
		show_help(writing, group->kind);
	}
	aw__sorted_finish(&members);
}

void aw__report_finding(const struct aw__model *model, const struct aw__report_options *options,
			const struct aw__found_group *group, size_t number, struct aw__buffer *out)
{
	struct aw__writing writing;

	aw__writing_init(&writing, model, options, out);
	writing.strict = true;
	show_group(&writing, group, number);
	aw__writing_finish(&writing);
}

static void show_process(struct aw__writing *writing)
{
	const struct aw__hello *hello = aw__model_hello(writing->model);

	if (hello == NULL)
		return;
	aw__writing_foreign(writing,
			    hello->program[0] != '\0' ? hello->program : "unknown program");
	aw__buffer_format(writing->out, ", process %u, runtime ", hello->pid);
	aw__writing_foreign(writing, hello->runtime);
	aw__buffer_text(writing->out, ": ");
}

/* While the loop is blocked the duration is a lower bound; the final one arrives later. */
static void show_longest_block(struct aw__writing *writing)
{
	uint64_t longest_ns = 0;
	bool over = true;

	for (size_t i = 0; i < aw__model_found_count(writing->model); i++) {
		const struct aw__found *found = aw__model_found_at(writing->model, i);
		const uint64_t own_ns = aw__found_ns(found);

		if (found->kind != AW__BLOCKED_LOOP)
			continue;
		if (own_ns > longest_ns) {
			longest_ns = own_ns;
			over = found->lasted_ns != 0;
		}
		if (found->group->longest_ns > longest_ns) {
			longest_ns = found->group->longest_ns;
			over = true;
		}
	}
	aw__buffer_text(writing->out, over ? " (up to " : " (for at least ");
	aw__text_duration(writing->out, longest_ns);
	aw__buffer_char(writing->out, ')');
}

/* "3 findings: 2 never-retrieved, 1 blocked-loop (up to 1.2 s)". */
static void show_counts(struct aw__writing *writing)
{
	const struct aw__model_counts *counts = aw__model_counts(writing->model);
	const char *before = ": ";

	aw__writing_plural(writing, aw__model_finding_count(writing->model), "finding");
	for (size_t i = 1; i <= AW__FINDING_KINDS; i++) {
		size_t kind = i % AW__FINDING_KINDS;

		if (counts->findings[kind] == 0)
			continue;
		aw__buffer_text(writing->out, before);
		aw__text_number(writing->out, counts->findings[kind]);
		aw__buffer_format(writing->out, " %s", aw__finding_specs[kind].id);
		if (kind == AW__BLOCKED_LOOP)
			show_longest_block(writing);
		before = ", ";
	}
	if (writing->options.verdicts != NULL && writing->options.verdicts->count > 0) {
		aw__buffer_text(writing->out, "; allowed: ");
		aw__text_number(writing->out, writing->options.verdicts->count);
	}
	aw__buffer_char(writing->out, '\n');
}

static void show_loss(struct aw__writing *writing, uint64_t count, const char *what)
{
	if (count == 0)
		return;
	aw__text_number(writing->out, count);
	aw__buffer_format(writing->out, " %s\n", what);
}

static void show_losses(struct aw__writing *writing)
{
	const struct aw__model_counts *counts = aw__model_counts(writing->model);

	show_loss(writing, counts->lost_important,
		  "records of errors and findings were overwritten before they were read.");
	show_loss(writing, counts->lost_records,
		  "records of task events were overwritten before they were read.");
	show_loss(writing, counts->findings_beyond,
		  "further findings are counted, but not kept: there are too many kinds of them.");
	show_loss(writing, counts->errors_beyond,
		  "further errors or parts of errors are not kept: there are too many kinds of "
		  "them.");
	show_loss(writing, counts->definitions_beyond,
		  "further definitions are not kept: there are too many.");
}

void aw__report_summary(const struct aw__model *model, const struct aw__report_options *options,
			struct aw__buffer *out)
{
	struct aw__writing writing;

	aw__writing_init(&writing, model, options, out);
	show_process(&writing);
	show_counts(&writing);
	show_losses(&writing);
	aw__writing_finish(&writing);
}

void aw__report_findings(const struct aw__model *model, const struct aw__report_options *options,
			 struct aw__buffer *out)
{
	struct aw__writing writing;
	struct aw__sorted groups;
	struct aw__limit limit;
	uint64_t left_out;

	aw__report_summary(model, options, out);
	aw__writing_init(&writing, model, options, out);
	writing.strict = true;
	aw__sorted_groups(model, &groups);
	aw__limit_begin(&limit, out);
	for (size_t i = 0; i < groups.count; i++) {
		if (!aw__limit_next(&limit))
			continue;
		aw__buffer_char(out, '\n');
		show_group(&writing, groups.items[i], i + 1);
		aw__limit_done(&limit);
	}
	left_out = aw__limit_end(&limit);
	if (left_out > 0) {
		aw__buffer_char(out, '\n');
		aw__limit_show(out, left_out, "finding");
		aw__buffer_text(out, ".\n");
	}
	aw__sorted_finish(&groups);
	aw__writing_finish(&writing);
}
