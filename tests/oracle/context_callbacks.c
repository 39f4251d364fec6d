/* SPDX-License-Identifier: MIT */
/*
 * Which context callbacks run in: call_soon(), call_later(), threadsafe and done callbacks each see the variables
 * of the code that scheduled them.
 */
#include "tell.h"

static const aw_var var = AW_VAR("var", .otherwise = "default");

#define value()	  ((const char *)aw_var_get(&var))
#define set(text) aw_var_set(&var, (char *)(text), NULL)

struct shown {
	const char *name;
	char changed[40];
};

static void show_var(void *arg)
{
	struct shown *self = arg;

	say("%s %s", self->name, value());
	snprintf(self->changed, sizeof(self->changed), "changed by %s", self->name);
	aw_error_unref(set(self->changed));
}

static void done(aw_task *task, void *arg)
{
	say("%s %s", (const char *)arg, value());
}

CORO(work)
{
	AW_TRY(set("work"));
	return aw_yield();
}

static void set_future(void *future)
{
	aw_error_unref(set("setter's"));
	aw_error_unref(aw_future_set_result(future, aw_var_get(&var)));
}

CORO(amain)
{
	static struct shown shown[] = { { "soon" },  { "later" },	{ "threadsafe" },
					{ "given" }, { "given again" }, { "soon b" } };
	aw_context *context;
	aw_future *future;
	aw_task *task;
	void *result;

	AW_TRY(set("a"));
	aw_call_soon(show_var, &shown[0]);
	aw_call_later(AW_MS(100), show_var, &shown[1]);
	AW_TRY(aw_call_soon_threadsafe(aw_loop_current(), show_var, &shown[2]));
	context = aw_context_copy();
	aw_call_soon_in(context, show_var, &shown[3]);
	aw_call_soon_in(context, show_var, &shown[4]);
	task = aw_spawn(work, NULL);
	AW_TRY(aw_task_add_done_callback(task, done, "done a"));
	AW_TRY(set("b"));
	aw_call_soon(show_var, &shown[5]);
	AW_TRY(aw_task_add_done_callback(task, done, "done b"));
	AW_TRY(aw_await(task, NULL));
	AW_TRY(aw_yield());
	AW_TRY(aw_task_add_done_callback(task, done, "done already"));
	aw_task_unref(task);
	AW_TRY(set("c"));
	AW_TRY(aw_sleep(AW_MS(200)));
	say("main %s %s", value(), (const char *)aw_context_get(context, &var));
	aw_context_unref(context);
	future = aw_future_create();
	aw_call_soon(set_future, future);
	AW_TRY(aw_await(future, &result));
	say("%s %s", (const char *)result, value());
	aw_future_unref(future);
	return NULL;
}

ORACLE_MAIN
