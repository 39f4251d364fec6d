/* SPDX-License-Identifier: MIT */
/*
 * The progress bar on stderr for reading, indexing, exporting and compressing. It appears after one second and is
 * redrawn at most ten times a second; only every 4,096th call reads the clock.
 */
#include "viewer/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "viewer/cli/cli.h"

#define PATIENCE_NS 1000000000u
#define FRAME_NS    100000000u
#define STRIDE	    4096u /* calls between looks at the clock */
#define WIDTH	    30

void aw__progress_begin(struct aw__progress *progress, const char *what, bool quiet)
{
	*progress = (struct aw__progress){
		.quiet = quiet || !isatty(STDERR_FILENO),
		.what = what,
		.since_ns = aw__clock_monotonic_ns(),
	};
	progress->next_ns = progress->since_ns + PATIENCE_NS;
}

static void draw(struct aw__progress *progress, uint64_t done, uint64_t whole)
{
	double part = done < whole ? (double)done / (double)whole : 1;
	int full = (int)(part * WIDTH);

	fprintf(stderr, "\r%s: %s%s[%.*s%*s] %3d %%", aw__cli_name,
		progress->what != NULL ? progress->what : "", progress->what != NULL ? " " : "",
		full, "##############################", WIDTH - full, "", (int)(part * 100));
	progress->shown = true;
}

void aw__progress_show(struct aw__progress *progress, uint64_t done, uint64_t whole)
{
	uint64_t now_ns;

	if (progress->quiet || whole == 0 || ++progress->calls % STRIDE != 0)
		return;
	now_ns = aw__clock_monotonic_ns();
	if (now_ns < progress->next_ns)
		return;
	progress->next_ns = now_ns + FRAME_NS;
	draw(progress, done, whole);
}

void aw__progress_end(struct aw__progress *progress)
{
	if (progress->shown)
		fputs("\r\x1b[K", stderr);
	progress->shown = false;
}
