/* SPDX-License-Identifier: MIT */
/*
 * Barriers used for several rounds: the index that each party gets, how many wait, and six tasks on a barrier of
 * three.
 */
#include "line.h"

static aw_error *worker(void *arg, void **ret)
{
	struct one me = *(struct one *)arg;
	size_t index;

	for (int turn = 0; turn < 3; turn++) {
		AW_TRY(aw_barrier_wait(me.of, &index));
		printf("%s %d %zu %zu\n", me.name, turn, index, aw_barrier_n_waiting(me.of));
	}
	return NULL;
}

static void look(const aw_barrier *barrier)
{
	printf("%zu %zu %s\n", aw_barrier_parties(barrier), aw_barrier_n_waiting(barrier),
	       truth(aw_barrier_broken(barrier)));
}

static aw_error *amain(void *arg, void **ret)
{
	static const char *const names[] = { "u", "v", "w", "x", "y", "z" };
	aw_barrier barrier, alone;
	aw_task *a, *b, *c, *tasks[6];
	struct one ones[6];
	size_t first, second;
	aw_error *err;

	err = aw_barrier_init(&barrier, 0);
	printf("%s\n", aw_error_message(err));
	aw_error_unref(err);
	AW_TRY(aw_barrier_init(&barrier, 3));
	a = named(worker, "a", &barrier);
	b = named(worker, "b", &barrier);
	AW_TRY(aw_yield());
	look(&barrier);
	c = named(worker, "c", &barrier);
	ended(a);
	ended(b);
	ended(c);
	look(&barrier);
	puts("more than it takes");
	for (int i = 0; i < 6; i++) {
		ones[i] = (struct one){ names[i], &barrier };
		tasks[i] = aw_spawn(worker, &ones[i]);
	}
	for (int i = 0; i < 6; i++)
		ended(tasks[i]);
	aw_barrier_finish(&barrier);

	AW_TRY(aw_barrier_init(&alone, 1));
	AW_TRY(aw_barrier_wait(&alone, &first));
	AW_TRY(aw_barrier_wait(&alone, &second));
	printf("%zu %zu\n", first, second);
	aw_barrier_finish(&alone);
	return NULL;
}

ORACLE_MAIN
