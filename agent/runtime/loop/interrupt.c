/* SPDX-License-Identifier: MIT */
/*
 * SIGINT during aw_run() on the main thread, as asyncio.Runner handles it: cancel the main task, then end the run.
 * If the loop is blocked and handles none, the third one ends the program as SIGINT does by default.
 */
#include "agent/runtime/loop/interrupt.h"

#include "agent/runtime/loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum {
	PATIENCE = 3, /* so many unhandled signals restore the former disposition */
};

atomic_uint aw__interrupt_unseen;

static struct {
	_Atomic(uv_async_t *) wake; /* NULL: the signal is not handled here */
	struct sigaction former;
	_Atomic(struct aw_loop *) loop;
	bool (*cancel)(void *main);
	void *main;
	unsigned int cancels;
} here; /* of the main thread; other threads read only the atomic fields */

static void on_signal(int number)
{
	int error = errno;
	uv_async_t *wake = atomic_load(&here.wake);

	if (wake != NULL)
		uv_async_send(wake);
	if (atomic_fetch_add(&aw__interrupt_unseen, 1) + 1 >= PATIENCE) {
		sigaction(number, &here.former, NULL);
		raise(number);
	}
	errno = error;
}

bool aw__interrupt_open(struct aw_loop *loop)
{
	struct sigaction ours = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	if (gettid() != getpid() || sigaction(SIGINT, NULL, &here.former) != 0)
		return false;
	if ((here.former.sa_flags & SA_SIGINFO) || here.former.sa_handler != SIG_DFL)
		return false;
	here.loop = loop;
	here.cancel = NULL;
	here.cancels = 0;
	atomic_store(&aw__interrupt_unseen, 0);
	atomic_store(&here.wake, &loop->handles->async);
	sigemptyset(&ours.sa_mask);
	sigaction(SIGINT, &ours, NULL);
	return true;
}

void aw__interrupt_main(bool (*cancel)(void *main), void *main)
{
	here.cancel = cancel;
	here.main = main;
}

void aw__interrupt_deliver(struct aw_loop *loop)
{
	unsigned int count;

	if (loop != here.loop)
		return;
	count = atomic_exchange(&aw__interrupt_unseen, 0);
	if (count > 0 && here.cancels == 0 && here.cancel != NULL && here.cancel(here.main)) {
		here.cancels = 1;
		count--;
	}
	if (count > 0 && loop->exit == NULL)
		(void)aw__loop_exit(loop, aw_raise(aw_KeyboardInterrupt, NULL));
}

unsigned int aw__interrupt_cancels(void)
{
	return here.cancels;
}

bool aw__interrupt_close(void)
{
	struct sigaction now;

	/* a handler that was installed meanwhile stays */
	if (sigaction(SIGINT, NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) &&
	    now.sa_handler == on_signal)
		sigaction(SIGINT, &here.former, NULL);
	atomic_store(&here.wake, NULL);
	here.loop = NULL;
	here.cancel = NULL;
	return atomic_exchange(&aw__interrupt_unseen, 0) > 0;
}
