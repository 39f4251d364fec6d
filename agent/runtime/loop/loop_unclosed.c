/* SPDX-License-Identifier: MIT */
/*
 * Finds loops of aw_loop_from_uv() that are never closed, for the finding unclosed-handle; asyncio warns when such
 * a loop is collected. A loop counts as forgotten when its thread ends, or when the program ends on its thread. A
 * loop that is running then does not: the program ends from inside of it. Loops of other threads may still be
 * used.
 */
#include "agent/runtime/loop/loop_unclosed.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool usable; /* begin() succeeded */

static void tell(struct aw_loop *loop)
{
	/* a forked child has a copy of its parent's loop, which it cannot close */
	if (loop->awake || loop->opener != getpid())
		return;
	AW__HOOK(handle_unclosed, loop->agent.id, "event loop", loop->opened);
}

static void at_thread_end(void *arg)
{
	tell(arg);
}

static void at_exit(void)
{
	struct aw_loop *loop = usable ? pthread_getspecific(key) : NULL;

	if (loop != NULL)
		tell(loop);
}

/* Called after the recorder has started, so that the recorder ends after at_exit(). */
static void begin(void)
{
	usable = pthread_key_create(&key, at_thread_end) == 0 && atexit(at_exit) == 0;
}

void aw__loop_unclosed_watch(struct aw_loop *loop)
{
	if (!AW__HOOKED())
		return;
	pthread_once(&once, begin);
	loop->opener = getpid();
	loop->opened = aw_agent_stack(AW_NONE);
	if (usable)
		(void)pthread_setspecific(key, loop);
}

void aw__loop_unclosed_unwatch(struct aw_loop *loop)
{
	if (loop->opener != 0 && usable && pthread_getspecific(key) == loop)
		(void)pthread_setspecific(key, NULL);
}
