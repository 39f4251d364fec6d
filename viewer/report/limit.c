/* SPDX-License-Identifier: MIT */
/*
 * The bound on a report's size (AW__REPORT_MOST_BYTES): an item that does not fit is cut off, and the report says
 * how many are left out.
 */
#include "viewer/report/report_internal.h"

#include "base/text.h"

void aw__limit_begin(struct aw__limit *limit, struct aw__buffer *out)
{
	*limit = (struct aw__limit){ .out = out, .from = out->length, .most = out->most };
	out->most = AW__REPORT_MOST_BYTES;
	if (out->length >= out->most)
		out->full = true;
}

bool aw__limit_next(struct aw__limit *limit)
{
	if (!limit->out->full) {
		limit->from = limit->out->length;
		return true;
	}
	limit->left_out++;
	return false;
}

void aw__limit_done(struct aw__limit *limit)
{
	struct aw__buffer *out = limit->out;

	if (!out->full)
		return;
	aw__buffer_cut(out, limit->from);
	out->full = true;
	limit->left_out++;
}

uint64_t aw__limit_end(struct aw__limit *limit)
{
	limit->out->full = false;
	limit->out->most = limit->most;
	return limit->left_out;
}

void aw__limit_show(struct aw__buffer *out, uint64_t count, const char *what)
{
	if (count == 0)
		return;
	aw__text_number(out, count);
	aw__buffer_format(out, " further %s%s left out: a report has at most ", what,
			  count == 1 ? " is" : "s are");
	aw__text_size(out, AW__REPORT_MOST_BYTES);
}
