/* SPDX-License-Identifier: MIT */
/*
 * The agent's thread. It opens the black box, reads it as any other process could, and serves its readers: viewers on the socket, the
 * trace file, stderr. Besides, it watches for loops that are blocked. It has a descriptor table of its own (own_table.c): the
 * program's has nothing of the agent's in it. It takes no lock that a hook takes on its hot path, and no signal. It is
 * waited for until it has opened everything, and at the end, both for a bounded time.
 */
#ifndef AW__STREAM_H
#define AW__STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/record/record.h"
#include "agent/watch/detectors.h"
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

/** Open the box that the thread reads, and complete the options. False: there is none, and it was said why. */
typedef bool aw__open_box(struct aw__stream_options *options);

/**
 * Start the thread, which opens the box and what the options name. Where no thread can be started the box is opened here, and read by
 * nobody. What cannot be opened is one line on stderr, and left out.
 *
 * @param options  live as long as the thread
 *
 * False: there is no box.
 */
bool aw__stream_start(struct aw__stream_options *options, aw__open_box *open_box);

/** Whether the thread took too long to start: it may still open a box, so that none can be opened beside. */
bool aw__stream_is_late(void);

/** Send what is left and say goodbye, for at most `longest_ns`; then the thread has ended. */
void aw__stream_stop(uint64_t longest_ns);

/** Around a fork(): the thread is not at work meanwhile, if the program has AddressSanitizer. Else both do nothing. */
void aw__stream_pause(void);
void aw__stream_resume(void);

/** In the child, right after fork(): there is no thread. What the parent's had open is closed, if it was in the program's table. */
void aw__stream_forked(void);

#endif
