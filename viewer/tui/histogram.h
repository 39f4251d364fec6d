/* SPDX-License-Identifier: MIT */
/* How long the iterations of a loop took, drawn. */
#ifndef AW__TUI_HISTOGRAM_H
#define AW__TUI_HISTOGRAM_H

#include "viewer/tui/app.h"

/**
 * A line for each octave between the shortest and the longest, with a bar as long as there are iterations in it; only dots
 * for several in a row that are empty.
 */
void aw__histogram_append(const struct aw__app *app, const struct aw__lags *lags,
			  struct aw__buffer *out);

#define AW__HISTOGRAM_CELLS 23 /* from 1 us to 4 s, an octave each; the outer ones have the rest */

/** The same in one line: heights grow by the logarithm, so that one iteration among millions is seen. */
void aw__histogram_line(const struct aw__app *app, const struct aw__lags *lags,
			struct aw__buffer *out);

#endif
