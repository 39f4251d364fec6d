/* SPDX-License-Identifier: MIT */
/*
 * `awry attach` without a target: picks the only live process, or lists the debuggable processes for the processes
 * view, from which Enter attaches to one more.
 */
#include "viewer/cli/choose.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "viewer/cli/process_row.h"

/* ---- without a terminal ---- */

static int refuse(const struct aw__source_box *boxes, size_t count, size_t live)
{
	struct aw__buffer list = AW__BUFFER_EMPTY;

	for (size_t i = 0; i < count; i++)
		if (aw__owner_runs(boxes[i].state))
			aw__buffer_format(&list, "%s%u", list.length > 0 ? ", " : "",
					  boxes[i].location.pid);
	if (live > 0)
		aw__cli_fail("several processes are alive; name one of %s",
			     aw__buffer_string(&list));
	else
		aw__cli_fail("no debuggable process is alive; start one with AWRY_DEBUG=1, or by "
			     "awry run");
	aw__buffer_finish(&list);
	return AW__EXIT_USAGE;
}

int aw__choose_target(char ret_target[AW__LOCATION_PATH_BYTES])
{
	struct aw__source_box *boxes;
	struct aw__problem problem;
	int status = AW__EXIT_DONE;
	size_t count, live = 0;

	ret_target[0] = '\0';
	if (!aw__source_list(&boxes, &count, &problem))
		return aw__cli_fail("%s", problem.text);
	for (size_t i = 0; i < count; i++)
		if (aw__owner_runs(boxes[i].state)) {
			live++;
			snprintf(ret_target, AW__LOCATION_PATH_BYTES, "%u", boxes[i].location.pid);
		}
	if (live != 1)
		status = refuse(boxes, count, live);
	aw__alloc_free(boxes);
	return status;
}

/* ---- the list in the viewer ---- */

/* An id for a box: the path distinguishes boxes with the same process id. */
static uint64_t id_of(const struct aw__source_box *box)
{
	uint64_t id = box->location.pid;

	for (const char *at = box->path; *at != '\0'; at++)
		id = id * 31 + (unsigned char)*at;
	return aw__map_hash(id);
}

static bool is_attached(const struct aw__choices *choices, const struct aw__source_box *box)
{
	const struct aw__viewer_host *host = choices->host;

	for (size_t i = 0; i < host->count; i++) {
		const struct aw__hello *hello = aw__model_hello(host->items[i]->session->model);

		if (hello != NULL && hello->pid == box->location.pid &&
		    hello->process_start_ticks == box->location.start_ticks)
			return true;
	}
	return false;
}

static void fill(struct aw__tui_listed *listed, const struct aw__process_row *row)
{
	const struct aw__hello *hello = aw__model_hello(row->model);
	size_t used;

	memset(listed, 0, sizeof(*listed));
	listed->id = id_of(row->box);
	listed->pid = row->box->location.pid;
	listed->state = aw__process_row_state(row);
	listed->tasks = aw__model_counts(row->model)->tasks_live;
	listed->findings = aw__model_finding_count(row->model);
	listed->age_ns = row->age_ns;
	snprintf(listed->runtime, sizeof(listed->runtime), "%s", hello->runtime);
	snprintf(listed->program, sizeof(listed->program), "%s", hello->program);
	used = strlen(listed->program);
	if (row->script.length > 0)
		snprintf(listed->program + used, sizeof(listed->program) - used, " %s",
			 aw__buffer_string(&row->script));
}

size_t aw__choices_list(void *arg, struct aw__tui_listed *ret_listed, size_t most)
{
	struct aw__choices *choices = arg;
	struct aw__problem ignored;
	size_t listed = 0;

	aw__alloc_free(choices->boxes);
	choices->boxes = NULL;
	choices->count = 0;
	if (!aw__source_list(&choices->boxes, &choices->count, &ignored))
		return 0;
	for (size_t i = 0; i < choices->count && listed < most; i++) {
		struct aw__process_row row;

		if (!aw__process_row_read(&row, &choices->boxes[i]))
			continue;
		fill(&ret_listed[listed], &row);
		ret_listed[listed++].attached = is_attached(choices, &choices->boxes[i]);
		aw__process_row_finish(&row);
	}
	return listed;
}

static bool open_box(struct aw__choices *choices, const struct aw__source_box *box,
		     struct aw__problem *problem)
{
	char target[AW__LOCATION_PATH_BYTES];
	struct aw__session *session;
	struct aw__source *source;

	/* The process id of an ended process may have been reused. */
	if (!aw__owner_runs(box->state))
		snprintf(target, sizeof(target), "%s", box->path);
	else
		snprintf(target, sizeof(target), "%u", box->location.pid);
	if (choices->session_count == AW__TUI_PROCESSES)
		return aw__problem_set(problem, "no more processes can be shown at once");
	source = aw__source_open(target, AW__SOURCE_LIVE, problem);
	if (source == NULL)
		return false;
	session = aw__alloc_must_zeroed(1, sizeof(*session));
	aw__session_init(session, target, source);
	choices->sessions[choices->session_count++] = session;
	return aw__viewer_host_add(choices->host, session) ||
	       aw__problem_set(problem, "no more processes can be shown at once");
}

bool aw__choices_attach(void *arg, uint64_t id, struct aw__problem *problem)
{
	struct aw__choices *choices = arg;

	for (size_t i = 0; i < choices->count; i++)
		if (id_of(&choices->boxes[i]) == id)
			return open_box(choices, &choices->boxes[i], problem);
	return aw__problem_set(problem, "that process is not there any more");
}

void aw__choices_finish(struct aw__choices *choices)
{
	for (size_t i = 0; i < choices->session_count; i++) {
		aw__session_close(choices->sessions[i]);
		aw__alloc_free(choices->sessions[i]);
	}
	aw__alloc_free(choices->boxes);
}
