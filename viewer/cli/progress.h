/* SPDX-License-Identifier: MIT */
/* A progress bar for work that takes longer than a second, on stderr if that is a terminal. */
#ifndef AW__CLI_PROGRESS_H
#define AW__CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct aw__progress {
	bool quiet; /* never shown */
	bool shown;
	const char *what; /* "indexing"; NULL: no label */
	uint64_t since_ns, next_ns;
	uint64_t calls;
};

void aw__progress_begin(struct aw__progress *progress, const char *what, bool quiet);
/** Show that `done` of `whole` is done. Cheap enough to be called for every item. */
void aw__progress_show(struct aw__progress *progress, uint64_t done, uint64_t whole);
/** Erase the bar. */
void aw__progress_end(struct aw__progress *progress);

#endif
