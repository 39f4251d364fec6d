/* SPDX-License-Identifier: MIT */
/* A subprocess. It is freed when it has no user, and libuv no longer watches it. */
#ifndef AW__PROCESS_H
#define AW__PROCESS_H

#include "agent/runtime/stream/stream.h"

#include <awry/process.h>

struct aw_process {
	uv_process_t uv;
	struct aw__resource resource;
	struct aw_loop *loop; /* NULL once that is closed */
	uint32_t users;
	bool watched;	  /* libuv has the handle */
	uint64_t id;	  /* for the recorder; 0: not reported */
	aw_intern opened; /* the stack at which it was started, for the recorder */
	int pid;
	bool exited;
	int code;		 /* as in CPython; valid once it has exited */
	struct aw__link waiters; /* of struct aw__job: tasks that wait for its exit */
	struct aw_stream *streams[3];
};

/** The ends of a process's standard streams; -1: none. */
struct aw__stdio {
	int child[3]; /* closed here once the process has started */
	int ours[3];
};

/** Open pipes and files as the options say. */
aw_error *aw__stdio_open(const struct aw_process_options *options, struct aw__stdio *stdio);
/** Close what is still open. */
void aw__stdio_close(struct aw__stdio *stdio);
/** Make streams of our ends, and take these out of `stdio`. */
aw_error *aw__stdio_streams(struct aw__stdio *stdio, size_t limit, struct aw_stream **streams);

#endif
