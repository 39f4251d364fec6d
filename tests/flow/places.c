/* SPDX-License-Identifier: MIT */
/*
 * Loses errors at many places, so that each is a finding of its own.
 *
 *	places COUNT [wait]
 *
 * `wait`: when all are lost, it writes a line, and waits for one.
 */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>

#define LEVELS 12u
/* Around a call: prevents a tail call, and merging with a similar call. */
#define STAYS_HERE(which) __asm__ volatile("# " which ::: "memory")

static aw_error *lose(void *arg, void **ret)
{
	return aw_raise(aw_ValueError, "lost");
}

/* The bits of `path` choose the lines of the task's creation stack. */
static __attribute__((noinline)) void descend(unsigned level, unsigned path)
{
	if (level == LEVELS) {
		aw_task_unref(aw_spawn(lose, NULL));
	} else if ((path >> level & 1) != 0) {
		STAYS_HERE("before one");
		descend(level + 1, path);
		STAYS_HERE("after one");
	} else {
		STAYS_HERE("before the other");
		descend(level + 1, path);
		STAYS_HERE("after the other");
	}
}

static aw_error *amain(void *arg, void **ret)
{
	const unsigned count = (unsigned)AW_INT(arg);

	for (unsigned i = 0; i < count; i++) {
		descend(0, i);
		if (i % 100 == 99)
			AW_TRY(aw_yield());
	}
	return aw_sleep(AW_MS(1));
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 2)
		return 2;
	status = aw_exit_status(aw_run(amain, AW_PTR(atol(argv[1])), NULL));
	if (argc > 2) {
		puts("lost");
		fflush(stdout);
		(void)getchar();
	}
	return status;
}
