/* SPDX-License-Identifier: MIT */
/* Draws the histogram of how long the iterations of a loop took. */
#ifndef AW__TUI_HISTOGRAM_H
#define AW__TUI_HISTOGRAM_H

#include "viewer/tui/app.h"

/**
 * Append a line for each octave from the shortest to the longest iteration, with a bar in proportion to their number.
 * Several empty octaves in a row are one line of dots.
 */
void aw__histogram_append(const struct aw__app *app, const struct aw__lags *lags,
			  struct aw__buffer *out);

#define AW__HISTOGRAM_CELLS 23 /* an octave each, from 1 us to 4 s; the outer ones have the rest */

/** Append the histogram as one line. Heights are logarithmic, so that one iteration among millions is visible. */
void aw__histogram_line(const struct aw__app *app, const struct aw__lags *lags,
			struct aw__buffer *out);

#endif
