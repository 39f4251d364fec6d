/* SPDX-License-Identifier: MIT */
/* Tests of sampling a thread's stack: a thread that is stopped thousands of times is not disturbed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent/stream/sampler.h"

#define STOPS	    3000
#define LEAST_CALLS 1000

struct probe {
	_Atomic pid_t tid;
	_Atomic int over;
	_Atomic int interrupted; /* calls that gave EINTR */
	_Atomic int calls;
	_Atomic int handled;
	int epoll;
	int semaphore;
	int ends[2];
};

static struct probe probe;
static uint64_t words[4096];

static int setup(void **state)
{
	const struct timeval moment = { .tv_usec = 100 };

	(void)state;
	probe = (struct probe){ .epoll = epoll_create1(EPOLL_CLOEXEC),
				.semaphore = semget(IPC_PRIVATE, 1, 0600) };
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, probe.ends) == 0 &&
			       setsockopt(probe.ends[0], SOL_SOCKET, SO_RCVTIMEO, &moment,
					  sizeof(moment)) == 0
		       ? 0
		       : -1;
}

static int teardown(void **state)
{
	(void)state;
	close(probe.epoll);
	close(probe.ends[0]);
	close(probe.ends[1]);
	return semctl(probe.semaphore, 0, IPC_RMID);
}

static bool stop_once(void)
{
	struct aw__sample sample = { .words = words, .capacity_bytes = sizeof(words) };

	return aw__sampler_stop(atomic_load(&probe.tid), &sample) && sample.bytes > 0;
}

static void note(long result)
{
	if (result < 0 && errno == EINTR)
		atomic_fetch_add(&probe.interrupted, 1);
	atomic_fetch_add(&probe.calls, 1);
}

/* Computes, and makes calls that the kernel does not restart after a signal. */
static void *make_calls(void *arg)
{
	const struct timespec moment = { .tv_nsec = 50000 };
	struct sembuf take = { .sem_op = -1 };
	struct epoll_event event;
	sigset_t set;
	char byte;

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	atomic_store(&probe.tid, (pid_t)syscall(SYS_gettid));
	while (!atomic_load(&probe.over)) {
		for (volatile unsigned i = 0; i < 2000; i++)
			;
		note(epoll_wait(probe.epoll, &event, 1, 0));
		note(epoll_pwait(probe.epoll, &event, 1, 1, &set));
		note(recv(probe.ends[0], &byte, 1, 0));
		note(semtimedop(probe.semaphore, &take, 1, &moment));
		note(sigtimedwait(&set, NULL, &moment));
		note(nanosleep(&moment, NULL));
	}
	return NULL;
}

static void sampler__calls_of_a_thread_that_is_stopped_are_not_interrupted(void **state)
{
	unsigned stops = 0;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, make_calls, NULL), 0);
	while (atomic_load(&probe.tid) == 0)
		sched_yield();
	/* On a busy machine the thread makes fewer calls for each stop, so stop it more often. */
	for (unsigned i = 0; i < STOPS || atomic_load(&probe.calls) <= LEAST_CALLS; i++)
		stops += stop_once();
	atomic_store(&probe.over, 1);
	pthread_join(thread, NULL);
	if (stops == 0)
		skip(); /* ptrace is forbidden here */
	assert_int_equal(atomic_load(&probe.interrupted), 0);
}

static void handle(int number)
{
	(void)number;
	atomic_fetch_add(&probe.handled, 1);
}

/* A signal that arrives during a call interrupts it, whether the thread is stopped or not. */
static void *wait_for_signals(void *arg)
{
	struct epoll_event event;
	sigset_t none;

	(void)arg;
	sigemptyset(&none);
	atomic_store(&probe.tid, (pid_t)syscall(SYS_gettid));
	while (!atomic_load(&probe.over)) {
		for (volatile unsigned i = 0; i < 2000; i++)
			;
		if (epoll_pwait(probe.epoll, &event, 1, 10000, &none) == -1)
			atomic_fetch_add(&probe.interrupted, 1);
	}
	return NULL;
}

static void sampler__signals_still_end_a_call(void **state)
{
	struct sigaction action = { .sa_handler = handle };
	sigset_t set;
	pthread_t thread;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaction(SIGUSR1, &action, NULL);
	pthread_sigmask(SIG_BLOCK, &set, NULL); /* the thread unblocks it only in its call */
	assert_int_equal(pthread_create(&thread, NULL, wait_for_signals, NULL), 0);
	while (atomic_load(&probe.tid) == 0)
		sched_yield();
	for (int i = 1; i <= 300; i++) {
		pthread_kill(thread, SIGUSR1);
		while (atomic_load(&probe.interrupted) < i)
			stop_once();
		assert_int_equal(atomic_load(&probe.handled), i);
	}
	atomic_store(&probe.over, 1);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			sampler__calls_of_a_thread_that_is_stopped_are_not_interrupted, setup,
			teardown),
		cmocka_unit_test_setup_teardown(sampler__signals_still_end_a_call, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
