/* SPDX-License-Identifier: MIT */
/*
 * A check of `awry doctor`: what is in the runtime folder. Boxes of running and of ended processes, boxes that this awry cannot read because
 * another version of awry wrote them, and sockets of an `awry run` that was killed.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/cli/doctor.h"
#include "viewer/source/source.h"

#define MOST_NAMED 8u

struct counts {
	size_t running, ended, sockets;
	uint64_t ended_bytes;
	uint32_t version;	  /* that this awry reads */
	size_t other;		  /* boxes of another version */
	struct aw__buffer others; /* the first of them, in words */
};

static void count_box(const struct aw__source_box *box, struct counts *counts)
{
	const bool runs = aw__owner_runs(box->state);
	uint64_t bytes = 0;
	const uint32_t version = aw__source_box_version(box->path, &bytes, &counts->version);

	counts->running += runs;
	counts->ended += !runs;
	counts->ended_bytes += runs ? 0 : bytes;
	if (version == counts->version || version == 0)
		return;
	if (counts->other++ < MOST_NAMED)
		aw__buffer_format(&counts->others, "%s%" PRIu32 " (%s, version %" PRIu32 ")",
				  counts->others.length > 0 ? ", " : "", box->location.pid,
				  runs ? "running" : "ended", version);
}

/* Sockets of `awry run` whose process has ended. */
static size_t count_sockets(void)
{
	char folder[AW__LOCATION_PATH_BYTES];
	struct aw__problem ignored;
	const struct dirent *entry;
	size_t count = 0;
	DIR *stream;

	if (!aw__location_folder(folder, &ignored) || (stream = opendir(folder)) == NULL)
		return 0;
	while ((entry = readdir(stream)) != NULL)
		if (aw__location_is_run_socket(entry->d_name))
			count += kill((pid_t)atol(entry->d_name + strlen("run-")), 0) != 0 &&
				 errno == ESRCH;
	closedir(stream);
	return count;
}

static void tell_others(struct aw__check *check, const struct counts *counts)
{
	if (counts->other == 0)
		return;
	aw__check_remark(
		check, AW__HEALTH_WARNING,
		"%zu %s written by another version of awry; this one reads version %u: %s%s. "
		"awry ps does not list them, and tree, report and recover cannot read them; "
		"awry attach PID may, from a running process's socket",
		counts->other, counts->other == 1 ? "box was" : "boxes were", counts->version,
		aw__buffer_string(&counts->others), counts->other > MOST_NAMED ? ", and more" : "");
	aw__check_mend(check,
		       "use the awry of that version, or start the program again with this one's "
		       "library");
}

void aw__doctor_recordings(const struct aw__doctor *doctor, struct aw__check *check)
{
	struct aw__buffer bytes = AW__BUFFER_EMPTY;
	struct counts counts = { 0 };
	struct aw__source_box *boxes;
	struct aw__problem problem;
	size_t count;

	(void)doctor;
	if (!aw__source_list(&boxes, &count, &problem)) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "%s", problem.text);
		return;
	}
	for (size_t i = 0; i < count; i++)
		count_box(&boxes[i], &counts);
	aw__alloc_free(boxes);
	counts.sockets = count_sockets();
	aw__text_size(&bytes, counts.ended_bytes);
	aw__check_fact(check, "%zu of running processes", counts.running);
	if (counts.ended > 0)
		aw__check_fact(check,
			       "%zu of ended ones (%s), of which the next recorded program keeps "
			       "the most useful 15",
			       counts.ended, aw__buffer_string(&bytes));
	if (counts.sockets > 0)
		aw__check_fact(check,
			       "%zu socket%s of awry run that %s killed, which the next "
			       "recorded program removes",
			       counts.sockets, counts.sockets == 1 ? "" : "s",
			       counts.sockets == 1 ? "was" : "were");
	tell_others(check, &counts);
	aw__buffer_finish(&counts.others);
	aw__buffer_finish(&bytes);
}
