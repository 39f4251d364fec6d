/* SPDX-License-Identifier: MIT */
/* awry errors: prints every recorded error as a tree of its causes, contexts and children, or as JSON. */
#include "viewer/cli/cli.h"
#include "viewer/cli/filtering.h"

#include <unistd.h>

static const char doc[] =
	"Show every recorded error, as trees: lost, retrieved and pending, each part with where it "
	"was raised, in which task, and where that was created.\v"
	"Examples:\n  awry errors 4242\n  awry errors run.awry";

int aw__command_errors(int argc, char **argv)
{
	struct aw__report_options look = aw__cli_options(STDOUT_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	struct aw__reading reading;
	struct aw__session session;

	int status;

	aw__reading_parse(argc, argv, doc, &reading);
	if (!aw__session_open(&session, reading.target.name, 0))
		return AW__EXIT_FAILED;
	aw__session_read(&session);
	aw__filtering_apply(&session, 0);

	look.files = session.files;
	look.machinery = reading.machinery;
	if (reading.json)
		aw__report_errors_json(session.model, &out);
	else
		aw__report_errors(session.model, &look, &out);
	status = aw__cli_page(&out);
	status = session.failed ? AW__EXIT_FAILED : status;
	aw__buffer_finish(&out);
	aw__session_close(&session);
	return status;
}
