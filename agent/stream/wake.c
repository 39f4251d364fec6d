/* SPDX-License-Identifier: MIT */
/*
 * Wakes the stream thread: when a ring has filled by a quarter while somebody reads it, and at the end.
 *
 * A recording thread makes a system call only if the stream thread sleeps; both store before they look at what the other one
 * stored, so that no wake-up is lost. `users` keeps the descriptor open while a recording thread may be writing to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/internal.h"

static struct aw__descriptor ends[2]; /* of a pipe */
static _Atomic int wanted, asleep, pressed, users;

bool aw__wake_open(struct aw__problem *problem)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0)
		return aw__problem_set(problem, "a pipe: %s", strerror(errno));
	for (unsigned i = 0; i < 2; i++)
		ends[i] = aw__descriptor_of(aw__high_fd(fds[i]));
	atomic_store(&pressed, 0);
	return true;
}

void aw__wake(void)
{
	struct aw__descriptor end = ends[1];
	ssize_t ignored;

	if (aw__descriptor_holds(&end)) {
		ignored = write(end.fd, "", 1);
		(void)ignored;
	}
}

/* On the thread whose ring fills. */
static void press(void)
{
	if (!atomic_load(&wanted))
		return;
	atomic_store(&pressed, 1);
	atomic_fetch_add(&users, 1);
	if (atomic_exchange(&asleep, 0))
		aw__wake();
	atomic_fetch_sub(&users, 1);
}

void aw__wake_on_pressure(bool on)
{
	atomic_store(&wanted, on);
	aw__record_on_pressure(press);
}

void aw__wake_sleep(struct pollfd *fds, unsigned count, int tick_ms)
{
	char drained[64];

	if (aw__descriptor_holds(&ends[0]))
		fds[count++] = (struct pollfd){ .fd = ends[0].fd, .events = POLLIN };
	atomic_store(&asleep, 1);
	if (atomic_exchange(&pressed, 0))
		tick_ms = 0;
	if (poll(fds, count, tick_ms) > 0 && aw__descriptor_holds(&ends[0]))
		while (read(ends[0].fd, drained, sizeof(drained)) > 0)
			;
	atomic_store(&asleep, 0);
	atomic_store(&pressed, 0); /* everything is read now */
}

void aw__wake_close(void)
{
	atomic_store(&wanted, 0);
	atomic_store(&asleep, 0);
	while (atomic_load(&users) > 0)
		sched_yield();
	for (unsigned i = 0; i < 2; i++)
		aw__descriptor_close(&ends[i]);
}

/* No thread of the parent's is in the midst of press() here. */
void aw__wake_forked(void)
{
	atomic_store(&users, 0);
	aw__wake_close();
}
