/* SPDX-License-Identifier: MIT */
/* Times the recorder's parts, each with the equivalent without it: prints lines "name value unit". */
#include <awry/agent.h>

#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/record/writer.h"

#define ROUNDS 200000u
#define TRIES  7

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double best_of(void (*run)(void), unsigned rounds)
{
	double best = 1e18;

	for (int i = 0; i < TRIES; i++) {
		const double start = now_ns();
		double ns;

		for (unsigned r = 0; r < rounds; r++)
			run();
		ns = (now_ns() - start) / rounds;
		if (ns < best)
			best = ns;
	}
	return best;
}

static volatile uint64_t sink;

static void ring_put(void)
{
	struct aw__writer *writer = aw__writer_get();
	const uint64_t args[AW__EVENT_ARGS] = { 1 };

	aw__writer_put_short(writer, AW__TASK_WOKEN, 1, args);
}

static struct aw_agent_loop loop;

/* The cost of a loop's poll. */
static void iterate(void)
{
	aw_agent_loop_busy(&loop);
	aw_agent_loop_idle(&loop);
}

static void read_clock(void)
{
	sink += aw__now_ns();
}

static struct aw_agent_task waiter;

static void capture(void)
{
	sink += aw_agent_stack(0);
}

/* Walks a stack from saved registers, as for a waiting task; here, those of the caller. */
static void wait_stack(void)
{
	const void *const *frame = __builtin_frame_address(0);
	const struct aw_agent_registers registers = { frame[1], frame + 2, frame[0] };

	aw_agent_task_waits_at(&waiter, aw_agent_stack_suspended(&registers, 0));
}

static void glibc_backtrace(void)
{
	void *frames[16];

	sink += (uint64_t)backtrace(frames, 16);
}

/* Adds `depth` calls above main() and the C library's start, for 16 frames in all. */
__attribute__((noinline)) static double deep(unsigned depth, void (*run)(void), unsigned rounds)
{
	double result;

	if (depth == 0)
		return best_of(run, rounds);
	result = deep(depth - 1, run, rounds);
	sink++; /* no tail call */
	return result;
}

int main(void)
{
	const struct aw__record_options options = { .stack_depth = 16,
						    .wait_stacks = true,
						    .ring_bytes = 4u << 20,
						    .memory_bytes = 256u << 20 };
	char folder[] = "/dev/shm/awry-bench-XXXXXX";
	struct aw__problem problem;

	if (mkdtemp(folder) == NULL)
		return 1;
	setenv("AWRY_RUNTIME_DIR", folder, 1);
	aw__stack_load();
	if (!aw__record_open(&options, "bench", &problem)) {
		fprintf(stderr, "%s\n", problem.text);
		return 1;
	}
	aw_agent_switch = 1;
	for (int i = 0; i < 30; i++) {
		aw__record_calibrate();
		usleep(1000);
	}
	printf("ring-put %.2f\n", best_of(ring_put, ROUNDS));
	aw_agent_loop_opened(&loop, "bench");
	printf("loop-iteration %.2f\n", best_of(iterate, ROUNDS));
	aw_agent_loop_closed(&loop);
	printf("clock %.2f\n", best_of(read_clock, ROUNDS));
	printf("capture+intern %.2f\n", deep(12, capture, ROUNDS / 10));
	waiter.id = aw_agent_new_task_id();
	aw_agent_task_created(&waiter, &(struct aw_agent_birth){ .stack = AW_STACK_NONE });
	printf("wait-stack %.2f\n", deep(12, wait_stack, ROUNDS / 10));
	aw_agent_task_done(&waiter, AW_OUTCOME_RESULT, 0);
	printf("glibc-backtrace %.2f\n", deep(12, glibc_backtrace, ROUNDS / 100));
	aw__record_close();
	rmdir(folder);
	return 0;
}
