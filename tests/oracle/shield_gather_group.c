/* SPDX-License-Identifier: MIT */
/*
 * shield() around gather() in a member of a task group that is cancelled one, two or three times, with and without
 * a failing sibling.
 */
#include "tell.h"

struct step {
	const char *name;
	aw_ns delay;
};

static aw_error *turns(int count)
{
	for (int i = 0; i < count; i++)
		AW_TRY(aw_yield());
	return NULL;
}

CORO(step)
{
	const struct step *self = arg;
	aw_error *err = aw_sleep(self->delay);

	if (err == NULL)
		say("%s done", self->name);
	else
		say("%s cancelled %s", self->name, aw_error_message(err));
	*ret = (void *)self->name;
	return err;
}

CORO(inner)
{
	static struct step a = { "a", AW_MS(200) }, b = { "b", AW_MS(300) };

	return aw_gather((void **)arg, aw_call(step, &a), aw_call(step, &b));
}

CORO(member)
{
	void *names[2] = { NULL, NULL };
	aw_task *work = aw_spawn(inner, names);
	aw_error *err = aw_shield(work, NULL), *again;

	if (err != NULL) {
		say("member cancelled once %s %u", truth(aw_task_done(work)),
		    aw_task_cancelling(aw_task_current()));
		again = turns(3);
		if (again == NULL) {
			say("cleaned up");
		} else {
			say("clean-up cancelled %s %u", truth(aw_task_done(work)),
			    aw_task_cancelling(aw_task_current()));
			err = aw_raise_in(err, again);
		}
		again = aw_await(work, NULL);
		if (again == NULL)
			say("%s %s", (const char *)names[0], (const char *)names[1]);
		else
			err = aw_raise_in(err, again);
	}
	aw_task_unref(work);
	return err;
}

CORO(fails)
{
	AW_TRY(turns(2));
	return aw_raise(aw_ValueError, "sibling");
}

CORO(grouped)
{
	aw_group *group = aw_group_open(NULL);
	aw_error *err;

	aw_group_spawn(group, member, NULL);
	if (arg != NULL)
		aw_group_spawn(group, fails, NULL);
	err = aw_sleep(AW_SEC(1));
	if (err != NULL)
		say("body cancelled %u", aw_task_cancelling(aw_task_current()));
	return aw_group_close(&group, err);
}

static void end_of(aw_task *task)
{
	aw_error *err = aw_await(task, NULL);

	if (err == NULL) {
		say("well");
	} else if (aw_error_is(err, aw_CancelledError)) {
		say("cancelled %u %s", aw_task_cancelling(task),
		    aw_error_context(err) != NULL ? aw_error_name(aw_error_context(err))
						  : "NoneType");
	} else {
		printf("%s [", aw_error_name(err));
		for (size_t i = 0; i < aw_error_child_count(err); i++)
			printf("%s'%s'", i > 0 ? ", " : "", aw_error_name(aw_error_child(err, i)));
		printf("] %u\n", aw_task_cancelling(task));
	}
	aw_error_unref(err);
	aw_task_unref(task);
}

CORO(amain)
{
	for (int with_failure = 0; with_failure < 2; with_failure++) {
		for (int times = 1; times <= 3; times++) {
			aw_task *task = aw_spawn(grouped, with_failure ? AW_PTR(1) : NULL);

			AW_TRY(turns(4));
			for (int i = 0; i < times; i++) {
				char message[32];

				snprintf(message, sizeof(message), "round %d", i);
				aw_task_cancel(task, message);
				AW_TRY(turns(2));
			}
			end_of(task);
		}
	}
	return NULL;
}

ORACLE_MAIN
