/* SPDX-License-Identifier: MIT */
/*
 * A soak test: random operations on tasks, groups, timeouts, queues and locks, each round compared with a simple
 * model. The seed is printed, and can be given again to repeat a failure.
 *
 * soak [--seed N] [--rounds N | --seconds N]
 */
#include <awry.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t generator, seed;

static unsigned int random_below(unsigned int bound)
{
	generator = generator * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned int)(generator >> 33) % bound;
}

#define require(truth)                                                                             \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			fprintf(stderr, "%s:%d: seed %" PRIu64 ": not so: %s\n", __FILE__,         \
				__LINE__, seed, #truth);                                           \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

/* ------------------------------------------------------------------------------------------------
 * Tasks that obey a cancellation, fail or swallow it; each ends as in the model, and has one result.
 */

enum plan { RETURNS, FAILS, SWALLOWS, PLANS };

struct job {
	enum plan plan;
	unsigned int steps, done_calls;
	unsigned int asked; /* how often aw_task_cancel() returned true */
	aw_task *task;
};

static aw_error *job(void *arg, void **ret)
{
	struct job *self = arg;
	bool swallowed = false;

	for (unsigned int i = 0; i < self->steps; i++) {
		aw_error *err = i % 3 == 2 ? aw_sleep(AW_US(50)) : aw_yield();

		if (err != NULL && (self->plan != SWALLOWS || swallowed))
			return err;
		swallowed |= err != NULL;
		aw_error_unref(err);
	}
	if (self->plan == FAILS)
		return aw_raise(aw_ValueError, "%u", self->steps);
	*ret = AW_PTR(self->steps);
	return NULL;
}

static void on_done(aw_task *task, void *arg)
{
	((struct job *)arg)->done_calls++;
}

static void check_job(struct job *self, aw_error *err, void *result)
{
	/* a request that is too late to be delivered makes the task cancelled, too */
	bool cancelled = self->asked > 0 && self->plan != SWALLOWS;

	require(aw_task_done(self->task) && self->done_calls == 1);
	require(aw_task_cancelling(self->task) == self->asked);
	if (self->plan == SWALLOWS) {
		/* a request before the first step, or after the last, is not swallowed */
		require(err == NULL ? AW_INT(result) == self->steps
				    : aw_error_is(err, aw_CancelledError) && self->asked > 0);
	} else if (cancelled && aw_error_is(err, aw_CancelledError)) {
		require(aw_task_cancelled(self->task));
	} else if (self->plan == FAILS) {
		require(aw_error_is(err, aw_ValueError));
		require((unsigned int)atoi(aw_error_message(err)) == self->steps);
	} else {
		require(err == NULL && !cancelled && AW_INT(result) == self->steps);
	}
}

static aw_error *soak_tasks(void)
{
	enum { JOBS = 100 };
	struct job jobs[JOBS];

	for (int i = 0; i < JOBS; i++) {
		jobs[i] = (struct job){ random_below(PLANS), random_below(12), 0, 0, NULL };
		jobs[i].task = aw_spawn(job, &jobs[i]);
		AW_TRY(aw_task_add_done_callback(jobs[i].task, on_done, &jobs[i]));
		if (random_below(4) == 0)
			AW_TRY(aw_yield());
		if (random_below(3) == 0) {
			struct job *victim = &jobs[random_below((unsigned int)i + 1)];

			if (victim->asked == 0 || victim->plan != SWALLOWS)
				victim->asked += aw_task_cancel(victim->task, "soak");
		}
	}
	for (int i = 0; i < JOBS; i++) {
		void *result = NULL;
		aw_error *err = aw_await(jobs[i].task, &result);

		AW_TRY(aw_yield()); /* lets the task's done callbacks run */
		check_job(&jobs[i], err, result);
		aw_error_unref(err);
		aw_task_unref(jobs[i].task);
	}
	return NULL;
}

/* ------------------------------------------------------------------------------------------------
 * A queue: no item is lost or duplicated, and each producer's items keep their order.
 */

enum { PRODUCERS = 4, ITEMS = 40, CONSUMERS = 3 };

struct stock {
	aw_queue queue;
	unsigned int put[PRODUCERS], got[PRODUCERS];
};

struct producer {
	struct stock *stock;
	unsigned int number;
};

static aw_error *produce(void *arg, void **ret)
{
	const struct producer *self = arg;

	for (unsigned int i = 0; i < ITEMS; i++) {
		AW_TRY(aw_queue_put(&self->stock->queue, AW_PTR(self->number * ITEMS + i + 1)));
		self->stock->put[self->number]++;
		if (random_below(3) == 0)
			AW_TRY(aw_yield());
	}
	return NULL;
}

static void count_item(struct stock *stock, void *item)
{
	unsigned int number = (unsigned int)AW_INT(item) - 1;

	require(number / ITEMS < PRODUCERS);
	require(stock->got[number / ITEMS] == number % ITEMS);
	stock->got[number / ITEMS]++;
}

static aw_error *consume(void *arg, void **ret)
{
	struct stock *stock = arg;

	for (;;) {
		void *item = NULL;

		AW_TRY(aw_queue_get(&stock->queue, &item));
		count_item(stock, item);
		if (random_below(4) == 0)
			AW_TRY(aw_yield());
	}
}

static aw_error *soak_queue(void)
{
	struct stock stock = { .put = { 0 } };
	struct producer producers[PRODUCERS];
	aw_task *makers[PRODUCERS], *eaters[CONSUMERS];

	aw_queue_init(&stock.queue, random_below(5));
	for (unsigned int i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){ &stock, i };
		makers[i] = aw_spawn(produce, &producers[i]);
	}
	for (int i = 0; i < CONSUMERS; i++)
		eaters[i] = aw_spawn(consume, &stock);
	for (int i = 0; i < 20;
	     i++) { /* consumers are replaced: items that they did not get stay */
		unsigned int which = random_below(CONSUMERS);

		AW_TRY(aw_yield());
		aw_task_cancel(eaters[which], NULL);
		require(aw_error_unref(aw_await(eaters[which], NULL)) == NULL);
		aw_task_unref(eaters[which]);
		eaters[which] = aw_spawn(consume, &stock);
	}
	AW_TRY(aw_gather(NULL, makers[0], makers[1], makers[2], makers[3]));
	while (!aw_queue_empty(&stock.queue))
		AW_TRY(aw_yield());
	for (int i = 0; i < 4; i++)
		AW_TRY(aw_yield());
	for (int i = 0; i < PRODUCERS; i++) {
		require(stock.put[i] == ITEMS && stock.got[i] == ITEMS);
		aw_task_unref(makers[i]);
	}
	for (int i = 0; i < CONSUMERS; i++) {
		aw_task_cancel(eaters[i], NULL);
		aw_error_unref(aw_await(eaters[i], NULL));
		aw_task_unref(eaters[i]);
	}
	aw_queue_finish(&stock.queue);
	return NULL;
}

/* ------------------------------------------------------------------------------------------------
 * A lock: one owner at a time, in the order of the requests, with cancellations in between.
 */

struct room {
	aw_lock lock;
	unsigned int inside, next_ticket, last_ticket;
};

static aw_error *enter(void *arg, void **ret)
{
	struct room *room = arg;
	unsigned int ticket = ++room->next_ticket;
	aw_error *err;

	AW_TRY(aw_lock_acquire(&room->lock));
	require(room->inside++ == 0);
	require(ticket > room->last_ticket);
	room->last_ticket = ticket;
	err = random_below(2) == 0 ? aw_yield() : NULL;
	require(--room->inside == 0);
	return aw_raise_in(err, aw_lock_release(&room->lock));
}

static aw_error *soak_lock(void)
{
	enum { VISITORS = 60 };
	struct room room = { .inside = 0 };
	aw_task *tasks[VISITORS];
	unsigned int in = 0;

	aw_lock_init(&room.lock);
	for (int i = 0; i < VISITORS; i++) {
		tasks[i] = aw_spawn(enter, &room);
		if (random_below(3) == 0)
			AW_TRY(aw_yield());
		if (random_below(4) == 0)
			aw_task_cancel(tasks[random_below((unsigned int)i + 1)], NULL);
	}
	for (int i = 0; i < VISITORS; i++) {
		aw_error *err = aw_await(tasks[i], NULL);

		require(err == NULL || aw_error_is(err, aw_CancelledError));
		in += err == NULL;
		aw_error_unref(err);
		aw_task_unref(tasks[i]);
	}
	require(!aw_lock_locked(&room.lock) && room.inside == 0);
	require(in <= room.next_ticket);
	aw_lock_finish(&room.lock);
	return NULL;
}

/* ------------------------------------------------------------------------------------------------
 * Groups in timeouts: all children are done at the end, each error is in the group, and the count of requests is right.
 */

struct member_counts {
	unsigned int running, failed;
};

static aw_error *member(void *arg, void **ret)
{
	struct member_counts *counts = arg;
	unsigned int steps = random_below(6), fate = random_below(12);
	aw_error *err = NULL;

	counts->running++;
	for (unsigned int i = 0; err == NULL && i < steps; i++)
		err = aw_yield();
	if (err == NULL && fate == 1)
		err = aw_sleep(AW_SEC(1));
	if (fate == 0) {
		err = aw_raise_in(err, aw_raise(aw_ValueError, "member"));
		counts->failed++;
	}
	counts->running--;
	return err;
}

static aw_error *soak_group(void)
{
	struct member_counts counts = { 0, 0 };
	aw_timeout *scope = aw_timeout_open(aw_now() + AW_US(random_below(300)));
	aw_group *group = aw_group_open(NULL);
	bool expired;
	aw_error *err = NULL;

	for (int i = 0; err == NULL && i < 12; i++) {
		aw_group_spawn(group, member, &counts);
		if (random_below(3) == 0)
			err = aw_yield();
	}
	err = aw_group_close(&group, err);
	require(counts.running == 0);
	if (counts.failed > 0) {
		require(aw_error_child_count(err) == counts.failed);
	} else {
		require(err == NULL || aw_error_is(err, aw_CancelledError));
	}
	expired = aw_timeout_expired(scope);
	err = aw_timeout_close(&scope, err);
	require(err == NULL || expired || counts.failed > 0);
	aw_error_unref(err);
	/* only the timeout has cancelled the body, so the group leaves no request behind */
	aw_error_unref(aw_yield());
	require(aw_task_cancelling(aw_task_current()) == 0);
	return NULL;
}

/* ------------------------------------------------------------------------------------------------ */

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(soak_tasks());
	AW_TRY(soak_queue());
	AW_TRY(soak_lock());
	for (int i = 0; i < 5; i++)
		AW_TRY(soak_group());
	return NULL;
}

int main(int count, char **words)
{
	uint64_t rounds = 40, seconds = 0, done = 0;
	time_t begin = time(NULL);

	seed = (uint64_t)begin;
	for (int i = 1; i + 1 < count; i += 2) {
		uint64_t number = strtoull(words[i + 1], NULL, 10);

		if (strcmp(words[i], "--seed") == 0)
			seed = number;
		else if (strcmp(words[i], "--rounds") == 0)
			rounds = number;
		else if (strcmp(words[i], "--seconds") == 0)
			seconds = number;
	}
	printf("seed %" PRIu64 "\n", seed);
	fflush(stdout);
	while (seconds > 0 ? (uint64_t)(time(NULL) - begin) < seconds : done < rounds) {
		aw_error *err;

		generator = seed;
		err = aw_run(amain, NULL, NULL);
		if (err != NULL)
			fprintf(stderr, "seed %" PRIu64 ":\n", seed);
		if (err != NULL)
			return aw_exit_status(err);
		seed++;
		done++;
	}
	printf("%" PRIu64 " rounds\n", done);
	return 0;
}
