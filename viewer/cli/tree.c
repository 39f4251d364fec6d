/* SPDX-License-Identifier: MIT */
/* awry tree: prints the tree of live tasks, with what each waits for and since when. */
#include "viewer/cli/cli.h"
#include "viewer/cli/filtering.h"

#include <unistd.h>

static const char doc[] =
	"Show the tree of live tasks: who created whom, who waits for whom, since when.\v"
	"Examples:\n  awry tree 4242\n  awry tree --json run.awry";

int aw__command_tree(int argc, char **argv)
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
	look.filtered = session.whole != NULL;
	if (reading.json)
		aw__report_tree_json(session.model, aw__session_now(&session), &out);
	else
		aw__report_tree(session.model, &look, aw__session_now(&session), &out);
	status = aw__cli_page(&out);
	status = session.failed ? AW__EXIT_FAILED : status;
	aw__buffer_finish(&out);
	aw__session_close(&session);
	return status;
}
