/* SPDX-License-Identifier: MIT */
/*
 * The end of a run with live tasks: they are cancelled, and may fail, swallow the cancellation or start others; and
 * which of their errors reach the handler.
 */
#include "tell.h"

enum kind { OBEYS, FAILS, SWALLOWS, SPAWNS, WAITS, KINDS };

struct stray {
	const char *name;
	enum kind kind;
	int ticks;
};

static aw_task *tasks[KINDS];

static void handler(aw_loop *loop, const aw_unhandled *unhandled, void *arg)
{
	if (unhandled->error == NULL)
		return; /* the report that tasks which were started during the shutdown are destroyed */
	say("handler: %s %s %s %s", unhandled->message, aw_error_name(unhandled->error),
	    aw_error_message(unhandled->error), aw_task_name(unhandled->task));
}

CORO(stray)
{
	static struct stray second = { "second generation", OBEYS, 0 };
	const struct stray *self = arg;
	aw_error *err = aw_sleep(AW_SEC(10));

	for (int i = 0; i < self->ticks; i++)
		AW_TRY(aw_yield());
	say("%s cleans up %s", self->name, aw_error_message(err));
	if (self->kind == FAILS)
		return aw_raise_in(err, aw_raise(aw_ValueError, "%s", self->name));
	if (self->kind == SPAWNS) {
		aw_task_unref(aw_task_create_with(aw_call(stray, &second),
						  AW_TASK_OPTS(.name = "second")));
		return aw_raise_in(err, aw_yield());
	}
	if (self->kind == WAITS) {
		AW_TRY(aw_sleep(AW_MS(10)));
		say("%s has waited", self->name);
	}
	return self->kind == SWALLOWS ? aw_error_unref(err) : err;
}

CORO(amain)
{
	static struct stray strays[KINDS] = { { "obeys", OBEYS, 1 },
					      { "fails", FAILS, 4 },
					      { "swallows", SWALLOWS, 7 },
					      { "spawns", SPAWNS, 10 },
					      { "waits", WAITS, 13 } };

	aw_loop_set_exception_handler(aw_loop_current(), handler, NULL);
	for (int i = 0; i < KINDS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "stray %s", strays[i].name);
		tasks[i] =
			aw_task_create_with(aw_call(stray, &strays[i]), AW_TASK_OPTS(.name = name));
	}
	AW_TRY(aw_yield());
	say("main returns");
	*ret = "result";
	return NULL;
}

int main(void)
{
	void *result = NULL;
	aw_error *err = aw_run(amain, NULL, &result);

	say("%s", (const char *)result);
	for (int i = 0; i < KINDS; i++) {
		say("%s %s %s", aw_task_name(tasks[i]), truth(aw_task_done(tasks[i])),
		    truth(aw_task_cancelled(tasks[i])));
		aw_task_unref(tasks[i]);
	}
	return aw_exit_status(err);
}
