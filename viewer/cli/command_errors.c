/* SPDX-License-Identifier: MIT */
/* Implements `awry errors`, which prints every recorded error as a tree of its causes, contexts and children, or as JSON. */
#include "viewer/cli/cli.h"

static const char doc[] =
	"Show every recorded error, as trees: lost, retrieved and pending, each part with where it "
	"was raised, in which task, and where that was created.\v"
	"Examples:\n  awry errors 4242\n  awry errors run.awry";

static void write_errors(const struct aw__session *session, const struct aw__report_options *look,
			 bool json, struct aw__buffer *out)
{
	if (json)
		aw__report_errors_json(session->model, out);
	else
		aw__report_errors(session->model, look, out);
}

int aw__command_errors(int argc, char **argv)
{
	return aw__show_target(argc, argv, doc, write_errors);
}
