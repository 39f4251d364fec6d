/* SPDX-License-Identifier: MIT */
/*
 * A job: something for a loop to do.
 *
 * It is embedded in its object: a task that is ready or that waits, a callback, a timer. It is in
 * one list at most: a loop's ready jobs, or the done-callbacks of a future.
 */
#ifndef AW__JOB_H
#define AW__JOB_H

#include "agent/runtime/loop/link.h"

struct aw__job {
	struct aw__link link;
	/** Called after the job has left its list. `discard`: the loop closes; only free memory. */
	void (*run)(struct aw__job *job, bool discard);
};

static inline struct aw__job *aw__job_of(struct aw__link *link)
{
	return aw__container_of(link, struct aw__job, link);
}

#endif
