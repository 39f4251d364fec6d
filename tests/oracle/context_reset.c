/* SPDX-License-Identifier: MIT */
/*
 * Tokens and context runs: resetting variables in order and out of order, in another context, and entering a
 * context twice.
 */
#include "tell.h"

static const aw_var var = AW_VAR("var", .otherwise = "default");
static const aw_var second = AW_VAR("second", .otherwise = "none");

#define value(which) ((const char *)aw_var_get(&(which)))

CORO(resets)
{
	aw_error *err = aw_var_reset(&var, (aw_token **)arg);

	say("in a task %s", aw_error_name(err));
	aw_error_unref(err);
	return NULL;
}

static void inside(void *arg)
{
	say("inside %s %s", value(var), value(second));
	aw_error_unref(aw_var_set(&second, "only inside", NULL));
}

static void enter_again(void *context)
{
	aw_error *err = aw_context_run(context, inside, NULL);

	say("again %s", aw_error_name(err));
	aw_error_unref(err);
}

CORO(amain)
{
	aw_token *first, *again, *token;
	aw_context *context;
	aw_task *task;
	aw_error *err;

	AW_TRY(aw_var_set(&var, "one", &first));
	AW_TRY(aw_var_set(&var, "two", &again));
	say("%s", value(var));
	AW_TRY(aw_var_reset(&var, &again));
	say("%s", value(var));
	AW_TRY(aw_var_reset(&var, &first));
	say("%s", value(var));
	AW_TRY(aw_var_set(&var, "three", &token));
	err = aw_var_reset(&second, &token);
	say("another variable %s", aw_error_name(err));
	aw_error_unref(err);
	task = aw_spawn(resets, &token);
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	say("%s", value(var));
	context = aw_context_copy();
	AW_TRY(aw_var_set(&var, "four", NULL));
	AW_TRY(aw_context_run(context, inside, NULL));
	say("%s %s %s", value(var), value(second), (const char *)aw_context_get(context, &second));
	AW_TRY(aw_context_run(context, inside, NULL));
	AW_TRY(aw_context_run(context, enter_again, context));
	aw_context_unref(context);
	AW_TRY(aw_var_reset(&var, &token));
	say("%s", value(var));
	return NULL;
}

ORACLE_MAIN
