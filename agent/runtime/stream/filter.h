/* SPDX-License-Identifier: MIT */
/* The filter of a stream, as the stream sees it: <awry/filter.h> has the other side. */
#ifndef AW__FILTER_H
#define AW__FILTER_H

#include "agent/runtime/stream/stream.h"

#include <awry/filter.h>

enum {
	AW__FILTER_RAW_BYTES = 32768, /* of one read */
};

struct aw__filter {
	const struct aw_filter_ops *ops;
	void *state;
	struct aw_stream *stream;
	struct aw_loop *loop;
	struct aw__job resume; /* let it go on with what it holds, and read on */
	struct aw__timer deadline;
	struct aw__link waiters; /* of struct aw__job */
	char *early;		 /* what was read before it was installed: early_length bytes */
	size_t early_length;
	bool early_eof;	   /* the other end had closed before, too */
	bool over;	   /* the filter has nothing more to do */
	unsigned int hops; /* iterations that it takes until the descriptor is closed */
	bool done;	   /* the descriptor may be closed */
	char raw[AW__FILTER_RAW_BYTES];
};

/** Let it go on, soon, since the reader has caught up. */
void aw__filter_resume(struct aw_stream *stream);
aw_error *aw__filter_read_start(struct aw_stream *stream);
/** The descriptor is being closed. */
void aw__filter_lost(struct aw_stream *stream);
void aw__filter_destroy(struct aw__filter *filter);

#endif
