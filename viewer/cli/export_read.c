/* SPDX-License-Identifier: MIT */
/* Reads a session into an export, with a progress bar, and reports what could not be read or was left out. */
#include "viewer/cli/export_read.h"

#include <inttypes.h>

#include "viewer/cli/progress.h"

static enum aw__source_status read_next(struct aw__session *session, struct aw__part *part,
					bool *writing, struct aw__problem *trouble)
{
	struct aw__item item;
	enum aw__source_status status = aw__source_next(session->source, &item, trouble);

	if (status == AW__SOURCE_DAMAGED)
		aw__session_damaged(session, trouble);
	if (status != AW__SOURCE_GOT)
		return status;
	if (item.kind == AW__ITEM_DEFINITION)
		aw__symbols_define(session->symbols, &item.definition);
	*writing = aw__part_item(part, &item);
	return status;
}

void aw__export_read(struct aw__session *session, struct aw__part *part, bool quiet,
		     const char *done)
{
	enum aw__source_status status;
	struct aw__progress progress;
	struct aw__problem trouble;
	bool writing = true;

	aw__progress_begin(&progress, NULL, quiet);
	do {
		status = read_next(session, part, &writing, &trouble);
		aw__progress_show(&progress, aw__source_bytes_read(session->source),
				  aw__source_bytes(session->source));
	} while (writing && (status == AW__SOURCE_GOT || status == AW__SOURCE_DAMAGED));
	aw__progress_end(&progress);
	aw__part_end(part);
	if (status == AW__SOURCE_FAILED) {
		aw__cli_fail("%s: %s", session->target, trouble.text);
		session->failed = true;
	} else if (writing && aw__source_cut(session->source, &trouble)) {
		aw__cli_warn("%s: %s; what comes before is %s", session->target, trouble.text,
			     done);
		session->failed = true;
	}
}

void aw__export_tell_left_out(struct aw__session *session, uint64_t count, const char *advice)
{
	if (count == 0)
		return;
	session->failed = true;
	aw__cli_warn("%s: %" PRIu64 " events or stacks are left out: an export has at most 64 MiB "
		     "and 1 KiB for each event%s",
		     session->target, count, advice);
}
