/* SPDX-License-Identifier: MIT */
/*
 * A session is one target that a command reads: its source, model and symbols. Here items go from the source into
 * the model, damage and losses are reported, and findings of a run are printed as they arrive.
 */
#include "viewer/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "viewer/cli/history.h"
#include "viewer/cli/option_source.h"
#include "viewer/report/allow.h"

#define TOLD_DAMAGES 3

static void complain(void *arg, const char *line)
{
	aw__cli_warn("%s", line);
}

void aw__session_init(struct aw__session *session, const char *target,
		      struct aw__source *source_take)
{
	memset(session, 0, sizeof(*session));
	snprintf(session->target, sizeof(session->target), "%s", target);
	session->source = source_take;
	session->model = aw__model_create();
	session->symbols = aw__symbols_create(complain, session);
	session->files = aw__source_files_create();
	aw__source_files_set_judge(session->files, aw__option_source_judge, session);
	aw__model_set_resolver(session->model, aw__symbols_resolve, session->symbols);
}

void aw__session_restart(struct aw__session *session)
{
	aw__replay_close(session->replay);
	aw__model_destroy(session->model);
	aw__model_destroy(session->whole);
	session->replay = NULL;
	session->whole = NULL;
	session->now_ns = 0;
	session->model = aw__model_create();
	aw__model_set_resolver(session->model, aw__symbols_resolve, session->symbols);
	aw__source_rewind(session->source);
}

bool aw__session_open(struct aw__session *session, const char *target, unsigned flags)
{
	struct aw__problem problem;
	struct aw__source *source = aw__source_open(target, flags, &problem);

	if (source == NULL) {
		aw__cli_fail("%s", problem.text);
		return false;
	}
	aw__session_init(session, target, source);
	return true;
}

void aw__session_close(struct aw__session *session)
{
	aw__replay_close(session->replay);
	aw__source_close(session->source);
	aw__model_destroy(session->model);
	aw__model_destroy(session->whole);
	aw__symbols_destroy(session->symbols);
	aw__source_files_destroy(session->files);
}

void aw__session_ingest(struct aw__session *session, const struct aw__item *item)
{
	if (item->kind == AW__ITEM_DEFINITION)
		aw__symbols_define(session->symbols, &item->definition);
	aw__model_ingest(session->model, item);
	if (session->history != NULL && item->kind == AW__ITEM_EVENT)
		aw__history_add(session->history, &item->event,
				aw__model_counts(session->model)->tasks_live);
}

void aw__session_damaged(struct aw__session *session, const struct aw__problem *problem)
{
	session->failed = true;
	session->damaged++;
	if (session->damaged <= TOLD_DAMAGES)
		aw__cli_warn("%s: %s", session->target, problem->text);
	if (session->damaged == TOLD_DAMAGES)
		aw__cli_warn("%s: further damage is only counted", session->target);
}

enum aw__source_status aw__session_step(struct aw__session *session, size_t most,
					struct aw__problem *problem)
{
	enum aw__source_status status = AW__SOURCE_GOT;
	struct aw__item item;

	for (size_t i = 0; i < most; i++) {
		status = aw__source_next(session->source, &item, problem);
		if (status == AW__SOURCE_GOT) {
			aw__session_ingest(session, &item);
		} else if (status == AW__SOURCE_DAMAGED) {
			aw__session_damaged(session, problem);
			status = AW__SOURCE_GOT;
		} else {
			session->failed = session->failed || status == AW__SOURCE_FAILED;
			return status;
		}
	}
	return status;
}

enum aw__source_status aw__session_drain(struct aw__session *session)
{
	struct aw__problem problem;
	enum aw__source_status status = aw__session_step(session, SIZE_MAX, &problem);

	if (status == AW__SOURCE_FAILED)
		aw__cli_fail("%s: %s", session->target, problem.text);
	return status;
}

void aw__session_tell_end(struct aw__session *session, enum aw__source_status status,
			  const struct aw__problem *why)
{
	struct aw__problem problem;

	if (status == AW__SOURCE_FAILED) {
		aw__cli_fail("%s: %s", session->target, why->text);
		session->failed = true;
	} else if (aw__source_cut(session->source, &problem)) {
		aw__cli_warn("%s: %s; what comes before is shown", session->target, problem.text);
		session->cut = session->failed = true;
	}
}

bool aw__session_lives(const struct aw__session *session)
{
	const struct aw__hello *hello = aw__model_hello(session->model);

	return hello != NULL && aw__source_kind(session->source) != AW__SOURCE_TRACE &&
	       aw__location_start_ticks((pid_t)hello->pid, NULL) == hello->process_start_ticks;
}

uint64_t aw__session_now(const struct aw__session *session)
{
	uint64_t last_ns = aw__model_now_ns(session->model), now_ns;

	if (session->now_ns != 0)
		return session->now_ns;
	if (!aw__session_lives(session))
		return last_ns;
	now_ns = aw__clock_monotonic_ns();
	return now_ns > last_ns ? now_ns : last_ns;
}

void aw__session_ingest_box(struct aw__session *session, const char *path)
{
	struct aw__problem problem;
	struct aw__source *source =
		aw__source_open(path, AW__SOURCE_BRIEF | AW__SOURCE_HELD, &problem);
	struct aw__item item;

	if (source == NULL) {
		aw__cli_warn("%s", problem.text);
		return;
	}
	while (aw__source_next(source, &item, &problem) == AW__SOURCE_GOT)
		aw__session_ingest(session, &item);
	aw__model_lasts(session->model, aw__model_now_ns(session->model));
	aw__source_close(source);
}

/* Beyond the bound of a report findings are only counted, for the summary. */
static void print_found(struct aw__follower *follower, const struct aw__session *session,
			const struct aw__report_options *options, const struct aw__found *found,
			int fd)
{
	struct aw__buffer out = { .most = AW__REPORT_MOST_BYTES };

	if (follower->bytes >= AW__REPORT_MOST_BYTES)
		return;
	aw__report_finding(session->model, options, found->group, 0, &out);
	aw__buffer_char(&out, '\n');
	follower->bytes += out.length;
	aw__cli_write(fd, aw__buffer_string(&out), out.length);
	if (out.full || follower->bytes >= AW__REPORT_MOST_BYTES) {
		follower->bytes = AW__REPORT_MOST_BYTES;
		aw__cli_warn("further findings are not printed, only counted: %u MiB were printed",
			     AW__REPORT_MOST_BYTES >> 20);
	}
	aw__buffer_finish(&out);
}

static bool is_spared(const struct aw__follower *follower, const struct aw__session *session,
		      const struct aw__found *found)
{
	return (follower->known != NULL && aw__model_found(follower->known, found->id) != NULL) ||
	       (follower->recorded && found->id == AW__FOUND_BY_READER) ||
	       aw__allow_list_match(follower->allow, session->model, found) != NULL;
}

void aw__follower_print(struct aw__follower *follower, const struct aw__session *session, int fd)
{
	struct aw__report_options options = aw__cli_options(fd);
	const size_t count = aw__model_found_count(session->model);
	size_t at = count;

	options.files = session->files;
	while (at > 0 && aw__model_found_at(session->model, at - 1)->serial > follower->seen)
		at--;
	for (; at < count; at++) {
		const struct aw__found *found = aw__model_found_at(session->model, at);

		follower->seen = found->serial;
		if (found->group->first != found || is_spared(follower, session, found))
			continue;
		print_found(follower, session, &options, found, fd);
	}
}
