/* SPDX-License-Identifier: MIT */
/*
 * Text about a task's cancellation, for the page of the task and of its errors: its source, its reason, and its stacks.
 */
#include <awry/agent.h>

#include "base/text.h"
#include "viewer/tui/phrases.h"

void aw__phrases_cancel(const struct aw__app *app, struct aw__buffer *out,
			const struct aw__task_cancel *cancel)
{
	aw__buffer_text(out, "asked");
	if (cancel->count > 0) { /* otherwise the number of requests is unknown */
		aw__buffer_char(out, ' ');
		aw__text_number(out, cancel->count);
		aw__buffer_text(out, cancel->count == 1 ? " time" : " times");
	}
	if (cancel->by != 0) {
		aw__buffer_text(out, cancel->count > 0 ? ", last by " : " by ");
		aw__phrases_task(app, out, cancel->by);
	}
	if (cancel->why != AW_CANCEL_ASKED)
		aw__buffer_format(out, ", because %s", aw__cancel_why_text(cancel->why));
	if (cancel->deadline_ns != 0 && cancel->time_ns > cancel->deadline_ns) {
		aw__buffer_text(out, ", ");
		aw__text_duration(out, cancel->time_ns - cancel->deadline_ns);
		aw__buffer_text(out, " after its deadline");
	}
	if (cancel->message != NULL) {
		aw__buffer_text(out, ": ");
		aw__phrases_foreign(app, out, cancel->message);
	}
	aw__buffer_char(out, '\n');
}

void aw__phrases_cancel_stacks(const struct aw__app *app, struct aw__buffer *out,
			       const struct aw__task_cancel *cancel)
{
	if (cancel->origin != 0)
		aw__phrases_chain(app, out, cancel->origin,
				  cancel->why == AW_CANCEL_TIMEOUT
					  ? "The timeout was opened, most recent call first:"
					  : "The group was opened, most recent call first:",
				  0, true);
	else if (cancel->stack != 0)
		aw__phrases_chain(app, out, cancel->stack,
				  "Asked to cancel, most recent call first:", cancel->by,
				  cancel->by != 0);
}
