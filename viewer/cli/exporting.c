/* SPDX-License-Identifier: MIT */
/*
 * The work of `awry export`: reads a session's items, restricts them to --since, --until and --filter, and feeds
 * the exporter, whose output goes to a file, to standard output or to a collector.
 */
#include "viewer/cli/exporting.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/cli/collector.h"
#include "viewer/cli/progress.h"
#include "viewer/export/part.h"

struct work {
	const struct aw__exporting *arguments;
	struct aw__session *session;
	struct aw__survey survey;
	struct aw__export *export;
	struct aw__part *part;
};

static enum aw__source_status export_next(struct work *work, bool *writing,
					  struct aw__problem *trouble)
{
	struct aw__session *session = work->session;
	struct aw__item item;
	enum aw__source_status status = aw__source_next(session->source, &item, trouble);

	if (status == AW__SOURCE_DAMAGED)
		aw__session_damaged(session, trouble);
	if (status != AW__SOURCE_GOT)
		return status;
	if (item.kind == AW__ITEM_DEFINITION)
		aw__symbols_define(session->symbols, &item.definition);
	*writing = aw__part_item(work->part, &item);
	return status;
}

static void export_all(struct work *work)
{
	struct aw__session *session = work->session;
	enum aw__source_status status;
	struct aw__progress progress;
	struct aw__problem trouble;
	bool writing = true;

	aw__progress_begin(&progress, NULL, work->arguments->part.quiet);
	do {
		status = export_next(work, &writing, &trouble);
		aw__progress_show(&progress, aw__source_bytes_read(session->source),
				  aw__source_bytes(session->source));
	} while (writing && (status == AW__SOURCE_GOT || status == AW__SOURCE_DAMAGED));
	aw__progress_end(&progress);
	aw__part_end(work->part);
	if (status == AW__SOURCE_FAILED) {
		aw__cli_fail("%s: %s", session->target, trouble.text);
		session->failed = true;
	} else if (writing && aw__source_cut(session->source, &trouble)) {
		aw__cli_warn("%s: %s; what comes before is exported", session->target,
			     trouble.text);
		session->failed = true;
	}
}

static void tell_left_out(struct aw__session *session, uint64_t count)
{
	if (count == 0)
		return;
	session->failed = true;
	aw__cli_warn("%s: %" PRIu64 " events or stacks are left out: an export has at most 64 MiB "
		     "and 1 KiB for each event; --since, --until and --filter export a part",
		     session->target, count);
}

/* `file` NULL: to the collector. */
static bool export_items(const struct aw__exporting *arguments, struct aw__session *session,
			 FILE *file, struct aw__collector *collector, struct aw__problem *problem)
{
	const struct aw__survey_wish *wish = &arguments->part;
	struct work work = { .arguments = arguments, .session = session };
	bool partial = wish->since != NULL || wish->until != NULL || wish->filter != NULL;
	bool done;

	work.survey.until_ns = UINT64_MAX;
	if (partial && !aw__survey_make(&work.survey, arguments->target.name, 0, wish)) {
		problem->text[0] = '\0'; /* it was told */
		return false;
	}
	work.export = aw__export_open(arguments->exporter, file);
	if (file != stdout)
		aw__export_set_name(work.export, arguments->path);
	aw__export_set_resolver(work.export, aw__symbols_resolve, session->symbols);
	if (arguments->exporter->sends)
		aw__collector_add_labels(work.export);
	if (collector != NULL)
		aw__export_set_sender(work.export, aw__collector_send, collector,
				      aw__collector_json(collector));
	work.part = aw__part_create(work.export, work.survey.from_ns, work.survey.until_ns,
				    wish->filter != NULL ? &work.survey.tasks : NULL);
	export_all(&work);
	aw__export_end(work.export);
	tell_left_out(session, aw__export_left_out(work.export));
	done = aw__export_close(work.export, problem);
	aw__part_destroy(work.part);
	aw__survey_finish(&work.survey);
	return done;
}

static bool export_to_collector(const struct aw__exporting *arguments, struct aw__session *session,
				struct aw__problem *problem)
{
	struct aw__collector *collector = aw__collector_create(arguments->endpoint, problem);
	bool done;

	if (collector == NULL)
		return false;
	done = export_items(arguments, session, NULL, collector, problem);
	aw__collector_destroy(collector);
	return done;
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* A closed pipe (| head) is no error. */
static bool leave_quietly(int error, struct aw__problem *problem)
{
	if (aw__cli_pipe_broke(error))
		problem->text[0] = '\0';
	return false;
}

static bool export_to_file(const struct aw__exporting *arguments, struct aw__session *session,
			   struct aw__problem *problem)
{
	struct aw__output output;
	FILE *file;
	bool done;
	int error;

	if (is_same_file(arguments->target.name, arguments->path))
		return aw__problem_set(problem, "%s: is the recording itself; name another file",
				       arguments->path);
	if (!aw__output_open(&output, arguments->path, AW__OUTPUT_OTHER, arguments->force, problem))
		return false;
	file = fdopen(dup(output.fd), "w");
	done = file != NULL && export_items(arguments, session, file, NULL, problem);
	if (file == NULL)
		aw__problem_set(problem, "%s: %s", arguments->path, strerror(errno));
	else if (fclose(file) != 0 && done)
		done = aw__problem_set(problem, "%s: %s", arguments->path, strerror(errno));
	if (done)
		return aw__output_finish(&output, problem);
	error = errno;
	aw__output_abandon(&output);
	return leave_quietly(error, problem);
}

bool aw__exporting_run(const struct aw__exporting *arguments, struct aw__session *session,
		       struct aw__problem *problem)
{
	if (arguments->path == NULL)
		return export_to_collector(arguments, session, problem);
	if (strcmp(arguments->path, "-") == 0)
		return export_items(arguments, session, stdout, NULL, problem) ||
		       leave_quietly(errno, problem);
	return export_to_file(arguments, session, problem);
}
