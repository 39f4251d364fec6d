/* SPDX-License-Identifier: MIT */
/*
 * Task groups, as in CPython 3.13. In 3.11 a group that failed after its body had ended left its parent's count of
 * cancellation requests one too high; here, as in 3.13, the group takes back its own request.
 *
 * A member that succeeded or was cancelled is released in the next iteration; one that failed is kept, and its
 * error is taken when the group closes, which then raises it.
 */
#include "agent/runtime/task/awaitable.h"
#include "agent/runtime/task/coro.h"
#include "agent/runtime/task/scope.h"
#include "agent/runtime/task/unhandled.h"
#include "base/alloc.h"

#include <awry/compose.h>
#include <stdio.h>
#include <string.h>

struct member {
	struct aw__link link; /* in group->running or group->failed */
	struct aw__job job;
	struct aw_group *group;
	struct aw_task *task; /* referenced */
};

/* The call to close(). */
struct place {
	const char *file;
	int line;
	const char *function;
};

struct aw_group {
	struct aw__scope scope;	   /* its task is the parent */
	struct aw__link running;   /* of struct member */
	struct aw__link failed;	   /* of struct member, in the order in which they failed */
	struct aw__link rejected;  /* of struct member: added too late; their errors do not count */
	struct aw__waiter *waiter; /* the parent's, while it waits in close() */
	bool aborting;
	bool left; /* its task has ended without an error, and left it open: so it aborts */
	bool parent_cancel_requested;
	bool lacks_member; /* no memory for a member: close() reports it as an error of the body */
	uint64_t id;
	char *name; /* NULL: none */
};

static void member_destroy(struct member *member)
{
	aw__link_remove(&member->link);
	aw__link_remove(&member->job.link);
	aw__future_unref(&member->task->future);
	aw__alloc_free(member);
}

/* `by`: the member that failed; NULL: the body failed, or was left. */
static void cancel_members(struct aw_group *group, struct aw_task *by)
{
	struct aw_agent_cancel reason = { .why = AW_CANCEL_GROUP, .origin = group->scope.opened };

	reason.by = by != NULL ? &by->agent : &group->scope.task->agent;
	group->aborting = true;
	for (struct aw__link *at = group->running.next; at != &group->running; at = at->next) {
		struct member *member = aw__container_of(at, struct member, link);

		aw__task_cancel_because(member->task, &reason);
	}
}

static void on_member_failed(struct member *member)
{
	struct aw_group *group = member->group;

	aw__link_append(&group->failed, &member->link);
	if (group->aborting || group->parent_cancel_requested)
		return;
	/* cancel the body, too; close() takes the request back */
	cancel_members(group, member->task);
	group->parent_cancel_requested = true;
	aw__task_cancel_because(group->scope.task, &(struct aw_agent_cancel){
							   .why = AW_CANCEL_GROUP,
							   .by = &member->task->agent,
							   .origin = group->scope.opened,
						   });
}

static void on_member_done(struct aw__job *job, bool discard)
{
	struct member *member = aw__container_of(job, struct member, job);
	struct aw_group *group = member->group;
	const struct aw_future *future = &member->task->future;

	if (discard)
		return;
	aw__link_remove(&member->link);
	if (group->waiter != NULL && aw__links_empty(&group->running))
		aw__future_set(&group->waiter->future, NULL);
	if (future->state == AW__FINISHED && future->error != NULL)
		on_member_failed(member);
	else
		member_destroy(member);
}

static void destroy(struct aw_group *group)
{
	struct aw__link *lists[] = { &group->running, &group->failed, &group->rejected };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		while (!aw__links_empty(lists[i]))
			member_destroy(aw__container_of(lists[i]->next, struct member, link));
	}
	aw__alloc_free(group->name);
	aw__alloc_free(group);
}

static void forget(struct aw__held *held)
{
	destroy(aw__container_of(held, struct aw_group, scope.held));
}

/* The members must not outlive the task that left the group open: they are cancelled, even if it succeeded. */
static aw_error *close_left(struct aw__scope *scope, aw_error *err)
{
	aw_group *group = aw__container_of(scope, struct aw_group, scope);

	group->left = err == NULL && !group->aborting;
	if (group->left)
		cancel_members(group, NULL);
	return aw_group_close(&group, err);
}

static const char *name_of(const struct aw__scope *scope)
{
	return aw__container_of(scope, const struct aw_group, scope)->name;
}

static const struct aw__scope_type groups = {
	.kind = AW_SCOPE_GROUP,
	.close = close_left,
	.forget = forget,
	.name = name_of,
};

aw_group *aw_group_open(const char *name)
{
	struct aw_task *parent = aw__task_must();
	struct aw_group *group = aw__alloc_zeroed(1, sizeof(*group));

	if (group == NULL)
		return NULL;
	group->id = aw_agent_new_id();
	if (AW__HOOKED())
		group->scope.opened = aw_agent_stack(parent->agent.stack);
	aw__links_init(&group->running);
	aw__links_init(&group->failed);
	aw__links_init(&group->rejected);
	if (name != NULL)
		group->name = aw__alloc_copy(name, strlen(name));
	aw__scope_begin(&group->scope, parent, &groups);
	return group;
}

/* Runs instead of a coroutine that was added too late. */
static aw_error *reject(void *arg, void **ret)
{
	return aw_raise(aw_RuntimeError, "TaskGroup is shutting down");
}

static struct aw_task *add(struct aw_group *group, struct aw__task_birth *birth)
{
	static struct aw__site site = { "reject", 0 };
	struct member *member = aw__alloc_zeroed(1, sizeof(*member));
	bool late = group->aborting;

	if (member == NULL)
		goto fail;
	birth->scope = group->id;
	if (late) {
		birth->site = &site;
		birth->fn = reject;
		birth->eager = true;
	}
	member->task = aw__task_create(group->scope.task->future.loop, birth);
	if (member->task == NULL)
		goto fail;
	member->group = group;
	member->job.run = on_member_done;
	aw__link_append(late ? &group->rejected : &group->running, &member->link);
	if (!late)
		aw__future_watch(&member->task->future, &member->job);
	return member->task;
fail:
	group->lacks_member = true;
	aw__alloc_free(member);
	return NULL;
}

aw_task *aw__group_spawn(aw_group *group, struct aw__site *site, aw_coro_fn *fn, void *arg)
{
	struct aw__task_birth birth = { .site = site, .fn = fn, .arg = arg };

	return group != NULL ? add(group, &birth) : NULL;
}

aw_task *aw_group_create_task(aw_group *group, aw_coro *coro)
{
	return aw_group_create_task_with(group, coro, NULL);
}

aw_task *aw_group_create_task_with(aw_group *group, aw_coro *coro,
				   const struct aw_task_options *options)
{
	struct aw__task_birth birth = aw__task_birth_with(options);

	if (group == NULL || coro == NULL) {
		if (group != NULL)
			group->lacks_member = true;
		aw_coro_close(coro);
		return NULL;
	}
	aw__coro_take(coro, &birth.fn, &birth.arg, &birth.site);
	return add(group, &birth);
}

/* Wait until no member runs. A first cancellation of the parent cancels them, and is returned. */
static aw_error *wait_for_members(struct aw_group *group)
{
	struct aw_loop *loop = group->scope.task->future.loop;
	aw_error *cancelled = NULL;

	while (!aw__links_empty(&group->running)) {
		struct aw__waiter waiter;
		aw_error *err;

		aw__waiter_init(&waiter, loop, AW_WAIT_GROUP);
		waiter.future.id = group->id;
		group->waiter = &waiter;
		err = aw__task_wait(&waiter.future, NULL);
		group->waiter = NULL;
		aw__waiter_finish(&waiter);
		if (err != NULL && (!group->aborting || group->left)) {
			cancelled = err;
			if (!group->aborting)
				cancel_members(group, NULL);
			group->left = false;
		} else {
			aw_error_unref(err);
		}
	}
	return cancelled;
}

/* Make a group of the members' errors and the body's (`own`, consumed). Without memory: the first of them. */
static aw_error *take_errors(struct aw_group *group, aw_error *own, const struct place *place)
{
	size_t count = 0, size = 1;
	aw_error **errors, *err = NULL;
	char message[160] = "unhandled errors in a TaskGroup";

	for (struct aw__link *at = group->failed.next; at != &group->failed; at = at->next)
		size++;
	errors = aw__alloc_zeroed(size, sizeof(errors[0]));
	for (struct aw__link *at = group->failed.next; at != &group->failed; at = at->next) {
		struct member *member = aw__container_of(at, struct member, link);

		err = aw__future_take(&member->task->future, NULL);
		if (errors == NULL) { /* out of memory: return the first error alone */
			aw_error_unref(own);
			return err;
		}
		errors[count++] = err;
	}
	if (errors == NULL)
		return own;
	if (own != NULL)
		errors[count++] = own;
	if (group->name != NULL)
		snprintf(message, sizeof(message), "unhandled errors in TaskGroup %s", group->name);
	err = aw_error_from_none(aw__error_group(place->file, place->line, place->function,
						 aw_ExceptionGroup, message, errors, count));
	aw__alloc_free(errors);
	return err;
}

/* KeyboardInterrupt and SystemExit take precedence over all other errors. */
static aw_error *take_base_error(struct aw_group *group, aw_error *body)
{
	if (aw__loop_exits(body))
		return aw_error_ref(body);
	for (struct aw__link *at = group->failed.next; at != &group->failed; at = at->next) {
		struct member *member = aw__container_of(at, struct member, link);

		if (aw__loop_exits(member->task->future.error))
			return aw__future_take(&member->task->future, NULL);
	}
	return NULL;
}

/* The members are done: make the group's error. Consumes the errors of the body and of its cancellation. */
static aw_error *conclude(struct aw_group *group, aw_error *body, aw_error *cancelled,
			  const struct place *place)
{
	struct aw_task *parent = group->scope.task;
	aw_error *err = take_base_error(group, body);

	if (group->parent_cancel_requested && aw_task_uncancel(parent) == 0)
		cancelled = aw_error_unref(cancelled); /* only the group requested it */
	if (err != NULL)
		goto done;
	if (cancelled != NULL && aw__links_empty(&group->failed)) {
		err = aw_error_ref(cancelled);
		goto done;
	}
	if (body == NULL && aw__links_empty(&group->failed))
		goto done;
	/* another request to cancel the parent must not get lost with these errors: repeat it */
	if (parent->cancels > 0) {
		aw_task_uncancel(parent);
		aw__task_cancel(&parent->future, NULL);
	}
	err = take_errors(group, body, place);
	body = NULL;
done:
	aw_error_unref(body);
	aw_error_unref(cancelled);
	return err;
}

aw_error *aw__group_close(const char *file, int line, const char *function, aw_group **group,
			  aw_error *err)
{
	const struct place place = { file, line, function };
	struct aw_group *own = *group;
	aw_error *cancelled = NULL, *later;

	*group = NULL;
	if (own == NULL)
		return aw_raise_in(err, aw_raise(aw_MemoryError, "no memory for the group"));
	aw__must(own->scope.task == aw__task_current(),
		 "a group is closed by the task that opened it");
	if (err == NULL && own->lacks_member)
		err = aw_raise(aw_MemoryError, "no memory for a task of the group");
	if (aw_error_is(err, aw_CancelledError)) {
		cancelled = err;
		err = NULL;
	}
	if ((err != NULL || cancelled != NULL) && !own->aborting)
		cancel_members(own, NULL);
	later = wait_for_members(own);
	if (later != NULL) {
		aw_error_unref(cancelled);
		cancelled = later;
	}
	err = conclude(own, err, cancelled, &place);
	aw__scope_end(&own->scope);
	destroy(own);
	return err;
}
