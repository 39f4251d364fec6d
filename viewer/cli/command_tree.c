/* SPDX-License-Identifier: MIT */
/* Implements `awry tree`, which prints the tree of live tasks, with what each task waits for, and for how long. */
#include "viewer/cli/cli.h"

static const char doc[] = "Show the tree of live tasks: which task created which, what each waits "
			  "for, and for how long.\v"
			  "Examples:\n  awry tree 4242\n  awry tree --json run.awry";

static void write_tree(const struct aw__session *session, const struct aw__report_options *look,
		       bool json, struct aw__buffer *out)
{
	if (json)
		aw__report_tree_json(session->model, aw__session_now(session), out);
	else
		aw__report_tree(session->model, look, aw__session_now(session), out);
}

int aw__command_tree(int argc, char **argv)
{
	return aw__show_target(argc, argv, doc, write_tree);
}
