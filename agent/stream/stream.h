/* SPDX-License-Identifier: MIT */
/*
 * The agent's thread. It reads the black box as any other process could, and serves who wants to know: viewers
 * on the socket, the trace file, stderr. Besides, it watches for loops that are blocked. It takes no
 * lock that a hook takes on its hot path, no signal, and is never waited for but at the end, and then not long.
 */
#ifndef AW__STREAM_H
#define AW__STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/record/record.h"
#include "base/problem.h"
#include "proto/location.h"

struct aw__stream_options {
	struct aw__thresholds thresholds; /* what is a finding */
	bool steps; /* the program itself wants every step, whatever viewers ask */
	bool findings_on_stderr;
	char trace_path[4096];			    /* "": none */
	char listen_path[AW__LOCATION_PATH_BYTES];  /* of a unix socket; "": none */
	char connect_path[AW__LOCATION_PATH_BYTES]; /* … of a viewer that waits for us; "": none */
};

/** Open what the options name, and start the thread. What cannot be opened is one line on stderr, and left out. */
bool aw__stream_start(const struct aw__stream_options *options, struct aw__problem *problem);

/** Send what is left and say goodbye, for at most `longest_ns`; then the thread has ended. */
void aw__stream_stop(uint64_t longest_ns);

/** In the child, right after fork(): there is no thread, and what is open is the parent's. */
void aw__stream_forked(void);

#endif
