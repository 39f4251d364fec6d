/* SPDX-License-Identifier: MIT */
/*
 * The agent's thread. It opens the black box, reads it as any other process could, and serves its readers: viewers on the socket, the
 * trace file, stderr. It also calls the detectors (watchdog.c). It has a descriptor table of its own (own_table.c): the program's
 * has no descriptor of the agent. It takes no lock that a hook takes on its hot path, and no signal. The program waits for
 * it until it has opened everything, and at the end, both for a bounded time.
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
	bool steps;			  /* record every step, whatever viewers ask for */
	bool findings_on_stderr;
	char trace_path[4096];			   /* "": none */
	char listen_path[AW__LOCATION_PATH_BYTES]; /* of a unix socket; "": none */
	char connect_path
		[AW__LOCATION_PATH_BYTES]; /* … of a viewer that waits for the connection; "": none */
};

/** Open the box that the thread reads, and complete the options. False: there is no box. */
typedef bool aw__open_box(struct aw__stream_options *options);

/**
 * Start the thread, which opens the box and what the options name. If no thread can be started, the box is opened here, and nothing is
 * streamed. For a part that cannot be opened there is one line on stderr, and it is left out.
 *
 * @param options  live as long as the thread
 *
 * False: there is no box.
 */
bool aw__stream_start(struct aw__stream_options *options, aw__open_box *open_box);

/** Whether the thread took too long to start: it may still open a box, so that no other one can be opened. */
bool aw__stream_is_late(void);

/** Send the rest and GOODBYE, for at most `longest_ns`. When it returns, the thread has ended. */
void aw__stream_stop(uint64_t longest_ns);

/** Around fork(): keep the thread from working meanwhile, if the program has AddressSanitizer. Else both do nothing. */
void aw__stream_pause(void);
void aw__stream_resume(void);

/** In the child, right after fork(): the child has no such thread. Descriptors of the parent's thread are closed, if they were in the program's table. */
void aw__stream_forked(void);

#endif
