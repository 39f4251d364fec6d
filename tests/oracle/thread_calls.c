/* SPDX-License-Identifier: MIT */
/* to_thread(): results, errors, context variables, cancellation, and a run that waits for its threads at the end. */
#include "tell.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

static const aw_var var = AW_VAR("var", .otherwise = "default");
static pthread_t main_thread;
static sem_t released;

CORO(work)
{
	static _Thread_local char text[80];
	const char *what = arg;

	if (strcmp(what, "fails") == 0)
		return aw_raise(aw_ValueError, "in a thread");
	if (strcmp(what, "context") == 0) {
		const char *former = aw_var_get(&var);

		AW_TRY(aw_var_set(&var, "the thread's", NULL));
		snprintf(text, sizeof(text), "%s %s", former, (const char *)aw_var_get(&var));
	} else if (strcmp(what, "blocks") == 0) {
		sem_wait(&released);
		say("the thread goes on");
		return NULL;
	} else {
		snprintf(text, sizeof(text), "%s %s", what,
			 truth(pthread_equal(pthread_self(), main_thread)));
	}
	*ret = strdup(text);
	return NULL;
}

CORO(blocks)
{
	return aw_to_thread(work, "blocks", ret);
}

CORO(in_thread)
{
	return aw_to_thread(work, arg, ret);
}

CORO(wait_released)
{
	sem_wait(&released);
	return NULL;
}

CORO(waits)
{
	return aw_to_thread(wait_released, NULL, NULL);
}

static void show_and_free(char **texts, size_t count, const char *after)
{
	for (size_t i = 0; i < count; i++) {
		printf("%s%s", i > 0 ? " " : "", texts[i]);
		free(texts[i]);
	}
	printf("%s%s\n", *after != '\0' ? " " : "", after);
}

CORO(amain)
{
	char *texts[3];
	aw_task *task;
	aw_error *err;

	main_thread = pthread_self();
	sem_init(&released, 0, 0);
	AW_TRY(aw_to_thread(work, "result", (void **)texts));
	show_and_free(texts, 1, "");
	tell("error", aw_to_thread(work, "fails", NULL));
	AW_TRY(aw_var_set(&var, "main's", NULL));
	AW_TRY(aw_to_thread(work, "context", (void **)texts));
	show_and_free(texts, 1, aw_var_get(&var));
	AW_TRY(aw_gather((void **)texts, aw_call(in_thread, "a"), aw_call(in_thread, "b"),
			 aw_call(in_thread, "c")));
	show_and_free(texts, 3, "");
	task = aw_spawn(blocks, NULL);
	AW_TRY(aw_sleep(AW_MS(10)));
	aw_task_cancel(task, "do not wait");
	outcome("cancelled", aw_task_ref(task));
	state("cancelled", task);
	aw_task_unref(task);
	err = aw_wait_for(aw_call(waits, NULL), aw_now() + AW_MS(10), NULL);
	if (aw_error_is(err, aw_TimeoutError))
		say("timed out");
	aw_error_unref(err);
	say("main is done");
	fflush(stdout);
	sem_post(&released);
	sem_post(&released);
	return NULL;
}

ORACLE_MAIN
