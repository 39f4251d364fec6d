/* SPDX-License-Identifier: MIT */
/*
 * Calls that block a loop, and their results.
 *
 *	blocking calls               each call of the tables in its own task: prints NAME RESULT ERRNO MILLISECONDS
 *	blocking alternate MS        computes and makes short calls, in turn: prints how many calls had a wrong result
 *	blocking spin|fault|mixed    computes; computes with page faults; computes and makes calls, for 0.4 s
 */
#include "blocking.h"

#include <awry.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_MS 400

static char buffer[65536];

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* This thread's processor time, which does not depend on how busy the machine is. */
static long used_ms(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static aw_error *one_call(void *arg, void **ret)
{
	const struct blocking_call *call = arg;
	const long before = now_ms();
	long result, after;
	int error;

	errno = 0;
	result = call->call();
	error = result < 0 ? errno : 0;
	after = now_ms();
	printf("%s %ld %d %ld\n", call->name, result, error, after - before);
	return NULL;
}

static aw_error *calls_of(const struct blocking_call *call)
{
	for (; call->name != NULL; call++) {
		AW_TRY(aw_await(aw_call(one_call, AW_PTR(call)), NULL));
		AW_TRY(aw_sleep(AW_MS(1))); /* the next call blocks another iteration */
	}
	return NULL;
}

static aw_error *all_calls(void)
{
	AW_TRY(calls_of(blocking_sockets));
	return calls_of(blocking_calls);
}

/* ---- short calls and computation ---- */

static volatile unsigned long work;
static bool cut_short;

static void some_work(unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++)
		work++;
}

/* Returns how many of the calls had a wrong result; none has if nothing disturbs them. */
static int short_calls(int ends[2], int empty)
{
	const struct timespec moment = { .tv_nsec = 1000 };
	struct epoll_event event;
	int wrong = 0;

	wrong += epoll_wait(empty, &event, 1, 0) != 0;
	some_work(50);
	wrong += send(ends[0], buffer, 40000, 0) != 40000;
	some_work(50);
	wrong += recv(ends[1], buffer, 40000, MSG_WAITALL) != 40000;
	some_work(50);
	wrong += epoll_wait(empty, &event, 1, 1) != 0;
	wrong += nanosleep(&moment, NULL) != 0;
	some_work(50);
	wrong += recv(ends[0], buffer, 1, 0) != -1 || errno != EAGAIN;
	wrong += getrandom(buffer, 60000, 0) != 60000;
	return wrong;
}

__attribute__((noinline)) static void spin_here(long until)
{
	while (used_ms() < until)
		some_work(100000);
}

/* Whether a call that makes its data up returns as many as it was asked for. */
static bool is_filled_whole(long which, int random, int zero)
{
	switch (which % 3) {
	case 0:
		return getrandom(buffer, 60000, 0) == 60000;
	case 1:
		return read(random, buffer, 60000) == 60000;
	default:
		return pread(zero, buffer, 60000, 0) == 60000;
	}
}

/*
 * Blocks several iterations. Each computes, so that the sampler stops the thread, for a length that varies: some stops
 * meet a call that follows.
 */
static aw_error *alternate(long length_ms)
{
	const struct timeval moment = { .tv_usec = 100 };
	const int empty = epoll_create1(EPOLL_CLOEXEC);
	const int random = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	const int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	const long end = now_ms() + length_ms;
	long wrong = 0;
	int ends[2];

	if (empty < 0 || random < 0 || zero < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return aw_raise(aw_OSError, "no descriptors");
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment));
	for (long round = 0; now_ms() < end; round++) {
		spin_here(used_ms() + 8 + round % 8);
		for (int i = 0; i < 40; i++)
			wrong += !is_filled_whole(round, random, zero);
		wrong += short_calls(ends, empty);
		AW_TRY(aw_sleep(AW_US(100)));
	}
	printf("%ld\n", wrong);
	close(ends[0]);
	close(ends[1]);
	close(zero);
	close(random);
	close(empty);
	return NULL;
}

__attribute__((noinline)) static void fault_here(long until)
{
	const size_t bytes = 4 << 20;

	while (used_ms() < until) {
		char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		madvise(memory, bytes, MADV_NOHUGEPAGE);
		memset(memory, 1, bytes);
		munmap(memory, bytes);
	}
}

__attribute__((noinline)) static void mix_here(long until)
{
	while (used_ms() < until) {
		some_work(10);
		cut_short |= getrandom(buffer, 60000, 0) != 60000;
	}
}

static aw_error *block(void *arg, void **ret)
{
	const long until = used_ms() + BLOCK_MS;

	if (strcmp(arg, "spin") == 0)
		spin_here(until);
	else if (strcmp(arg, "fault") == 0)
		fault_here(until);
	else
		mix_here(until);
	printf("%s\n", cut_short ? "short" : "whole");
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	char **words = arg;
	long length_ms;

	if (words[1] == NULL)
		return aw_raise(aw_ValueError, "what?");
	if (strcmp(words[1], "calls") == 0)
		return all_calls();
	if (words[2] != NULL && sscanf(words[2], "%ld", &length_ms) == 1)
		return alternate(length_ms);
	return aw_await(aw_call(block, words[1]), NULL);
}

int main(int argc, char **argv)
{
	return argc > 1 ? aw_exit_status(aw_run(amain, argv, NULL)) : 2;
}
