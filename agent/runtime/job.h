/* SPDX-License-Identifier: MIT */
/*
 * Jobs: what a loop has to do, and lists of them.
 *
 * A job is embedded in what it is about: a task that is ready or that waits, a callback, a timer. It is
 * in one list at most: a loop's ready jobs, or the done-callbacks of a future. Lists are circular, so
 * that a job can leave without knowing which one it is in.
 */
#ifndef AW__JOB_H
#define AW__JOB_H

#include <stdbool.h>
#include <stddef.h>

struct aw__job {
	struct aw__job *next, *previous; /* NULL in no list */
	void (*run)(struct aw__job *job);
};

struct aw__jobs {
	struct aw__job head; /* its `run` is not used */
};

#define aw__container_of(pointer, type, member)                                                    \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))

static inline void aw__jobs_init(struct aw__jobs *jobs)
{
	jobs->head.next = jobs->head.previous = &jobs->head;
}

static inline bool aw__jobs_empty(const struct aw__jobs *jobs)
{
	return jobs->head.next == &jobs->head;
}

static inline struct aw__job *aw__jobs_first(struct aw__jobs *jobs)
{
	return jobs->head.next;
}

static inline bool aw__job_linked(const struct aw__job *job)
{
	return job->next != NULL;
}

static inline void aw__jobs_append(struct aw__jobs *jobs, struct aw__job *job)
{
	job->next = &jobs->head;
	job->previous = jobs->head.previous;
	job->previous->next = job;
	jobs->head.previous = job;
}

/** Take a job out of whichever list it is in, if any. */
static inline void aw__job_unlink(struct aw__job *job)
{
	if (job->next == NULL)
		return;
	job->previous->next = job->next;
	job->next->previous = job->previous;
	job->next = job->previous = NULL;
}

/** Append all of `from` to `jobs`; `from` is empty then. */
static inline void aw__jobs_move(struct aw__jobs *jobs, struct aw__jobs *from)
{
	if (aw__jobs_empty(from))
		return;
	from->head.next->previous = jobs->head.previous;
	jobs->head.previous->next = from->head.next;
	from->head.previous->next = &jobs->head;
	jobs->head.previous = from->head.previous;
	aw__jobs_init(from);
}

#endif
