/* SPDX-License-Identifier: MIT */
/*
 * A user's program that is built with AddressSanitizer, unlike libawry: sanitized CASE.
 *
 *	clean  many tasks, deep and eager ones, in two runs
 *	leak   one of them loses memory
 *	freed  one of them reads memory that it has freed
 *	past   one of them writes past an array on its stack
 *	exit   exits from a task, while another task has memory that only its stack refers to
 */
#include <awry.h>

#include <stdlib.h>
#include <string.h>

enum { TASKS = 40, ODD = 7, DEPTH = 20 };

static const char *what;

static __attribute__((noinline)) char *lose_memory(void)
{
	char *volatile memory = malloc(321);

	memory[0] = 'x';
	return memory;
}

static __attribute__((noinline)) int read_freed(const char *memory)
{
	return memory[3];
}

static __attribute__((noinline)) void write_past(char *array, volatile int index)
{
	array[index] = 1;
}

static aw_error *leak(void *arg, void **ret)
{
	char *volatile memory;

	AW_TRY(aw_sleep(AW_MS(1)));
	memory = lose_memory();
	memory = NULL;
	(void)memory;
	return aw_yield();
}

static aw_error *use_freed(void *arg, void **ret)
{
	char *volatile memory = malloc(10);

	AW_TRY(aw_sleep(AW_MS(1)));
	free(memory);
	AW_TRY(aw_yield());
	return read_freed(memory) == 99 ? aw_yield() : NULL;
}

static aw_error *write_wrongly(void *arg, void **ret)
{
	char array[8];

	AW_TRY(aw_yield());
	write_past(array, sizeof(array));
	return aw_yield();
}

static aw_error *go_deep(void *arg, void **ret)
{
	volatile char array[64] = { 0 };
	const intptr_t left = AW_INT(arg);

	if (left > 0)
		AW_TRY(aw_await(aw_call(go_deep, AW_PTR(left - 1)), NULL));
	array[left % 64] = 1;
	return array[0] != 7 ? aw_yield() : NULL;
}

static aw_error *hold_memory(void *arg, void **ret)
{
	char *memory = malloc(55);
	aw_error *err = aw_sleep(AW_SEC(100));

	free(memory);
	return err;
}

static aw_coro_fn *odd_one(void)
{
	static const struct {
		const char *name;
		aw_coro_fn *fn;
	} odd[] = { { "leak", leak }, { "freed", use_freed }, { "past", write_wrongly } };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (strcmp(odd[i].name, what) == 0)
			return odd[i].fn;
	return go_deep;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *tasks[TASKS];

	if (strcmp(what, "exit") == 0) {
		aw_task_unref(aw_spawn(hold_memory, NULL));
		AW_TRY(aw_sleep(AW_MS(5)));
		exit(0);
	}
	for (intptr_t i = 0; i < TASKS; i++)
		tasks[i] =
			aw_task_create_with(aw_call(i == ODD ? odd_one() : go_deep, AW_PTR(DEPTH)),
					    AW_TASK_OPTS(.eager = i % 3 == 0));
	for (size_t i = 0; i < TASKS; i++) {
		AW_TRY(aw_await(tasks[i], NULL));
		aw_task_unref(tasks[i]);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int status = 0;

	what = argc > 1 ? argv[1] : "";
	for (int run = 0; run < 2 && status == 0; run++)
		status = aw_exit_status(aw_run(amain, NULL, NULL));
	return status;
}
