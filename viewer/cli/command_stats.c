/* SPDX-License-Identifier: MIT */
/* Implements `awry stats`, which prints counts, losses, rates and sizes of one target. */
#include "viewer/cli/cli.h"

static const char doc[] = "Show counts, losses, rates and sizes of a recording.\v"
			  "Examples:\n  awry stats run.awry";

static struct aw__report_source describe(const struct aw__session *session)
{
	static const char *const words[] = {
		[AW__SOURCE_SOCKET] = "live process",
		[AW__SOURCE_TRACE] = "trace",
		[AW__SOURCE_BOX] = "black box",
	};
	bool is_whole = aw__source_kind(session->source) == AW__SOURCE_TRACE &&
			aw__cli_at()->kind == AW__AT_END;

	return (struct aw__report_source){
		.what = words[aw__source_kind(session->source)],
		.bytes = is_whole ? aw__session_bytes(session) : 0,
		.damaged = session->damaged,
		.cut = session->cut,
		.lives = aw__session_lives(session),
		.now_ns = aw__session_now(session),
	};
}

static void write_stats(const struct aw__session *session, const struct aw__report_options *look,
			bool json, struct aw__buffer *out)
{
	const struct aw__report_source source = describe(session);

	if (json)
		aw__report_stats_json(session->model, &source, out);
	else
		aw__report_stats(session->model, look, &source, out);
}

int aw__command_stats(int argc, char **argv)
{
	return aw__show_target(argc, argv, doc, write_stats);
}
