/* SPDX-License-Identifier: MIT */
/*
 * Starts and stops the agent: at the first loop, at exit, and before and after fork().
 */
#include <awry/agent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "agent/control/options.h"
#include "agent/control/settings.h"
#include "agent/record/record.h"
#include "agent/stream/stream_internal.h"
#include "agent/stream/stream_thread.h"
#include "agent/watch/detectors.h"
#include "proto/location.h"

#define LONGEST_GOODBYE_NS 2000000000u

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool exiting; /* the agent does not start again; guarded by mutex */
static char runtime_name[32];
static bool is_open; /* there is a box, and perhaps a stream; guarded by mutex */
static bool
	by_options; /* started by aw_agent_start_with(), not by the environment; guarded by mutex */
static struct aw__settings settings; /* guarded by mutex */
static struct aw__problem refusal; /* why there is no box; from the agent's thread to the starter */
static _Atomic bool is_refused;

static bool socket_path(const char *box_path, char ret_path[AW__LOCATION_PATH_BYTES])
{
	const size_t length = strlen(box_path);

	if (length < 4 || length + 2 > AW__LOCATION_PATH_BYTES)
		return false;
	memcpy(ret_path, box_path, length - 3);
	memcpy(ret_path + length - 3, "sock", 5);
	return true;
}

/* On the agent's thread, while its starter waits with the mutex held. */
static bool open_box(struct aw__stream_options *options)
{
	if (!aw__record_open(&settings.record, runtime_name, &refusal)) {
		atomic_store(&is_refused, true);
		return false;
	}
	if (settings.listen && options->listen_path[0] == '\0')
		socket_path(aw__record_path(), options->listen_path);
	if (!settings.listen)
		options->listen_path[0] = '\0';
	if (aw__stale_boxes_are_many())
		aw__stale_boxes_remove();
	return true;
}

static bool open_agent(void)
{
	if (by_options)
		aw__options_read(&settings, aw__record_is_forked());
	else
		aw__settings_read(&settings, aw__record_is_forked());
	if (!settings.debug)
		return false;
	/* Not on the agent's thread: it asks the dynamic linker, whose lock the starter may hold. Only at the first start: hooks may read the result later. */
	if (aw_agent_epoch() == 0 || aw__record_is_forked())
		aw__stack_load();
	is_open = aw__stream_start(&settings.stream, open_box);
	/* Not on the agent's thread: the line needs memory, and a heap for that thread could take most of a limited address space. */
	if (atomic_exchange(&is_refused, false))
		aw__complain("awry: nothing is recorded: %s", refusal.text);
	return is_open;
}

/*
 * A child of _Fork(), clone() or vfork() has the parent's state, perhaps even its memory, but neither its own agent's thread
 * nor its own box: it must not stop the parent's, nor take a lock that a thread of the parent may have held. A child of fork()
 * without a box of its own has nothing to stop.
 */
static void end_agent(bool for_good)
{
	if (!aw__record_is_own())
		return;
	pthread_mutex_lock(&mutex);
	exiting = exiting || for_good;
	__atomic_store_n(&aw_agent_switch, 0, __ATOMIC_RELAXED);
	if (is_open) {
		aw__stream_stop(LONGEST_GOODBYE_NS);
		aw__record_close();
	}
	is_open = false;
	pthread_mutex_unlock(&mutex);
}

void aw_agent_stop(void)
{
	end_agent(false);
}

static void end_at_exit(void)
{
	end_agent(true);
}

static void before_fork(void)
{
	pthread_mutex_lock(&mutex);
	aw__stream_pause();
	aw__record_lock();
}

static void after_fork_in_parent(void)
{
	aw__record_unlock();
	aw__stream_resume();
	pthread_mutex_unlock(&mutex);
}

/*
 * The child has no stream thread, and still its parent's box. It gets its own box when it records its first event or, if its parent has stopped
 * recording, when the agent is started in the child.
 */
static void after_fork_in_child(void)
{
	after_fork_in_parent();
	if (!aw_agent_on() && is_open)
		return;
	is_open = false;
	aw__stream_forked();
	aw__record_forked();
}

static void open_in_child(void)
{
	pthread_mutex_lock(&mutex);
	if (aw_agent_on() && aw__record_is_forked() && !open_agent())
		__atomic_store_n(&aw_agent_switch, 0, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&mutex);
}

static void register_once(void)
{
	static bool registered;

	if (registered)
		return;
	registered = true;
	aw__record_on_first_use(open_in_child);
	aw__detectors_register();
	atexit(end_at_exit);
	at_quick_exit(end_at_exit);
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* With the mutex held. */
static void start(const char *runtime)
{
	aw__stderr_remember();
	memset(runtime_name, 0, sizeof(runtime_name));
	strncpy(runtime_name, runtime != NULL ? runtime : "", sizeof(runtime_name) - 1);
	if (!open_agent())
		return;
	register_once();
	__atomic_store_n(&aw_agent_switch, 1, __ATOMIC_RELEASE);
}

static bool may_start(void)
{
	return !aw_agent_on() && !exiting && !is_open && !aw__stream_is_late();
}

static bool is_secure(void)
{
	if (getauxval(AT_SECURE) == 0)
		return false;
	aw__complain("awry: nothing is recorded: this is a set-user-id or set-group-id program");
	return true;
}

bool aw_agent_start_with(const struct aw_agent_options *options)
{
	const char *runtime = options != NULL ? options->runtime : NULL;

	if (aw_agent_on()) {
		aw__record_runtime(runtime);
		return true;
	}
	if (aw__record_is_parents())
		return false;
	pthread_mutex_lock(&mutex);
	if (may_start() && !is_secure() && aw__options_keep(options)) {
		by_options = true;
		start(runtime);
	}
	pthread_mutex_unlock(&mutex);
	return aw_agent_on();
}

bool aw_agent_start(const char *runtime)
{
	static _Atomic int refused; /* the environment asks for no recording, or there was no box */

	if (aw_agent_on()) {
		aw__record_runtime(runtime);
		return true;
	}
	if (atomic_load_explicit(&refused, memory_order_relaxed) || aw__record_is_parents())
		return false;
	pthread_mutex_lock(&mutex);
	if (may_start() && aw__settings_wanted()) {
		by_options = false;
		start(runtime);
	}
	if (!aw_agent_on() && aw_agent_epoch() == 0)
		atomic_store_explicit(&refused, 1, memory_order_relaxed);
	pthread_mutex_unlock(&mutex);
	return aw_agent_on();
}
