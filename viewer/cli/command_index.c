/* SPDX-License-Identifier: MIT */
/*
 * Implements `awry index`, which appends an index of checkpoints to a trace, so that --at and the viewer's time travel
 * need not read it from the beginning.
 */
#include "viewer/cli/cli.h"

#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "viewer/replay/find.h"

enum { OPTION_REMOVE = 1000 };

struct arguments {
	const char *target;
	bool remove;
};

static const struct argp_option options[] = {
	{ "remove", OPTION_REMOVE, NULL, 0, "Remove the index from the trace", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_REMOVE:
		arguments->remove = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->target != NULL)
			aw__cli_usage(state, "one trace is allowed, and '%s' is the second", arg);
		arguments->target = arg;
		return 0;
	case ARGP_KEY_END:
		if (arguments->target == NULL)
			aw__cli_usage(state, "a trace is wanted");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int show(const struct aw__session *session)
{
	const struct aw__index *index = aw__replay_index(session->replay);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	int status;

	aw__text_number(&out, index->events);
	aw__buffer_text(&out, " events, ");
	aw__text_number(&out, index->checkpoint_count);
	aw__buffer_text(&out, " checkpoints; the recording has ");
	aw__text_size(&out, index->data_bytes);
	aw__buffer_text(&out, ", its index ");
	aw__text_size(&out, aw__source_whole(session->source) - index->data_bytes);
	aw__buffer_char(&out, '\n');
	status = aw__cli_page(&out);
	aw__buffer_finish(&out);
	return status;
}

static int make(struct aw__session *session)
{
	if (!aw__session_read_trace(session, AW__INDEX_ALWAYS))
		return aw__cli_fail(
			"%s: no index was written: the recording is damaged or incomplete",
			session->target);
	if (session->replay == NULL)
		return aw__cli_fail("%s: the recording is empty", session->target);
	if (aw__source_whole(session->source) == aw__replay_index(session->replay)->data_bytes)
		return aw__cli_fail(
			"%s: the index cannot be written into it: not writable, or still "
			"being written",
			session->target);
	return show(session);
}

static int take_out(struct aw__session *session)
{
	struct aw__trailer trailer;
	struct aw__problem problem;
	struct aw__index index;

	if (!aw__find_trailer(session->source, &trailer))
		return AW__EXIT_DONE;
	if (!aw__find_index(session->source, &trailer, &index, &problem))
		return aw__cli_fail("%s: %s", session->target, problem.text);
	aw__index_finish(&index);
	if (!aw__source_append(session->source, session->target, trailer.data_bytes, NULL, 0,
			       &problem))
		return aw__cli_fail("%s: %s", session->target, problem.text);
	return AW__EXIT_DONE;
}

int aw__command_index(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse,
		"TRACE",
		"Add an index to a trace, so that any time in it is found without reading all of "
		"it. Long traces get one automatically when they are recorded by awry run, record "
		"or recover.\v"
		"Examples:\n  awry index run.awry\n  awry stats --at 12.5s run.awry",
		NULL,
		NULL,
		NULL
	};
	struct arguments arguments = { 0 };
	struct aw__session session;
	int status;

	aw__cli_parse(&argp, argc, argv, 0, &arguments);
	if (!aw__session_open(&session, arguments.target, 0))
		return AW__EXIT_FAILED;
	if (aw__source_kind(session.source) != AW__SOURCE_TRACE)
		status = aw__cli_fail("%s: not a trace", arguments.target);
	else
		status = arguments.remove ? take_out(&session) : make(&session);
	aw__session_close(&session);
	return status;
}
