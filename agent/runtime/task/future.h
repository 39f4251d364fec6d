/* SPDX-License-Identifier: MIT */
/*
 * A future: a result that will be available later, and the callbacks to run then.
 *
 * A task begins with one. Others are made by aw_future_create(), or lie on the stack of the task
 * that waits, or in the scope that is waited for. When one is done, its callbacks become jobs of
 * the loop's next iteration, in their order; the job of a waiting task is one of them.
 */
#ifndef AW__FUTURE_H
#define AW__FUTURE_H

#include "agent/runtime/loop/loop.h"

#include <awry/task.h>

enum aw__future_state {
	AW__PENDING,
	AW__FINISHED,
	AW__CANCELLED,
};

/* The first word of a coroutine, task or future, which tells them apart. */
enum {
	AW__MAGIC_FUTURE = 0x46755472,
	AW__MAGIC_TASK = 0x5461536b,
	AW__MAGIC_CORO = 0x436f526f,
};

struct aw_future {
	uint32_t magic;
	uint32_t refs;
	uint8_t state;		   /* enum aw__future_state */
	uint8_t wait;		   /* enum aw_agent_wait: how a task that waits for it is shown */
	bool listed;		   /* aw_as_completed() has it already */
	bool unretrieved;	   /* its error has not been retrieved yet */
	struct aw_loop *loop;	   /* NULL once the loop is closed */
	struct aw__link callbacks; /* of struct aw__job */
	/** Cancels it; NULL: it becomes cancelled at once. */
	bool (*cancel)(struct aw_future *future, const char *message);
	void *result;
	aw_error *error;      /* owned; if a task was cancelled, the CancelledError that ended it */
	char *cancel_message; /* owned */
	uint64_t id;	      /* for the recorder; 0: not assigned yet */
	struct aw__link link; /* in loop->tasks or loop->futures */
};

/**
 * Make a pending future with one reference, which the embedding object owns.
 *
 * Sets field by field, as aw__task_create() does: clearing the struct first would double the time.
 */
static inline void aw__future_init(struct aw_future *future, struct aw_loop *loop,
				   enum aw_agent_wait wait)
{
	future->magic = AW__MAGIC_FUTURE;
	future->refs = 1;
	future->state = AW__PENDING;
	future->wait = (uint8_t)wait;
	future->unretrieved = false;
	future->listed = false;
	future->loop = loop;
	aw__links_init(&future->callbacks);
	future->cancel = NULL;
	future->result = NULL;
	future->error = NULL;
	future->cancel_message = NULL;
	future->id = 0;
	future->link.next = future->link.previous = NULL;
}

/** Free what it owns: its error, which is lost if it was not retrieved, and callbacks that never ran. */
void aw__future_finish(struct aw_future *future);

/** Schedule the callbacks; there is at least one. */
void aw__future_call(struct aw_future *future);
/** Schedule the callbacks, if any; the caller has set the state. */
static inline void aw__future_complete(struct aw_future *future)
{
	if (!aw__links_empty(&future->callbacks))
		aw__future_call(future);
}
/** Finish it with a result, unless it is done. */
void aw__future_set(struct aw_future *future, void *result);
/** Finish a pending future with an error, which is consumed. */
void aw__future_set_error(struct aw_future *future, aw_error *err);
bool aw__future_cancel(struct aw_future *future, const char *message);
/** Remember the message of a cancellation; NULL for none. */
void aw__future_set_message(struct aw_future *future, const char *message);
/** The future's CancelledError, as a new reference; made now if there is none yet. */
aw_error *aw__future_cancelled_error(struct aw_future *future);
/** Result or error of a done future, as a new reference; it counts as retrieved. */
aw_error *aw__future_take(struct aw_future *future, void **ret);
/** Report the error as lost, if it was not retrieved. */
void aw__future_lose_error(struct aw_future *future);
/** Report as lost an error that came too late for any waiter. Consumes it; ignores NULL and a CancelledError. */
void aw__future_forsake_error(struct aw_loop *loop, aw_error *err);
/** Its id for the recorder. */
uint64_t aw__future_id(struct aw_future *future);

/** Called when the last reference was dropped. */
void aw__future_destroy(struct aw_future *future);

static inline struct aw_future *aw__future_ref(struct aw_future *future)
{
	future->refs++;
	return future;
}

static inline void aw__future_unref(struct aw_future *future)
{
	if (--future->refs == 0)
		aw__future_destroy(future);
}

static inline bool aw__future_done(const struct aw_future *future)
{
	return future->state != AW__PENDING;
}

/** Call job->run() when the future is done; if it is done already, in the next iteration. */
static inline void aw__future_watch(struct aw_future *future, struct aw__job *job)
{
	if (aw__future_done(future))
		aw__loop_push(future->loop != NULL ? future->loop : aw__loop_must(), job);
	else
		aw__link_append(&future->callbacks, &job->link);
}

#endif
