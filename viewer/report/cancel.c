/* SPDX-License-Identifier: MIT */
/* Beside a CancelledError: who asked for it, why, and where. */
#include "viewer/report/internal.h"

#include <inttypes.h>

#include <awry/agent.h>

#include "base/text.h"

static const char *opened(uint64_t why)
{
	return why == AW_CANCEL_TIMEOUT ? "the timeout was opened, most recent call first"
	       : why == AW_CANCEL_GROUP ? "the group was opened, most recent call first"
					: "where it comes from, most recent call first";
}

void aw__cancel_show(struct aw__writing *writing, const struct aw__margin *margin,
		     const struct aw__error *error)
{
	const struct aw__task_cancel *cancel =
		aw__model_error_cancel(writing->model, error, writing->strict);

	if (cancel == NULL)
		return;
	aw__margin_line(writing, margin);
	aw__buffer_text(writing->out, "  asked to cancel by ");
	if (cancel->by != 0)
		aw__people_task(writing, cancel->by, 0);
	else
		aw__buffer_text(writing->out, "its loop");
	if (cancel->why != AW_CANCEL_ASKED)
		aw__buffer_format(writing->out, ", because %s", aw__cancel_why_text(cancel->why));
	if (cancel->deadline_ns != 0 && cancel->time_ns > cancel->deadline_ns) {
		aw__buffer_text(writing->out, ", ");
		aw__text_duration(writing->out, cancel->time_ns - cancel->deadline_ns);
		aw__buffer_text(writing->out, " after it was due");
	}
	if (cancel->count > 1)
		aw__buffer_format(writing->out, ", the last of %" PRIu64 " times", cancel->count);
	aw__buffer_char(writing->out, '\n');
	/* what a timer or a group asks comes from where it was opened: the stack of the asking is the loop's own */
	if (cancel->origin != 0)
		aw__stacks_show(writing, margin, opened(cancel->why), cancel->origin, 0,
				error->task, true);
	else if (cancel->stack != 0)
		aw__stacks_show(writing, margin, "asked, most recent call first", cancel->stack, 0,
				cancel->by, cancel->by != 0);
}
