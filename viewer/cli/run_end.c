/* SPDX-License-Identifier: MIT */
/*
 * The end of `awry run`: judges the findings by --allow and --fail-on, prints the summaries, writes the reports,
 * and decides awry's exit status.
 */
#include "viewer/cli/run.h"

#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "viewer/cli/option_report.h"

/* Judge the findings of all processes that sent a hello. Returns their number. */
static size_t judge(const struct aw__run_end *end, struct aw__report_process *processes,
		    struct aw__verdicts *verdicts)
{
	size_t count = 0;

	for (size_t i = 0; i < end->count; i++) {
		const struct aw__session *session = end->sessions[i];

		if (aw__model_hello(session->model) == NULL)
			continue;
		aw__verdicts_init(&verdicts[count], end->gating->allow, session->model);
		processes[count] = (struct aw__report_process){ session->model, session->files,
								&verdicts[count] };
		count++;
	}
	return count;
}

static void show_summaries(const struct aw__report_process *processes, size_t count,
			   struct aw__report_options look, struct aw__buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		look.verdicts = processes[i].verdicts;
		aw__buffer_text(out, "awry: ");
		aw__report_summary(processes[i].model, &look, out);
	}
}

/*
 * If the command has created a file at the report's path, the report is written beside it: the run cannot be
 * repeated.
 */
static bool write_report(const struct aw__run_end *end, const char *path,
			 const struct aw__buffer *text)
{
	struct aw__problem problem, ignored;
	char beside[4096];

	if (aw__option_report_write(path, end->force, text, &problem))
		return true;
	snprintf(beside, sizeof(beside), "%s.%d", path, (int)getpid());
	if (aw__option_report_write(beside, false, text, &ignored))
		aw__cli_fail("%s; the report is in %s", problem.text, beside);
	else
		aw__cli_fail("%s", problem.text);
	return false;
}

/* False if one could not be written (an error was printed). */
static bool write_reports(const struct aw__run_end *end, const struct aw__report_process *processes,
			  size_t count)
{
	bool good = true;

	for (size_t i = 0; i < end->report_count; i++) {
		const struct aw__run_wanted *wanted = &end->reports[i];
		struct aw__report_options look = aw__option_source_look(
			end->sourcing, wanted->format, wanted->path == NULL ? STDERR_FILENO : -1);
		struct aw__buffer out = AW__BUFFER_EMPTY;

		wanted->format->write(processes, count, &look, &out);
		if (wanted->path == NULL) {
			aw__cli_write(STDERR_FILENO, aw__buffer_string(&out), out.length);
		} else {
			good = write_report(end, wanted->path, &out) && good;
		}
		aw__buffer_finish(&out);
	}
	return good;
}

static void show_end(const struct aw__run_end *end, const struct aw__report_process *processes,
		     size_t count)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;

	if (!end->at_the_end)
		show_summaries(processes, count, aw__cli_options(STDERR_FILENO), &out);
	aw__cli_write(STDERR_FILENO, aw__buffer_string(&out), out.length);
	aw__buffer_finish(&out);
	if (count == 0 && end->left == 0)
		aw__cli_warn("%s: nothing was recorded: %s (awry doctor -- CMD checks it)",
			     end->command[0], aw__run_unrecorded_reason(end->command));
}

/* --fail-on with nothing recorded must fail: the tests may have been built without awry. */
static bool is_unjudged(const struct aw__run_end *end, size_t count)
{
	if (count > 0 || end->gating->gate.count == 0 || !end->succeeded)
		return false;
	aw__cli_fail("--fail-on: there was nothing to judge");
	return true;
}

int aw__run_end(const struct aw__run_end *end)
{
	struct aw__report_process *processes =
		aw__alloc_must_zeroed(end->count + 1, sizeof(*processes));
	struct aw__verdicts *verdicts = aw__alloc_must_zeroed(end->count + 1, sizeof(*verdicts));
	size_t count = judge(end, processes, verdicts);
	bool written;
	int status;

	show_end(end, processes, count);
	written = write_reports(end, processes, count);
	status = aw__option_gate_check(end->gating, processes, count);
	for (size_t i = 0; i < count; i++)
		aw__verdicts_finish(&verdicts[i]);
	aw__alloc_free(processes);
	aw__alloc_free(verdicts);
	if (status != AW__EXIT_DONE)
		return status;
	return written && !is_unjudged(end, count) ? -1 : AW__EXIT_FAILED;
}
