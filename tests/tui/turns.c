/* SPDX-License-Identifier: MIT */
/* turns: a task that sleeps for two seconds, and then waits for a queue; the program ends after ten minutes. */
#include <awry.h>
#include <awry/sync.h>

static aw_queue queue;

static aw_error *take_turns(void *arg, void **ret)
{
	void *item;

	AW_TRY(aw_sleep(AW_SEC(2)));
	return aw_queue_get(&queue, &item);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_group *group = aw_group_open(NULL);

	aw_queue_init(&queue, 0);
	aw_group_spawn(group, take_turns, NULL);
	return aw_group_close(&group, aw_sleep(AW_SEC(600)));
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
