/* SPDX-License-Identifier: MIT */
/* Prints the result of `awry diff`, as text and as JSON. */
#include "viewer/report/diff.h"

#include <inttypes.h>

#include "base/text.h"
#include "viewer/report/formats.h"
#include "viewer/report/json.h"

static uint64_t median_ns(const struct aw__profile_stack *stack, bool wait)
{
	return aw__times_median_ns(wait ? &stack->wait : &stack->run);
}

/* ---- text ---- */

static void put_place(struct aw__writing *writing, const char *file, uint32_t line)
{
	if (file == NULL)
		return;
	aw__buffer_text(writing->out, "  at ");
	aw__writing_file(writing, file);
	if (line > 0)
		aw__buffer_format(writing->out, ":%u", line);
}

static void put_allowed(struct aw__writing *writing, const struct aw__diff_finding *finding,
			const struct aw__profile_finding *known, const struct aw__allow_list *list)
{
	if (!finding->allowed || known->allowance == NULL || list == NULL)
		return;
	aw__buffer_text(writing->out, "    ");
	aw__writing_allowance(writing, known->allowance, list);
	aw__buffer_char(writing->out, '\n');
}

static void put_finding(struct aw__writing *writing, const struct aw__diff_finding *finding,
			const struct aw__allow_list *list)
{
	const struct aw__profile_finding *known =
		finding->newer != NULL ? finding->newer : finding->older;

	aw__buffer_text(writing->out, "  ");
	aw__writing_foreign(writing, known->text);
	aw__buffer_format(writing->out, "  [%s", aw__finding_spec(known->kind)->id);
	if (finding->change == AW__CHANGE_MORE)
		aw__buffer_format(writing->out, ", %" PRIu64 " before, %" PRIu64 " now",
				  finding->older->count, finding->newer->count);
	aw__buffer_char(writing->out, ']');
	put_place(writing, known->file, known->line);
	aw__buffer_char(writing->out, '\n');
	put_allowed(writing, finding, known, list);
}

static void put_stack(struct aw__writing *writing, const struct aw__diff_stack *stack)
{
	const struct aw__profile_stack *known = stack->newer != NULL ? stack->newer : stack->older;

	aw__buffer_text(writing->out, "  ");
	aw__writing_foreign(writing, known->coroutine != NULL ? known->coroutine : "task");
	aw__buffer_text(writing->out, ", created in ");
	aw__writing_foreign(writing,
			    known->function != NULL ? known->function : "an unknown function");
	put_place(writing, known->file, known->line);
	if (stack->older != NULL && stack->newer != NULL) {
		aw__buffer_text(writing->out, stack->wait ? ": waits " : ": runs ");
		aw__text_duration(writing->out, median_ns(stack->newer, stack->wait));
		aw__buffer_text(writing->out, ", before ");
		aw__text_duration(writing->out, median_ns(stack->older, stack->wait));
		aw__buffer_text(writing->out, " (medians)");
	} else {
		aw__buffer_text(writing->out, ": ");
		aw__writing_plural(writing, known->count, "task");
	}
	aw__buffer_char(writing->out, '\n');
}

static void put_heading(struct aw__writing *writing, const char *what, uint64_t count,
			enum aw__style style)
{
	aw__buffer_char(writing->out, '\n');
	aw__writing_style(writing, style);
	aw__buffer_format(writing->out, "%s (%" PRIu64 ")", what, count);
	aw__writing_style(writing, AW__STYLE_PLAIN);
	aw__buffer_char(writing->out, '\n');
}

static void put_findings(struct aw__writing *writing, const struct aw__diff *diff,
			 struct aw__limit *limit)
{
	static const char *const headings[] = { "New findings", "Findings that are gone",
						"More frequent findings" };
	static const enum aw__change order[] = { AW__CHANGE_NEW, AW__CHANGE_MORE, AW__CHANGE_GONE };

	for (size_t i = 0; i < 3; i++) {
		if (diff->found[order[i]] == 0)
			continue;
		put_heading(writing, headings[order[i]], diff->found[order[i]],
			    order[i] == AW__CHANGE_GONE ? AW__STYLE_GOOD : AW__STYLE_ERROR);
		for (size_t j = 0; j < diff->finding_count; j++)
			if (diff->findings[j].change == order[i] && aw__limit_next(limit)) {
				put_finding(writing, &diff->findings[j], diff->newer->list);
				aw__limit_done(limit);
			}
	}
}

static void put_stacks(struct aw__writing *writing, const struct aw__diff *diff,
		       struct aw__limit *limit)
{
	static const char *const headings[] = { "Tasks from new places",
						"Tasks from places that are gone", "",
						"Slower tasks", "Faster tasks" };
	static const enum aw__change order[] = { AW__CHANGE_SLOWER, AW__CHANGE_FASTER,
						 AW__CHANGE_NEW, AW__CHANGE_GONE };

	for (size_t i = 0; i < 4; i++) {
		if (diff->stacked[order[i]] == 0)
			continue;
		put_heading(writing, headings[order[i]], diff->stacked[order[i]],
			    order[i] == AW__CHANGE_SLOWER ? AW__STYLE_ERROR : AW__STYLE_STRONG);
		for (size_t j = 0; j < diff->stack_count; j++)
			if (diff->stacks[j].change == order[i] && aw__limit_next(limit)) {
				put_stack(writing, &diff->stacks[j]);
				aw__limit_done(limit);
			}
	}
}

static void put_changes(struct aw__writing *writing, const struct aw__diff *diff)
{
	struct aw__limit limit;

	aw__limit_begin(&limit, writing->out);
	put_findings(writing, diff, &limit);
	put_stacks(writing, diff, &limit);
	if (aw__limit_end(&limit) == 0)
		return;
	aw__buffer_char(writing->out, '\n');
	aw__limit_show(writing->out, limit.left_out, "change");
	aw__buffer_text(writing->out, ".\n");
}

void aw__diff_text(const struct aw__diff *diff, const struct aw__report_options *options,
		   struct aw__buffer *out)
{
	struct aw__writing writing;

	aw__writing_init(&writing, NULL, options, out);
	aw__buffer_text(out, "before: ");
	aw__writing_plural(&writing, diff->older->found, "finding");
	aw__buffer_text(out, ", ");
	aw__writing_plural(&writing, diff->older->tasks, "task");
	aw__buffer_text(out, "; now: ");
	aw__writing_plural(&writing, diff->newer->found, "finding");
	aw__buffer_text(out, ", ");
	aw__writing_plural(&writing, diff->newer->tasks, "task");
	aw__buffer_char(out, '\n');
	put_changes(&writing, diff);
	if (diff->finding_count + diff->stack_count == 0)
		aw__buffer_text(out, "nothing has changed\n");
	aw__writing_finish(&writing);
}

/* ---- JSON ---- */

static json_t *count_json(const struct aw__profile *profile)
{
	return json_pack("{so so so}", "findings", aw__json_number(profile->found), "tasks",
			 aw__json_number(profile->tasks), "tasks_beyond",
			 aw__json_number(profile->beyond));
}

static json_t *finding_json(const struct aw__diff_finding *finding,
			    const struct aw__allow_list *list)
{
	const struct aw__profile_finding *known =
		finding->newer != NULL ? finding->newer : finding->older;
	char fingerprint[AW__IDENTITY_BYTES];

	return json_pack("{ss ss ss so so so so so so}", "change", aw__change_name(finding->change),
			 "fingerprint", aw__identity_text(known->identity, fingerprint), "kind",
			 aw__finding_spec(known->kind)->id, "text", aw__json_text(known->text),
			 "file", aw__json_text(known->file), "line", aw__json_number(known->line),
			 "old", aw__json_number(finding->older != NULL ? finding->older->count : 0),
			 "new", aw__json_number(finding->newer != NULL ? finding->newer->count : 0),
			 "allowed",
			 finding->allowed && known->allowance != NULL && list != NULL
				 ? aw__json_allowance(known->allowance, list, known->allowed)
				 : json_null());
}

static json_t *side_json(const struct aw__profile_stack *stack)
{
	if (stack == NULL)
		return json_null();
	return json_pack("{so so so}", "tasks", aw__json_number(stack->count), "run_ns",
			 aw__json_number(aw__times_median_ns(&stack->run)), "wait_ns",
			 aw__json_number(aw__times_median_ns(&stack->wait)));
}

static json_t *stack_json(const struct aw__diff_stack *stack)
{
	const struct aw__profile_stack *known = stack->newer != NULL ? stack->newer : stack->older;
	bool both = stack->older != NULL && stack->newer != NULL;
	char fingerprint[AW__IDENTITY_BYTES];

	return json_pack("{ss ss so so so so so so so}", "change", aw__change_name(stack->change),
			 "fingerprint", aw__identity_text(known->identity, fingerprint), "time",
			 both ? json_string(stack->wait ? "wait" : "run") : json_null(),
			 "coroutine", aw__json_text(known->coroutine), "function",
			 aw__json_text(known->function), "file", aw__json_text(known->file), "line",
			 aw__json_number(known->line), "old", side_json(stack->older), "new",
			 side_json(stack->newer));
}

void aw__diff_json(const struct aw__diff *diff, struct aw__buffer *out)
{
	json_t *findings = json_array(), *stacks = json_array(), *document;
	struct aw__json_limits limits = { 0 };

	for (size_t i = 0; i < diff->finding_count; i++)
		if (aw__json_has_room(&limits.findings))
			aw__json_add(&limits.findings, findings,
				     finding_json(&diff->findings[i], diff->newer->list));
	for (size_t i = 0; i < diff->stack_count; i++)
		if (aw__json_has_room(&limits.stacks))
			aw__json_add(&limits.stacks, stacks, stack_json(&diff->stacks[i]));
	document = json_pack("{ss si so so so so}", "schema", "urn:awry:diff:1", "version", 1,
			     "old", count_json(diff->older), "new", count_json(diff->newer),
			     "findings", findings, "stacks", stacks);
	aw__json_left_out(document, &limits);
	aw__json_write(document, out);
}
