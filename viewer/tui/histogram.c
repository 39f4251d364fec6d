/* SPDX-License-Identifier: MIT */
/* Draws the lag histogram of a loop: as bars on the loop's page, and in one line of the loops view. */
#include "viewer/tui/histogram.h"

#include "base/text.h"
#include "viewer/tui/phrases.h"

#define FIRST_OF_LINE 2u /* octaves: 512 ns to 1 us */
#define OCTAVES	      (AW__LAG_OCTAVES + 2)

/* Sum the buckets up by octave. The first octave counts what is below all buckets, the last one what is above. */
static void count_octaves(const struct aw__lags *lags, uint64_t ret_counts[OCTAVES])
{
	for (unsigned i = 0; i < OCTAVES; i++)
		ret_counts[i] = 0;
	for (unsigned i = 0; i < AW__LAG_BUCKETS; i++)
		ret_counts[(i + 1) / 2] += lags->counts[i];
}

static uint64_t most_of(const uint64_t *counts, size_t count)
{
	uint64_t most = 0;

	for (size_t i = 0; i < count; i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

static void append_bar(const struct aw__app *app, uint64_t count, uint64_t most,
		       struct aw__buffer *out)
{
	double width = app->width > 60 ? app->width - 40 : 20;
	uint64_t length = (uint64_t)((double)count * width / (double)most);

	for (uint64_t i = 0; i < length || (i == 0 && count > 0); i++)
		aw__buffer_text(out, app->ascii ? "#" : "█");
	if (count == 0)
		return;
	aw__buffer_char(out, ' ');
	aw__text_number(out, count);
}

void aw__histogram_append(const struct aw__app *app, const struct aw__lags *lags,
			  struct aw__buffer *out)
{
	uint64_t counts[OCTAVES], most;
	unsigned first = 0, last = OCTAVES;

	count_octaves(lags, counts);
	most = most_of(counts, OCTAVES);
	if (most == 0)
		return;
	while (counts[first] == 0)
		first++;
	while (counts[last - 1] == 0)
		last--;
	for (unsigned i = first; i < last; i++) {
		size_t from = out->length;

		if (counts[i] == 0 && counts[i + 1] == 0) {
			while (counts[i + 1] == 0)
				i++;
			aw__buffer_format(out, "    %s\n", aw__phrases_dots(app));
			continue;
		}
		aw__buffer_text(out, i + 1 < OCTAVES ? "    below " : "    longer");
		if (i + 1 < OCTAVES)
			aw__text_duration(out, aw__lag_from_ns(2 * i + 1));
		aw__text_pad(out, from, 20);
		append_bar(app, counts[i], most, out);
		aw__buffer_char(out, '\n');
	}
}

static unsigned bits(uint64_t number)
{
	return number > 0 ? 64u - (unsigned)__builtin_clzll(number) : 0;
}

void aw__histogram_line(const struct aw__app *app, const struct aw__lags *lags,
			struct aw__buffer *out)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const letters[] = { " ", ".", ":", "-", "=", "+", "*", "%", "#" };
	uint64_t counts[OCTAVES], cells[AW__HISTOGRAM_CELLS] = { 0 }, most;

	count_octaves(lags, counts);
	for (unsigned i = 0; i < OCTAVES; i++) {
		unsigned at = i > FIRST_OF_LINE ? i - FIRST_OF_LINE : 0;

		cells[at < AW__HISTOGRAM_CELLS ? at : AW__HISTOGRAM_CELLS - 1] += counts[i];
	}
	most = most_of(cells, AW__HISTOGRAM_CELLS);
	for (unsigned i = 0; i < AW__HISTOGRAM_CELLS && most > 0; i++) {
		unsigned height = (8 * bits(cells[i]) + bits(most) - 1) / bits(most);

		aw__buffer_text(out, app->ascii ? letters[height] : blocks[height]);
	}
}
