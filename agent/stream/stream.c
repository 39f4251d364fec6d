/* SPDX-License-Identifier: MIT */
#include "agent/stream/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/internal.h"
#include "base/alloc.h"
#include "base/clock.h"

#define STACK_BYTES	(1u << 20)
#define ALONE_TICK_MS	50 /* nobody looks but the watchdog and stderr */
#define WATCHED_TICK_MS 20
#define BUSY_TICK_MS	1     /* while a trace is written, or a viewer reads as fast as it can */
#define BUSY_ITEMS	1024u /* given to viewers in one tick: more are on their way */

struct stream {
	struct aw__stream_options options;
	struct aw__box box;
	struct aw__viewers viewers;
	struct aw__trace trace;
	struct aw__printer *printer;
	struct aw__losses losses;
	pthread_t thread;
	_Atomic int stopping;
	_Atomic uint64_t deadline_ns;
};

static struct stream *stream;

/* A blocked loop is to be seen while it blocks: so the watchdog looks at least twice in that time. */
static int tick_ms(const struct stream *s, uint64_t given)
{
	const uint64_t half = s->options.thresholds.blocked_ns / 2000000;
	int tick = ALONE_TICK_MS;

	if (s->trace.file.fd >= 0 || given > BUSY_ITEMS)
		return BUSY_TICK_MS;
	if (aw__viewers_any(&s->viewers))
		tick = WATCHED_TICK_MS;
	if (half < (uint64_t)tick)
		tick = half > 0 ? (int)half : 1;
	return tick;
}

static void sleep_until_asked(struct stream *s, int tick)
{
	struct pollfd fds[AW__MOST_VIEWERS + 2];
	const unsigned count = aw__viewers_poll(&s->viewers, fds);

	aw__wake_on_pressure(s->trace.file.fd >= 0 || aw__viewers_any(&s->viewers));
	aw__wake_sleep(fds, count, tick);
}

static void tell_losses(struct stream *s, bool at_once)
{
	uint64_t counts[AW__LOSSES];
	struct aw__refused refused;

	aw__record_refused(&refused);
	counts[AW__LOSS_DEFINITIONS] = refused.definitions;
	counts[AW__LOSS_RECORDS] = refused.records;
	counts[AW__LOSS_TASKS] = refused.tasks;
	counts[AW__LOSS_LOOPS] = refused.loops;
	counts[AW__LOSS_TRACE] =
		s->trace.file.fd >= 0 ? aw__box_cursor_lost(s->trace.feed.cursor) : 0;
	aw__losses_tell(&s->losses, counts, at_once);
}

static void print_last(struct stream *s)
{
	if (s->printer == NULL)
		return;
	aw__printer_print(s->printer);
	aw__printer_tell_losses(s->printer);
}

static void *serve(void *arg)
{
	struct stream *s = arg;
	uint64_t given;

	aw__record_small_thread();
	aw__stale_boxes_remove();
	while (!atomic_load(&s->stopping)) {
		aw__record_calibrate();
		aw__watchdog_look(&s->options.thresholds);
		aw__trace_write(&s->trace);
		given = aw__viewers_serve(&s->viewers);
		if (s->printer != NULL)
			aw__printer_print(s->printer);
		tell_losses(s, false);
		sleep_until_asked(s, tick_ms(s, given));
	}
	aw__trace_write(&s->trace);
	tell_losses(s, true);
	aw__trace_write(&s->trace);
	aw__trace_close(&s->trace, true);
	print_last(s);
	while (!aw__viewers_part(&s->viewers) &&
	       aw__clock_monotonic_ns() < atomic_load(&s->deadline_ns))
		sleep_until_asked(s, BUSY_TICK_MS);
	return NULL;
}

static void open_printer(struct stream *s)
{
	if (s->options.findings_on_stderr)
		s->printer = aw__printer_create(&s->box);
}

/* What cannot be opened is told, and left out: the rest still works. */
static void open_all(struct stream *s)
{
	struct aw__problem problem;

	s->trace.file.fd = -1;
	aw__viewers_init(&s->viewers, &s->box, s->options.steps);
	if (s->options.listen_path[0] != '\0' &&
	    !aw__viewers_listen(&s->viewers, s->options.listen_path, &problem))
		aw__complain("awry: no viewer can attach: %s", problem.text);
	if (s->options.connect_path[0] != '\0' &&
	    !aw__viewers_connect(&s->viewers, s->options.connect_path, &problem))
		aw__complain("awry: AWRY_CONNECT: %s", problem.text);
	if (s->options.trace_path[0] != '\0' &&
	    !aw__trace_open(&s->trace, &s->box, s->options.trace_path, &problem))
		aw__complain("awry: AWRY_TRACE: %s", problem.text);
	if (s->trace.file.fd < 0)
		aw__record_lossy();
	open_printer(s);
}

/* Every signal is the program's: none may be delivered here. */
static int start_thread(struct stream *s)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	int error;

	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&s->thread, &attributes, serve, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	if (error == 0)
		pthread_setname_np(s->thread, "awry");
	return error;
}

static void close_all(struct stream *s)
{
	aw__viewers_finish(&s->viewers);
	aw__trace_close(&s->trace, false);
	aw__printer_destroy(s->printer);
	aw__wake_close();
	aw__alloc_free(s);
}

bool aw__stream_start(const struct aw__stream_options *options, struct aw__problem *problem)
{
	struct stream *s = aw__alloc_zeroed(1, sizeof(*s));
	const void *base;
	size_t bytes;
	int error;

	if (s == NULL)
		return aw__problem_set(problem, "out of memory");
	s->options = *options;
	base = aw__record_base(&bytes);
	if (!aw__box_view(&s->box, base, bytes, aw__record_path(), problem) ||
	    !aw__wake_open(problem)) {
		aw__alloc_free(s);
		return false;
	}
	open_all(s);
	error = start_thread(s);
	if (error != 0) {
		close_all(s);
		return aw__problem_set(problem, "a thread: %s", strerror(error));
	}
	stream = s;
	return true;
}

void aw__stream_stop(uint64_t longest_ns)
{
	struct stream *s = stream;

	if (s == NULL)
		return;
	stream = NULL;
	atomic_store(&s->deadline_ns, aw__clock_monotonic_ns() + longest_ns);
	atomic_store(&s->stopping, 1);
	aw__wake();
	pthread_join(s->thread, NULL);
	close_all(s);
}

/* The descriptors are copies of the parent's: closing them takes nothing from it. Its files stay. */
void aw__stream_forked(void)
{
	struct stream *s = stream;

	if (s == NULL)
		return;
	stream = NULL;
	s->viewers.path[0] = '\0';
	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++)
		aw__descriptor_close(&s->viewers.list[i].socket);
	aw__descriptor_close(&s->viewers.listener);
	aw__descriptor_close(&s->trace.file);
	aw__wake_forked();
}
