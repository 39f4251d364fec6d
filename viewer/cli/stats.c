/* SPDX-License-Identifier: MIT */
/* awry stats: prints counts, losses, rates and sizes of one target. */
#include "viewer/cli/cli.h"
#include "viewer/cli/filtering.h"

#include <unistd.h>

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
int aw__command_stats(int argc, char **argv)
{
	struct aw__report_options look = aw__cli_options(STDOUT_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__reading reading;
	struct aw__session session;
	struct aw__report_source source;
	int status;

	aw__reading_parse(argc, argv, doc, &reading);
	if (!aw__session_open(&session, reading.target.name, 0))
		return AW__EXIT_FAILED;
	aw__session_read(&session);
	aw__filtering_apply(&session, 0);
	source = describe(&session);
	look.files = session.files;
	look.machinery = reading.machinery;
	if (reading.json)
		aw__report_stats_json(session.model, &source, &out);
	else
		aw__report_stats(session.model, &look, &source, &out);
	status = aw__cli_page(&out);
	status = session.failed ? AW__EXIT_FAILED : status;
	aw__buffer_finish(&out);
	aw__session_close(&session);
	return status;
}
