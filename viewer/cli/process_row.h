/* SPDX-License-Identifier: MIT */
/* A debuggable process, as one row of a table. */
#ifndef AW__CLI_PROCESS_ROW_H
#define AW__CLI_PROCESS_ROW_H

#include "viewer/cli/cli.h"

struct aw__process_row {
	const struct aw__source_box *box;
	struct aw__model *model; /* with its errors, findings and live tasks */
	bool ended;
	uint64_t age_ns;
	/* what a running Python interpreter runs, as it was typed: "app.py", "-m module", "-c"; empty: another program, or not known */
	struct aw__buffer script;
};

/** Fill a row from its box, which is borrowed; false if the box was removed, or is not a valid one. */
bool aw__process_row_read(struct aw__process_row *row, const struct aw__source_box *box);
void aw__process_row_finish(struct aw__process_row *row);
/** "alive", "stopped", "replaced" (by exec()), "ended", or "gone": ended without closing its box, for any reason. */
const char *aw__process_row_state(const struct aw__process_row *row);

void aw__process_row_head(struct aw__buffer *out);
void aw__process_row_print(const struct aw__process_row *row, struct aw__buffer *out);

#endif
