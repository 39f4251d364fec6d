/* SPDX-License-Identifier: MIT */
/* The feed of one reader of the black box: its cursor, and the bytes that are ready to be sent. */
#ifndef AW__FEED_H
#define AW__FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "proto/blackbox_read.h"
#include "proto/encode.h"

struct aw__feed {
	struct aw__box_cursor *cursor;
	struct aw__encoder *encoder;
	struct aw__buffer out; /* frames */
	bool marked;	       /* the cursor is on its way to a mark */
	uint64_t items;	       /* encoded so far */
	uint64_t lags_ns;      /* when the loops' lags were encoded last */
};

/** Begin with the preamble and the greeting. False if there is no memory. */
bool aw__feed_init(struct aw__feed *feed, const struct aw__box *box);
void aw__feed_finish(struct aw__feed *feed);

/**
 * Encode what is new, until `out` has `enough` bytes.
 *
 * Returns true if it reached the present: nothing was left when it looked.
 */
bool aw__feed_fill(struct aw__feed *feed, size_t enough);

/** Append the GOODBYE. */
void aw__feed_goodbye(struct aw__feed *feed);

#endif
