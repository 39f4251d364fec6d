/* SPDX-License-Identifier: MIT */
/*
 * The recordings of `awry run -o PATH`, once their processes have ended: compresses them if PATH ends in .zst,
 * indexes long ones, reads them for the reports, and says which process wrote which file.
 */
#include "viewer/cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "viewer/cli/cli.h"
#include "viewer/cli/progress.h"
#include "viewer/source/copy.h"
#include "viewer/source/pack.h"

bool aw__run_trace_allowed(const char *path)
{
	for (const char *at = strchr(path, '%'); at != NULL; at = strchr(at + 2, '%'))
		if (at[1] != 'p' && at[1] != '%')
			return false;
	return true;
}

static void expand(const char *path, uint32_t pid, struct aw__buffer *out)
{
	for (; *path != '\0'; path++) {
		if (*path != '%')
			aw__buffer_char(out, *path);
		else if (*++path == 'p')
			aw__buffer_format(out, "%" PRIu32, pid);
		else
			aw__buffer_char(out, '%');
	}
}

static bool is_plain_trace(int fd)
{
	unsigned char first[8];

	return pread(fd, first, sizeof(first), 0) == (ssize_t)sizeof(first) &&
	       !aw__bytes_is_packed(first) && aw__copy_is_trace(fd);
}

void aw__run_trace_begin(const char *path)
{
	struct aw__buffer name = AW__BUFFER_EMPTY;
	struct stat status;
	int fd = -1;

	expand(path, 0, &name);
	if (strstr(path, "%p") == NULL)
		fd = open(aw__buffer_string(&name), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	aw__buffer_finish(&name);
	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0 && !is_plain_trace(fd))
		(void)!ftruncate(fd, 0);
	close(fd);
}

static void show_progress(void *arg, uint64_t done, uint64_t whole)
{
	aw__progress_show(arg, done, whole);
}

static bool compress_into(int fd, struct aw__output *output, struct aw__problem *problem)
{
	struct aw__progress progress;
	enum aw__packed packed;

	if (!aw__output_trace(output, true, problem)) {
		aw__output_abandon(output);
		return false;
	}
	aw__progress_begin(&progress, "compressing", false);
	packed = aw__pack(fd, output->trace, show_progress, &progress, problem);
	aw__progress_end(&progress);
	if (packed == AW__PACKED)
		return aw__output_finish(output, problem);
	aw__output_abandon(output);
	if (packed == AW__PACKED_IN_USE)
		aw__problem_set(problem, "a process still writes it");
	return packed == AW__PACKED_BEFORE;
}

/* A trace that cannot be compressed stays as it is: readers go by its content, not by its name. */
static void compress(int fd, const char *path)
{
	struct aw__problem problem;
	struct aw__output output;

	if (!aw__output_open(&output, path, AW__OUTPUT_TRACE, true, &problem) ||
	    !compress_into(fd, &output, &problem))
		aw__cli_warn("%s: stays uncompressed: %s", path, problem.text);
}

/* The process that wrote the recording; NULL if it is older than the run. */
static struct aw__run_recording *owner(const struct aw__session *session,
				       struct aw__run_recording *recordings, size_t count)
{
	const struct aw__hello *hello = aw__model_hello(session->model);

	for (size_t i = 0; hello != NULL && i < count; i++)
		if (recordings[i].pid == hello->pid &&
		    recordings[i].start_ticks == hello->process_start_ticks)
			return &recordings[i];
	return NULL;
}

/* Damage and early ends are not reported here: commands that read the recording later do. */
static void read_quietly(struct aw__session *session)
{
	enum aw__source_status status;
	struct aw__problem ignored;
	struct aw__item item;

	if (aw__session_jump(session))
		return;
	while ((status = aw__source_next(session->source, &item, &ignored)) == AW__SOURCE_GOT ||
	       status == AW__SOURCE_DAMAGED)
		if (status == AW__SOURCE_GOT)
			aw__session_ingest(session, &item);
}

/* Read the complete recording for the process that wrote it. */
static void keep(const char *path, struct aw__run_recording *recordings, size_t count)
{
	struct aw__session *session = aw__alloc_must_zeroed(1, sizeof(*session));
	struct aw__run_recording *recording;

	if (!aw__session_open(session, path, 0)) {
		aw__alloc_free(session);
		return;
	}
	read_quietly(session);
	recording = owner(session, recordings, count);
	if (recording != NULL && recording->complete == NULL) {
		recording->complete = session;
		return;
	}
	aw__session_close(session);
	aw__alloc_free(session);
}

/* The recordings of a run, and the black boxes that may complete them. */
struct finish {
	bool packed;
	struct aw__run_recording *recordings;
	size_t count;
	struct aw__source_box *boxes;
	size_t box_count;
};

/* The recording of the process that has left a box; NULL: it is none of the run, or still runs. */
static struct aw__run_recording *left_by(const struct finish *finish,
					 const struct aw__source_box *box)
{
	for (size_t i = 0; i < finish->count && !aw__owner_runs(box->state); i++)
		if (finish->recordings[i].pid == box->location.pid &&
		    finish->recordings[i].start_ticks == box->location.start_ticks)
			return &finish->recordings[i];
	return NULL;
}

/* Append what the box of a killed process has. It must be done before the file is compressed. */
static void append_box(const char *path, const struct finish *finish)
{
	for (size_t i = 0; i < finish->box_count; i++) {
		struct aw__run_recording *recording = left_by(finish, &finish->boxes[i]);
		struct aw__problem problem;
		bool done = false;

		if (recording == NULL)
			continue;
		if (!aw__source_complete(path, finish->boxes[i].path, &done, &problem))
			aw__cli_warn("%s: stays without its last moments: %s", path, problem.text);
		recording->has_box = recording->has_box || done;
	}
}

static void finish_one(const char *path, const struct finish *finish)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const bool is = fd >= 0 && aw__copy_is_trace(fd);

	if (is)
		append_box(path, finish);
	if (is && finish->packed)
		compress(fd, path);
	if (fd >= 0)
		close(fd);
	if (!is)
		return;
	aw__session_index_file(path);
	keep(path, finish->recordings, finish->count);
}

static bool copy_box(const char *box_path, const char *path, bool packed,
		     struct aw__problem *problem)
{
	struct aw__source *box = aw__source_open(box_path, 0, problem);
	struct aw__output output;
	bool done;

	if (box == NULL)
		return false;
	done = aw__output_open(&output, path, AW__OUTPUT_OF_AGENT, false, problem);
	if (done) {
		done = aw__output_trace(&output, packed, problem) &&
		       aw__copy_items(box, output.trace, problem);
		if (done)
			done = aw__output_finish(&output, problem);
		else
			aw__output_abandon(&output);
	}
	aw__source_close(box);
	return done;
}

/* A process that was killed before its agent wrote anything has its recording in its box alone: make the file of it. */
static void make_of_box(const char *path, struct aw__run_recording *recording,
			const struct finish *finish)
{
	for (size_t i = finish->box_count; i-- > 0;) { /* the newest, if it called exec() */
		struct aw__problem problem;

		if (left_by(finish, &finish->boxes[i]) != recording)
			continue;
		if (!copy_box(finish->boxes[i].path, path, finish->packed, &problem)) {
			aw__cli_warn("%s: %s", path, problem.text);
			return;
		}
		recording->has_box = true;
		aw__session_index_file(path);
		keep(path, finish->recordings, finish->count);
		return;
	}
}

/* Several processes wrote to one path: say which one has it, and where the others' recordings are. */
static void tell_whose(const char *path, const struct aw__run_recording *recordings, size_t count)
{
	struct aw__buffer whose = AW__BUFFER_EMPTY, others = AW__BUFFER_EMPTY;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		const struct aw__session *session = recordings[i].complete;

		if (session == NULL)
			continue;
		found++;
		if (strcmp(session->target, path) == 0)
			aw__buffer_format(&whose, "the recording of process %" PRIu32 " (%s)",
					  recordings[i].pid,
					  aw__model_hello(session->model)->program);
		else
			aw__buffer_format(&others, "%s %s", others.length > 0 ? "," : "",
					  session->target);
	}
	if (whose.length > 0 && others.length > 0)
		aw__cli_warn("%s: %s; there are others:%s", path, aw__buffer_string(&whose),
			     aw__buffer_string(&others));
	else if (whose.length > 0)
		aw__cli_warn("%s: %s", path, aw__buffer_string(&whose));
	if (found < count)
		aw__cli_warn("%s: %zu of %zu recordings stay: the others were replaced, or could "
			     "not be written; with %%p (the process id) in the name, each process "
			     "has its own",
			     path, found, count);
	aw__buffer_finish(&whose);
	aw__buffer_finish(&others);
}

void aw__run_trace_finish(const char *path, struct aw__run_recording *recordings, size_t count)
{
	const size_t length = strlen(path);
	const bool each = strstr(path, "%p") != NULL;
	struct finish finish = {
		.packed = length > 4 && strcmp(path + length - 4, ".zst") == 0,
		.recordings = recordings,
		.count = count,
	};
	struct aw__buffer name = AW__BUFFER_EMPTY;
	struct aw__problem ignored;

	(void)aw__source_list(&finish.boxes, &finish.box_count, &ignored);
	for (size_t i = 0; i < count; i++) {
		aw__buffer_clear(&name);
		expand(path, recordings[i].pid, &name);
		if (each || i == 0)
			finish_one(aw__buffer_string(&name), &finish);
		/* the agent uses this name if another process had the path, or was the parent */
		aw__buffer_format(&name, ".%" PRIu32, recordings[i].pid);
		finish_one(aw__buffer_string(&name), &finish);
	}
	for (size_t i = 0; i < count; i++) {
		if (recordings[i].complete != NULL)
			continue;
		aw__buffer_clear(&name);
		expand(path, recordings[i].pid, &name);
		if (!each && count > 1)
			aw__buffer_format(&name, ".%" PRIu32, recordings[i].pid);
		make_of_box(aw__buffer_string(&name), &recordings[i], &finish);
	}
	aw__alloc_free(finish.boxes);
	aw__buffer_clear(&name);
	expand(path, 0, &name);
	if (count == 1 && recordings[0].complete == NULL)
		aw__cli_warn("%s: there is no recording: the program has not written it", path);
	else if (count > 1 && !each)
		tell_whose(aw__buffer_string(&name), recordings, count);
	aw__buffer_finish(&name);
}
