/* SPDX-License-Identifier: MIT */
/*
 * A future: something that will be done, and whom to tell then.
 *
 * A task begins with one. Others are made by aw_future_create(), or lie on the stack of the task
 * that waits, or in the scope that is waited for. When one is done, its callbacks are jobs of the
 * loop's next iteration, in their order; a waiting task is but one of them.
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

/* The first word of what the API calls a coroutine, a task or a future. */
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
	bool unretrieved;	   /* it has an error that nobody has taken yet */
	struct aw_loop *loop;	   /* NULL once that is closed */
	struct aw__link callbacks; /* of struct aw__job */
	/** How cancel() goes about it; NULL: at once. */
	bool (*cancel)(struct aw_future *future, const char *message);
	void *result;
	aw_error *error;      /* owned; of a cancelled task the CancelledError that it ended with */
	char *cancel_message; /* owned */
	uint64_t id;	      /* for the recorder; 0: not asked for yet */
	struct aw__link link; /* in loop->tasks or loop->futures */
};

/**
 * Make a pending future with one reference: that of whoever it is embedded in.
 *
 * Field by field, as in aw__task_create(): clearing all at once first takes as long as the rest.
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

/** Free what it owns: the error, which is lost if nobody took it, and callbacks that never ran. */
void aw__future_finish(struct aw_future *future);

/** Schedule the callbacks, of which there are some. */
void aw__future_call(struct aw_future *future);
/** Schedule the callbacks; the state is set already. */
static inline void aw__future_complete(struct aw_future *future)
{
	if (!aw__links_empty(&future->callbacks))
		aw__future_call(future);
}
/** Finish it with a result, unless it is done. */
void aw__future_set(struct aw_future *future, void *result);
/** Finish it with an error, which is consumed; it is pending. */
void aw__future_set_error(struct aw_future *future, aw_error *err);
bool aw__future_cancel(struct aw_future *future, const char *message);
/** Remember the message of a cancellation; NULL for none. */
void aw__future_set_message(struct aw_future *future, const char *message);
/** The future's CancelledError, made now if need be. */
aw_error *aw__future_cancelled_error(struct aw_future *future);
/** Result or error of a done future, as a new reference; it counts as retrieved. */
aw_error *aw__future_take(struct aw_future *future, void **ret);
/** Tell the recorder that the error is lost, if nobody took it. */
void aw__future_lose_error(struct aw_future *future);
/** An error that came when nobody waited any more is lost. Consumes it; NULL, and a CancelledError, are not told. */
void aw__future_forsake_error(struct aw_loop *loop, aw_error *err);
/** The id by which the recorder knows it. */
uint64_t aw__future_id(struct aw_future *future);

/** The last reference is gone. */
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

/** Call job->run() when the future is done, or soon if it is. */
static inline void aw__future_watch(struct aw_future *future, struct aw__job *job)
{
	if (aw__future_done(future))
		aw__loop_push(future->loop != NULL ? future->loop : aw__loop_must(), job);
	else
		aw__link_append(&future->callbacks, &job->link);
}

#endif
