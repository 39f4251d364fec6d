/* SPDX-License-Identifier: MIT */
/*
 * Tasks inherit a copy of their creator's context: values that they set are seen by their children, but not by
 * their creator.
 */
#include "tell.h"

static const aw_var var = AW_VAR("var", .otherwise = "default");
static const aw_var other = AW_VAR("other", .required = true);

#define value()	  ((const char *)aw_var_get(&var))
#define set(text) aw_var_set(&var, (char *)(text), NULL)

CORO(leaf)
{
	say("%s has %s", (const char *)arg, value());
	return NULL;
}

struct words {
	const char *name, *childs, *later;
};

CORO(child)
{
	const struct words *self = arg;
	aw_task *grandchild;

	say("%s begins with %s", self->name, value());
	AW_TRY(set(self->name));
	AW_TRY(aw_yield());
	say("%s still has %s", self->name, value());
	grandchild = aw_spawn(leaf, (char *)self->childs);
	AW_TRY(set(self->later));
	AW_TRY(aw_await(grandchild, NULL));
	aw_task_unref(grandchild);
	return NULL;
}

CORO(sets)
{
	return set("set in a coroutine");
}

static aw_error *given(void)
{
	static struct words words = { "given", "given's child", "given later" };
	aw_context *context = aw_context_copy();
	aw_group *group;
	aw_task *task =
		aw_task_create_with(aw_call(child, &words), AW_TASK_OPTS(.context = context));

	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	say("given %s main %s", (const char *)aw_context_get(context, &var), value());
	group = aw_group_open(NULL);
	aw_group_spawn(group, leaf, "member");
	aw_group_create_task_with(group, aw_call(leaf, "member in a context"),
				  AW_TASK_OPTS(.context = context));
	aw_context_unref(context);
	return aw_group_close(&group, NULL);
}

CORO(amain)
{
	struct words first = { "one", "one's child", "one later" };
	struct words second = { "two", "two's child", "two later" };
	aw_task *one, *two, *task;
	void *nothing;
	aw_error *err;

	say("%s", value());
	err = aw_var_lookup(&other, &nothing);
	say("%s", aw_error_name(err));
	aw_error_unref(err);
	AW_TRY(set("main"));
	one = aw_spawn(child, &first);
	two = aw_spawn(child, &second);
	AW_TRY(set("main later"));
	AW_TRY(aw_gather(NULL, one, two));
	aw_task_unref(one);
	aw_task_unref(two);
	say("main %s", value());
	AW_TRY(aw_await(aw_call(sets, NULL), NULL));
	say("main %s", value());
	task = aw_spawn(sets, NULL);
	AW_TRY(aw_await(task, NULL));
	aw_task_unref(task);
	say("main %s", value());
	AW_TRY(given());
	AW_TRY(aw_wait_for(aw_call(sets, NULL), aw_now() + AW_SEC(1), NULL));
	say("after wait_for %s", value());
	AW_TRY(aw_gather(NULL, aw_call(sets, NULL), aw_call(leaf, "gathered")));
	say("after gather %s", value());
	return NULL;
}

int main(void)
{
	aw_error *err = set("outside");

	if (err == NULL)
		err = aw_run(amain, NULL, NULL);
	say("outside %s", value());
	return aw_exit_status(err);
}
