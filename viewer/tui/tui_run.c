/* SPDX-License-Identifier: MIT */
/*
 * The viewer's main loop: handles keys at once, refreshes from the models at most ten times a second (less often
 * if a refresh takes long), and otherwise sleeps.
 *
 * Signals are unblocked only while it sleeps. A signal that ends the program is raised again after the terminal was
 * restored.
 */
#include "viewer/tui/tui.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "viewer/tui/app.h"
#include "viewer/tui/screen.h"

#define MS	   UINT64_C(1000000)
#define LEAST_NS   (100 * MS)  /* between two refreshes */
#define TICK_NS	   (1000 * MS) /* durations on the screen grow */
#define COST_SHARE 10	       /* refreshing may use a tenth of the time */

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t caught; /* the signal that ends the viewer */

struct loop {
	const struct aw__tui_host *host;
	struct aw__app app;
	struct aw__grid grid;
	enum aw__tui_pumped pumped;
	uint64_t ended_items; /* number of items when all processes had ended */
	bool changed;	      /* the models have changed since the last refresh */
	bool dirty;	      /* the screen must be redrawn */
	uint64_t next_ns;     /* the earliest time of the next refresh */
	uint64_t ticked_ns;   /* time of the last drawing */
	struct sigaction old[SIGNALS];
	sigset_t mask; /* signal mask while sleeping */
};

static void catch_signal(int number)
{
	if (number != SIGWINCH)
		caught = number;
}

static void start_signals(struct loop *loop)
{
	struct sigaction action;
	sigset_t block;

	caught = 0;
	memset(&action, 0, sizeof(action));
	action.sa_handler = catch_signal;
	sigemptyset(&block);
	for (size_t i = 0; i < SIGNALS; i++) {
		/* ncurses notices a new size by its own handler of SIGWINCH */
		sigaction(signals[i], signals[i] == SIGWINCH ? NULL : &action, &loop->old[i]);
		sigaddset(&block, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &block, &loop->mask);
	for (size_t i = 0; i < SIGNALS; i++)
		sigdelset(&loop->mask, signals[i]);
}

static void stop_signals(struct loop *loop, const sigset_t *before)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &loop->old[i], NULL);
	sigprocmask(SIG_SETMASK, before, NULL);
	if (caught != 0)
		raise(caught);
}

static uint64_t count_items(const struct loop *loop)
{
	const struct aw__tui_host *host = loop->host;
	uint64_t items = 0;

	for (size_t i = 0; i < host->count(host->arg); i++)
		items += 1 + aw__model_counts(host->process(host->arg, i)->model)->items;
	if (host->output != NULL) {
		size_t length;

		host->output(host->arg, &length);
		items += length;
	}
	return items;
}

static void pump(struct loop *loop)
{
	uint64_t before = count_items(loop);
	struct aw__problem problem = { "" };

	/* processes may be added after the end of all others */
	if (loop->pumped >= AW__TUI_END && before == loop->ended_items)
		return;
	loop->pumped = loop->host->pump(loop->host->arg, &problem);
	loop->changed |= count_items(loop) != before;
	if (loop->pumped < AW__TUI_END)
		return;
	loop->ended_items = count_items(loop);
	aw__app_end(&loop->app, loop->pumped == AW__TUI_FAILED ? problem.text : NULL);
	loop->changed = true;
	loop->next_ns = 0;
}

static void fulfil(struct loop *loop)
{
	enum aw__app_wish wish = loop->app.wish;
	struct aw__buffer *text = &loop->app.wish_text;
	struct aw__problem problem;

	loop->app.wish = AW__WISH_NOTHING;
	if (wish == AW__WISH_COPY)
		aw__screen_copy(aw__buffer_string(text), text->length);
	if (wish == AW__WISH_EDIT &&
	    !aw__screen_edit(aw__buffer_string(text), loop->app.wish_line, &problem))
		aw__app_say(&loop->app, "%s", problem.text);
}

static void read_keys(struct loop *loop)
{
	for (;;) {
		uint32_t key = aw__screen_key();

		if (key == AW__KEY_NONE || loop->app.quit)
			return;
		loop->dirty |= aw__app_key(&loop->app, key);
		fulfil(loop);
	}
}

static void take_changes(struct loop *loop)
{
	uint64_t start_ns = aw__clock_monotonic_ns(), cost_ns;
	bool tick = start_ns - loop->ticked_ns >= TICK_NS && aw__app_ticks(&loop->app);

	if ((!loop->changed && !tick) || start_ns < loop->next_ns)
		return;
	aw__app_refresh(&loop->app, start_ns);
	loop->changed = false;
	loop->dirty = true;
	cost_ns = (aw__clock_monotonic_ns() - start_ns) * COST_SHARE;
	loop->next_ns = start_ns + (cost_ns > LEAST_NS ? cost_ns : LEAST_NS);
}

static void draw(struct loop *loop)
{
	int width, height;

	if (!loop->dirty)
		return;
	aw__screen_size(&width, &height);
	aw__app_draw(&loop->app, &loop->grid, width, height);
	aw__screen_show(&loop->grid);
	loop->dirty = false;
	loop->ticked_ns = aw__clock_monotonic_ns();
}

/* In nanoseconds; UINT64_MAX: no limit. */
static uint64_t sleep_time(const struct loop *loop)
{
	uint64_t now_ns = aw__clock_monotonic_ns();

	if (loop->pumped == AW__TUI_MORE)
		return 0;
	if (loop->changed)
		return loop->next_ns > now_ns ? loop->next_ns - now_ns : 0;
	if (aw__app_ticks(&loop->app))
		return TICK_NS;
	return UINT64_MAX;
}

/* Unblock the signals for a moment: ppoll() delivers none if there is input. */
static void let_signals_in(const struct loop *loop)
{
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, &loop->mask, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* Returns false when the terminal is gone. */
static bool wait_for_something(struct loop *loop)
{
	struct pollfd fds[1 + AW__TUI_PROCESSES + 4] = { { .fd = STDIN_FILENO, .events = POLLIN } };
	uint64_t ns = sleep_time(loop);
	struct timespec timeout = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };
	size_t count = 1;

	if (loop->pumped == AW__TUI_WAIT)
		count += loop->host->poll(loop->host->arg, fds + 1, AW__TUI_PROCESSES + 4);
	if (ppoll(fds, count, ns == UINT64_MAX ? NULL : &timeout, &loop->mask) < 0)
		return errno == EINTR;
	let_signals_in(loop);
	return (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static void run(struct loop *loop)
{
	loop->dirty = true;
	loop->changed = true;
	do {
		pump(loop);
		read_keys(loop);
		take_changes(loop);
		draw(loop);
	} while (!loop->app.quit && caught == 0 && wait_for_something(loop) && caught == 0);
}

bool aw__tui_run(const struct aw__tui_host *host, struct aw__problem *problem)
{
	struct loop loop = { .host = host, .pumped = AW__TUI_MORE };
	bool ascii = !aw__text_locale_is_utf8();
	sigset_t before;

	/* before ncurses, which would install handlers that call exit(1) */
	sigprocmask(SIG_SETMASK, NULL, &before);
	start_signals(&loop);
	if (!aw__screen_open(problem)) {
		stop_signals(&loop, &before);
		return false;
	}
	aw__app_init(&loop.app, host, ascii);
	aw__grid_init(&loop.grid, ascii);
	run(&loop);
	aw__screen_close();
	aw__grid_finish(&loop.grid);
	aw__app_finish(&loop.app);
	stop_signals(&loop, &before);
	return true;
}
