// SPDX-License-Identifier: MIT
#include <awry.h>

static aw_error *bug(void *, void **)
{
	return aw_raise(aw_Exception, "not consumed, in C++");
}

static aw_error *amain(void *, void **)
{
	aw_task *task = aw_task_create(aw_call(bug, nullptr));
	aw_error *err = aw_await(task, nullptr);

	aw_error_unref(err);
	aw_task_unref(task);
	aw_task_unref(aw_spawn(bug, nullptr));
	return aw_sleep(AW_MS(10));
}

int main()
{
	return aw_exit_status(aw_run(amain, nullptr, nullptr));
}
