/* SPDX-License-Identifier: MIT */
/* Implements `awry recover`, which writes the black box of a dead, blocked or stopped process as a trace. */
#include "viewer/cli/option_trace.h"
#include "viewer/source/copy.h"

static int recover(const struct aw__option_trace *wish, struct aw__source *source)
{
	struct aw__problem problem;
	struct aw__output output;

	if (!aw__option_trace_begin(wish, &output))
		return AW__EXIT_FAILED;
	if (!aw__copy_items(source, output.trace, &problem)) {
		aw__output_abandon(&output);
		return aw__cli_fail("%s: %s", wish->path, problem.text);
	}
	return aw__option_trace_end(&output) ? AW__EXIT_DONE : AW__EXIT_FAILED;
}

int aw__command_recover(int argc, char **argv)
{
	static const char doc[] =
		"Make a trace of a black box: of a process that crashed or was killed, or of one "
		"that is blocked or stopped.\v"
		"Examples:\n  awry ps\n  awry recover 4242 -o crash.awry\n  awry report crash.awry";
	struct aw__option_trace wish;
	struct aw__source *source;
	struct aw__problem problem;
	int status;

	aw__option_trace_parse(argc, argv, "PID|BOX -o FILE", doc, "a process id or a black box",
			       &wish);
	source = aw__source_open(wish.target.name, 0, &problem);
	if (source == NULL)
		return aw__cli_fail("%s", problem.text);
	if (aw__source_kind(source) == AW__SOURCE_BOX)
		status = recover(&wish, source);
	else
		status = aw__cli_fail("%s: not a black box; expected a process id or a black box",
				      wish.target.name);
	aw__source_close(source);
	return status;
}
