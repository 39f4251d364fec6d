/* SPDX-License-Identifier: MIT */
/*
 * The agent's thread: its start, its rounds, its end. For agent/control.
 *
 * It opens and closes everything that it uses itself, since its descriptors mean nothing in other threads.
 */
#include "agent/stream/stream_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>

#include "agent/record/record.h"
#include "agent/stream/stream_internal.h"
#include "base/alloc.h"
#include "base/clock.h"

#define STACK_BYTES	 (1u << 20)
#define ALONE_TICK_MS	 50 /* without a viewer or a trace */
#define WATCHED_TICK_MS	 20
#define BUSY_TICK_MS	 1     /* while a trace is written, or a viewer reads as fast as it can */
#define BUSY_ITEMS	 1024u /* sent to viewers in one tick: more are expected */
#define LONGEST_START_NS UINT64_C(10000000000)

/* Of the thread's start. ABANDONED: its starter no longer waits. */
enum phase { STARTING, SERVING, FAILED, ABANDONED };

struct stream {
	struct aw__stream_options *options;
	aw__open_box *open_box;
	_Atomic uint32_t phase;
	struct aw__box box;
	struct aw__viewers viewers;
	struct aw__trace trace;
	struct aw__printer *printer;
	struct aw__losses losses;
	pthread_t thread;
	bool shares; /* the program's descriptor table */
	_Atomic int stopping;
	_Atomic uint64_t deadline_ns;
};

static struct stream *stream;
static bool is_late;

/* A blocked loop must be seen while it is blocked: so the watchdog looks at least twice within the threshold. */
static int tick_ms(const struct stream *s, uint64_t given)
{
	const uint64_t half = s->options->thresholds.blocked_ns / 2000000;
	int tick = ALONE_TICK_MS;

	if (s->trace.file.fd >= 0 || given > BUSY_ITEMS || aw__viewers_are_taking(&s->viewers))
		return BUSY_TICK_MS;
	if (aw__viewers_any(&s->viewers))
		tick = WATCHED_TICK_MS;
	if (half < (uint64_t)tick)
		tick = half > 0 ? (int)half : 1;
	return tick;
}

/*
 * The allocator of AddressSanitizer (gcc 12's) stays locked in a forked child if another thread was in it at that moment. So a program
 * with AddressSanitizer does not fork while this thread is at work. glibc's allocator has no such problem.
 */
extern __attribute__((weak, visibility("default"))) void __asan_init(void);

static pthread_mutex_t at_work = PTHREAD_MUTEX_INITIALIZER;

void aw__stream_pause(void)
{
	if (__asan_init != NULL)
		pthread_mutex_lock(&at_work);
}

void aw__stream_resume(void)
{
	if (__asan_init != NULL)
		pthread_mutex_unlock(&at_work);
}

static void sleep_until_asked(struct stream *s, int tick)
{
	aw__wake_on_pressure(s->trace.file.fd >= 0 || aw__viewers_any(&s->viewers));
	aw__stream_resume();
	aw__wake_sleep(tick);
	aw__stream_pause();
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

static void give(void *arg)
{
	struct stream *s = arg;

	aw__trace_write(&s->trace);
	aw__viewers_serve(&s->viewers);
	if (s->printer != NULL)
		aw__printer_print(s->printer);
}

/* One round. Returns how many items viewers were given. */
static uint64_t serve(struct stream *s)
{
	uint64_t given;

	aw__own_table_check();
	aw__record_calibrate();
	aw__watchdog_look(&s->options->thresholds, &s->box);
	aw__trace_write(&s->trace);
	given = aw__viewers_serve(&s->viewers);
	if (s->printer != NULL)
		aw__printer_print(s->printer);
	tell_losses(s, false);
	return given;
}

static void serve_the_rest(struct stream *s)
{
	aw__trace_write(&s->trace);
	aw__held_tell_at_end(&s->box, give, s);
	tell_losses(s, true);
	aw__trace_write(&s->trace);
	aw__trace_close(&s->trace, true);
	print_last(s);
	while (!aw__viewers_part(&s->viewers) &&
	       aw__clock_monotonic_ns() < atomic_load(&s->deadline_ns))
		sleep_until_asked(s, BUSY_TICK_MS);
}

/* ---- the beginning and the end, on the thread ---- */

/* A part that cannot be opened is reported, and left out: the rest still works. */
static void open_all(struct stream *s)
{
	const struct aw__stream_options *options = s->options;
	struct aw__problem problem;

	s->trace.file.fd = -1;
	aw__viewers_init(&s->viewers, &s->box, options->steps);
	if (options->listen_path[0] != '\0' &&
	    !aw__viewers_listen(&s->viewers, options->listen_path, &problem))
		aw__complain("awry: no viewer can attach: %s", problem.text);
	if (options->connect_path[0] != '\0' &&
	    !aw__viewers_connect(&s->viewers, options->connect_path, &problem))
		aw__complain("awry: AWRY_CONNECT: %s", problem.text);
	if (options->trace_path[0] != '\0' &&
	    !aw__trace_open(&s->trace, &s->box, options->trace_path, &problem))
		aw__complain("awry: AWRY_TRACE: %s", problem.text);
	if (s->trace.file.fd < 0)
		aw__record_lossy();
	if (options->findings_on_stderr)
		s->printer = aw__printer_create(&s->box);
}

static void close_all(struct stream *s)
{
	aw__wake_on_pressure(false);
	aw__viewers_finish(&s->viewers);
	aw__trace_close(&s->trace, false);
	aw__printer_destroy(s->printer);
	aw__own_table_finish();
}

static bool view_box(struct stream *s)
{
	struct aw__problem problem;
	size_t bytes;
	const void *base = aw__record_base(&bytes);

	if (aw__box_view(&s->box, base, bytes, aw__record_path(), &problem))
		return true;
	aw__complain("awry: nothing is recorded: %s", problem.text);
	aw__record_close();
	return false;
}

/* False: the starter no longer waits. */
static bool tell_phase(struct stream *s, uint32_t phase)
{
	uint32_t starting = STARTING;
	const bool told = atomic_compare_exchange_strong(&s->phase, &starting, phase);

	if (told)
		aw__wake_futex(&s->phase);
	return told;
}

static void work(struct stream *s)
{
	bool opened;

	prctl(PR_SET_NAME, "awry", 0, 0, 0);
	aw__own_table_make();
	s->shares = !aw__own_table_is_used();
	aw__record_small_thread();
	opened = s->open_box(s->options) && view_box(s);
	if (opened)
		open_all(s);
	if (!tell_phase(s, opened ? SERVING : FAILED)) {
		if (opened) {
			close_all(s);
			aw__record_close();
		}
		aw__alloc_free(s);
		return;
	}
	if (!opened)
		return;
	/* `awry run` must know of this process even if it is killed right after the recording has begun. */
	(void)aw__viewers_serve(&s->viewers);
	aw__stale_boxes_remove();
	while (!atomic_load(&s->stopping))
		sleep_until_asked(s, tick_ms(s, serve(s)));
	serve_the_rest(s);
	close_all(s);
}

static void *run(void *arg)
{
	aw__stream_pause();
	work(arg);
	aw__stream_resume();
	return NULL;
}

/* ---- the beginning and the end, on a thread of the program ---- */

/* Every signal is the program's: none may be delivered on this thread. */
static int start_thread(struct stream *s)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	int error;

	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&s->thread, &attributes, run, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	return error;
}

static bool open_without_thread(struct aw__stream_options *options, aw__open_box *open_box,
				const char *why)
{
	if (!open_box(options))
		return false;
	aw__record_lossy();
	aw__complain("awry: recording, but cannot stream: no viewer, no trace: %s", why);
	return true;
}

/* False: it took too long; the thread frees `s` when it notices. */
static bool wait_for_thread(struct stream *s)
{
	const uint64_t deadline_ns = aw__clock_monotonic_ns() + LONGEST_START_NS;
	const pthread_t thread = s->thread;
	uint32_t phase;

	while ((phase = atomic_load(&s->phase)) == STARTING) {
		const uint64_t now_ns = aw__clock_monotonic_ns();

		if (now_ns < deadline_ns)
			aw__wake_wait(&s->phase, STARTING, deadline_ns - now_ns);
		else if (atomic_compare_exchange_strong(&s->phase, &phase, ABANDONED))
			break;
	}
	if (phase != STARTING)
		return true;
	is_late = true;
	pthread_detach(thread);
	aw__complain("awry: nothing is recorded: the agent's thread took over 10 s to start");
	return false;
}

bool aw__stream_start(struct aw__stream_options *options, aw__open_box *open_box)
{
	struct stream *s = aw__alloc_zeroed(1, sizeof(*s));
	int error;

	if (s == NULL)
		return open_without_thread(options, open_box, "out of memory");
	s->options = options;
	s->open_box = open_box;
	error = start_thread(s);
	if (error != 0) {
		aw__alloc_free(s);
		return open_without_thread(options, open_box, strerror(error));
	}
	if (!wait_for_thread(s))
		return false;
	if (atomic_load(&s->phase) == FAILED) {
		pthread_join(s->thread, NULL);
		aw__alloc_free(s);
		return false;
	}
	stream = s;
	return true;
}

bool aw__stream_is_late(void)
{
	return is_late;
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
	aw__alloc_free(s);
}

/* In a shared table the child's descriptors are copies of the parent's: the parent keeps its own, and its files stay. */
void aw__stream_forked(void)
{
	struct stream *s = stream;

	stream = NULL;
	if (s == NULL || !s->shares)
		return;
	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++)
		aw__descriptor_close(&s->viewers.list[i].socket);
	aw__descriptor_close(&s->viewers.listener);
	aw__descriptor_close(&s->trace.file);
}
