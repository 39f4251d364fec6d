/* SPDX-License-Identifier: MIT */
/* Hooks of tasks: each updates the task's slot, and puts a record. */
#include <errno.h>
#include <string.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/hook_tables.h"
#include "agent/record/put_finding.h"
#include "agent/record/recorder.h"
#include "agent/record/ring.h"
#include "agent/record/stack_capture.h"
#include "agent/record/writer.h"
#include "proto/finding.h"

#define STATUS(state, wait, outcome, name_length)                                                  \
	((uint64_t)(state) | (uint64_t)(wait) << 8 | (uint64_t)(outcome) << 16 |                   \
	 (uint64_t)(name_length) << 24)
#define WITHOUT_STATE (~UINT64_C(0xffffff)) /* keeps the name's length */

/* The value of task->slot for a task that is alive and counted, but for which this recording's table had no room. */
static uint32_t refused(void)
{
	return UINT32_MAX - AW__LOAD(aw__recorder.epoch) % 1024;
}

static inline void slot_begin(struct aw__box_task *slot)
{
	AW__STORE(slot->sequence, AW__LOAD(slot->sequence) + 1);
	atomic_thread_fence(memory_order_release);
}

static inline void slot_end(struct aw__box_task *slot)
{
	AW__STORE_RELEASE(slot->sequence, AW__LOAD(slot->sequence) + 1);
}

static void slot_name(struct aw__box_task *slot, const char *name, uint32_t length)
{
	for (uint32_t i = 0; i < AW__TASK_NAME_BYTES / 8; i++) {
		uint64_t word = 0;

		if (8 * i < length)
			memcpy(&word, name + 8 * i, length - 8 * i < 8 ? length - 8 * i : 8);
		AW__STORE(slot->name[i], word);
	}
}

static uint32_t name_length(const char *name, size_t length)
{
	if (name == NULL)
		return 0;
	return length < AW__TASK_NAME_BYTES ? (uint32_t)length : AW__TASK_NAME_BYTES;
}

/* The creator's slot, kept in the status, so that a detector need not search for the creator's id. */
static uint64_t creator_slot(const struct aw_agent_task *creator)
{
	if (aw__task_slot(creator) == NULL || creator->slot > AW__MOST_CREATOR_SLOT)
		return 0;
	return AW__STATUS_CREATOR(creator->slot);
}

static void fill_slot(struct aw__writer *writer, struct aw_agent_task *task,
		      const struct aw_agent_birth *birth, const struct aw__event *event)
{
	const uint64_t queued = birth->born == AW_BORN_READY ? AW__STATUS_FLAG(AW__TASK_QUEUED) : 0;
	const uint32_t number = aw__slot_take(writer);
	struct aw__box_task *slot = &writer->slots[number];

	task->slot = number;
	if (__builtin_expect(number == 0, 0)) {
		task->slot = AW__LOAD(writer->open) ? refused() : 0;
		return;
	}
	slot_begin(slot);
	AW__STORE(slot->id, task->id);
	AW__STORE(slot->creator, event->created.creator);
	AW__STORE(slot->created_ns, writer->now_ns);
	AW__STORE(slot->changed_ns, writer->now_ns);
	AW__STORE(slot->run_ns, 0);
	AW__STORE(slot->wait_target, 0);
	AW__STORE(slot->wait_stack, 0);
	AW__STORE(slot->scope, event->created.scope);
	AW__STORE(slot->coroutine_stack, event->created.coroutine << 32 | task->stack);
	AW__STORE(slot->loop_steps, event->created.loop << 32);
	AW__STORE(slot->status, STATUS(AW__TASK_PENDING, 0, 0, event->text_length) | queued |
					creator_slot(birth->creator));
	/* with length 0, the name of the task that had the slot before is not read */
	if (event->text_length > 0)
		slot_name(slot, event->text, event->text_length);
	slot_end(slot);
}

static inline void put_step(struct aw__writer *writer, enum aw__event_kind kind, uint64_t task,
			    uint64_t first, uint64_t second)
{
	const uint64_t args[AW__EVENT_ARGS] = { first, second };

	if (__builtin_expect(AW__LOAD(aw__recorder.steps), 0))
		aw__writer_put_short(writer, kind, task, args);
}

/* The task had no step yet: its wait began when it was created. */
static void begin_waiting(struct aw__writer *writer, const struct aw_agent_task *task,
			  const struct aw_agent_birth *birth)
{
	struct aw__box_task *slot = aw__task_slot(task);

	if (slot != NULL) {
		slot_begin(slot);
		AW__STORE(slot->wait_target, birth->wait_target);
		AW__STORE(slot->status,
			  (AW__LOAD(slot->status) & WITHOUT_STATE) |
				  STATUS(AW__TASK_WAITING, (uint8_t)birth->wait, 0, 0));
		slot_end(slot);
	}
	put_step(writer, AW__TASK_WAIT, task->id, birth->wait, birth->wait_target);
}

static inline uint32_t stack_of_birth(const struct aw_agent_birth *birth, const void *from)
{
	return aw__stack_given(birth->stack, birth->creator != NULL ? birth->creator->stack : 0,
			       from);
}

/* Rare kinds of birth, for which the others pay one branch: the task is created as others are, and may then wait. */
static __attribute__((noinline, cold)) void create_unusual(struct aw__writer *writer,
							   struct aw_agent_task *task,
							   const struct aw_agent_birth *birth,
							   const void *from)
{
	struct aw_agent_birth usual = *birth;

	if (birth->before_recording && (aw__task_slot(task) != NULL || task->slot == refused()))
		return; /* already part of this recording */
	usual.stack = birth->before_recording ? aw__stack_before_recording(birth->stack)
					      : stack_of_birth(birth, from);
	if (usual.stack == AW_NONE)
		usual.stack = AW_STACK_NONE;
	usual.before_recording = false;
	if (birth->born == AW_BORN_WAITING)
		usual.born = AW_BORN_UNKNOWN;
	aw_agent_task_created(task, &usual);
	if (birth->born == AW_BORN_WAITING)
		begin_waiting(writer, task, birth);
}

void aw_agent_task_created(struct aw_agent_task *task, const struct aw_agent_birth *birth)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__event event;

	if (writer == NULL)
		return;
	if (__builtin_expect(birth->before_recording || birth->born == AW_BORN_WAITING, 0)) {
		create_unusual(writer, task, birth, __builtin_return_address(0));
		return;
	}
	aw__writer_now(writer);
	task->stack = stack_of_birth(birth, __builtin_return_address(0));
	task->coroutine = birth->coroutine;
	task->kept = aw__kept_born();
	event.kind = AW__TASK_CREATED;
	event.subject = task->id;
	event.created.creator = birth->creator != NULL ? birth->creator->id : 0;
	event.created.coroutine = birth->coroutine;
	event.created.stack = task->stack;
	event.created.loop = birth->loop != NULL ? birth->loop->id : 0;
	event.created.scope = birth->scope;
	event.list_length = 0;
	event.text = birth->name;
	event.text_length = name_length(birth->name, birth->name_length);
	fill_slot(writer, task, birth, &event);
	if (event.text_length == 0)
		aw__writer_put_short(writer, AW__TASK_CREATED, task->id, event.args);
	else
		aw__ring_put(writer, AW__EVENTS, &event);
}

void aw_agent_task_named(struct aw_agent_task *task, const char *name, size_t length)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__event event = { .kind = AW__TASK_NAMED, .subject = task->id };
	struct aw__box_task *slot;

	if (writer == NULL)
		return;
	event.text = name;
	event.text_length = name_length(name, length);
	slot = aw__task_slot(task);
	if (slot != NULL) {
		slot_begin(slot);
		slot_name(slot, name, event.text_length);
		AW__STORE(slot->status, (AW__LOAD(slot->status) & ~STATUS(0, 0, 0, 0xff)) |
						STATUS(0, 0, 0, event.text_length));
		slot_end(slot);
	}
	aw__writer_now(writer);
	aw__ring_put(writer, AW__EVENTS, &event);
}

void aw_agent_task_function(struct aw_agent_task *task, aw_intern function)
{
	struct aw__writer *writer = aw__writer_get();
	const uint64_t args[AW__EVENT_ARGS] = { function };
	struct aw__box_task *slot;

	if (writer == NULL || function == AW_NONE)
		return;
	task->coroutine = function;
	slot = aw__task_slot(task);
	if (slot != NULL) {
		slot_begin(slot);
		AW__STORE(slot->coroutine_stack,
			  (uint64_t)function << 32 | (uint32_t)AW__LOAD(slot->coroutine_stack));
		slot_end(slot);
	}
	aw__writer_now(writer);
	aw__writer_put_short(writer, AW__TASK_FUNCTION, task->id, args);
}

/* Note which task the thread's loop runs now, for the detectors. */
static inline void note_current(const struct aw__writer *writer, uint64_t task, uint32_t slot)
{
	if (writer->loop == NULL)
		return;
	AW__STORE(writer->loop->task, task);
	AW__STORE(writer->loop->task_slot, slot);
}

static inline void step(struct aw__writer *writer, const struct aw_agent_task *task, uint64_t now)
{
	struct aw__box_task *slot = aw__task_slot(task);
	uint64_t steps;

	writer->ended = 0;
	if (slot != NULL) {
		steps = AW__LOAD(slot->loop_steps);
		/* the loop was not known when the task was created: it is this thread's */
		if (__builtin_expect(steps >> 32 == 0, 0) && writer->loop != NULL)
			steps |= AW__LOAD(writer->loop->id) << 32;
		slot_begin(slot);
		AW__STORE(slot->changed_ns, now);
		AW__STORE(slot->loop_steps, (uint32_t)steps == UINT32_MAX ? steps : steps + 1);
		AW__STORE(slot->status,
			  (AW__LOAD(slot->status) & WITHOUT_STATE) | AW__TASK_RUNNING);
		slot_end(slot);
	}
	note_current(writer, task->id, slot != NULL ? task->slot : 0);
	put_step(writer, AW__TASK_STEP, task->id, 0, 0);
}

void aw_agent_task_step(struct aw_agent_task *task)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer != NULL)
		step(writer, task, aw__writer_now(writer));
}

/* Uses the time that was read last, unless the writer has waited for room in a ring since. */
void aw_agent_task_step_next(struct aw_agent_task *task)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	if (__builtin_expect(writer->waited, 0)) {
		writer->waited = false;
		aw__writer_now(writer);
	}
	step(writer, task, writer->now_ns);
}

/* The step that began at changed_ns is over. */
static void slot_pause(struct aw__box_task *slot, uint64_t now, uint64_t status, uint64_t target)
{
	slot_begin(slot);
	AW__STORE(slot->run_ns, AW__LOAD(slot->run_ns) + (now - AW__LOAD(slot->changed_ns)));
	AW__STORE(slot->changed_ns, now);
	AW__STORE(slot->wait_target, target);
	AW__STORE(slot->wait_stack, 0);
	AW__STORE(slot->status, (AW__LOAD(slot->status) & WITHOUT_STATE) | status);
	slot_end(slot);
}

void aw_agent_task_wait(struct aw_agent_task *task, enum aw_agent_wait kind, uint64_t target)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_task *slot;
	uint64_t now;

	if (writer == NULL)
		return;
	now = aw__writer_now(writer);
	slot = aw__task_slot(task);
	if (slot != NULL)
		slot_pause(slot, now, STATUS(AW__TASK_WAITING, kind, 0, 0), target);
	note_current(writer, 0, 0);
	put_step(writer, AW__TASK_WAIT, task->id, kind, target);
}

bool aw_agent_wait_stacks(void)
{
	return AW__OPTION(wait_stacks) && AW__OPTION(stack_depth) > 0;
}

void aw_agent_task_waits_for(struct aw_agent_task *task, enum aw_agent_wait kind, uint64_t target)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_task *slot;
	uint64_t status;

	if (writer == NULL)
		return;
	slot = aw__task_slot(task);
	status = slot != NULL ? AW__LOAD(slot->status) : 0;
	if ((status & 0xff) == AW__TASK_WAITING) {
		slot_begin(slot);
		AW__STORE(slot->wait_target, target);
		AW__STORE(slot->status,
			  (status & WITHOUT_STATE) | STATUS(AW__TASK_WAITING, kind, 0, 0));
		slot_end(slot);
	}
	put_step(writer, AW__TASK_WAIT, task->id, kind, target);
}

void aw_agent_task_waits_at(struct aw_agent_task *task, aw_intern stack)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_task *slot;

	if (writer == NULL || stack == AW_NONE || stack == AW_STACK_NONE)
		return;
	slot = aw__task_slot(task);
	if (slot != NULL) {
		slot_begin(slot);
		AW__STORE(slot->wait_stack, stack);
		slot_end(slot);
	}
	put_step(writer, AW__TASK_WAITS_AT, task->id, stack, 0);
}

void aw_agent_task_woken(struct aw_agent_task *task, uint64_t by)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_task *slot;

	if (writer == NULL)
		return;
	slot = aw__task_slot(task);
	if (slot != NULL) {
		if (by == 0 ||
		    by != writer->ended) /* by a task whose end was recorded just now, with the time */
			aw__writer_now(writer);
		slot_begin(slot);
		AW__STORE(slot->changed_ns, writer->now_ns);
		AW__STORE(slot->status, (AW__LOAD(slot->status) & WITHOUT_STATE) | AW__TASK_READY);
		slot_end(slot);
	}
	put_step(writer, AW__TASK_WOKEN, task->id, by, 0);
}

static void free_slot(struct aw__writer *writer, struct aw_agent_task *task)
{
	const struct aw__box_task *slot = aw__task_slot(task);

	if (slot != NULL && slot == &writer->slots[task->slot])
		aw__slot_give(writer, task->slot);
	else if (task->slot == refused() && AW__LOAD(aw__header()->task_refused) > 0)
		atomic_fetch_sub_explicit(&aw__header()->task_refused, 1, memory_order_relaxed);
	task->slot = 0;
}

void aw_agent_task_done(struct aw_agent_task *task, enum aw_agent_outcome outcome, uint64_t error)
{
	uint64_t args[AW__EVENT_ARGS] = { outcome, error };
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_task *slot;
	uint64_t now;

	if (writer == NULL)
		return;
	now = aw__writer_now(writer);
	writer->ended = task->id;
	slot = aw__task_slot(task);
	if (slot != NULL) {
		const uint64_t was = AW__LOAD(slot->status) & 0xff;

		if (was !=
		    AW__TASK_RUNNING) /* it ends without a step: cancelled before its first */
			AW__STORE(slot->changed_ns, now);
		/* its error is stored where its wait target was */
		slot_pause(slot, now, STATUS(AW__TASK_FINISHED, 0, outcome, 0), error);
		args[2] = AW__LOAD(slot->run_ns);
		args[3] = AW__LOAD(slot->loop_steps) & UINT32_MAX;
	}
	if (__builtin_expect(task->cancel_stack != 0, 0))
		aw__cancels_forget(task);
	note_current(writer, 0, 0);
	aw__writer_put_short(writer, AW__TASK_DONE, task->id, args);
	/* A task that failed stays listed until its error is retrieved or lost. */
	if (error == 0)
		free_slot(writer, task);
}

static void set_flag(const struct aw_agent_task *task, enum aw__task_flags flag, bool set)
{
	struct aw__box_task *slot = aw__writer_get() != NULL ? aw__task_slot(task) : NULL;
	uint64_t status;

	if (slot == NULL)
		return;
	status = AW__LOAD(slot->status) & ~AW__STATUS_FLAG(flag);
	slot_begin(slot);
	AW__STORE(slot->status, status | (set ? AW__STATUS_FLAG(flag) : 0));
	slot_end(slot);
}

void aw_agent_task_scoped(struct aw_agent_task *task, uint64_t scope)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_task *slot = writer != NULL ? aw__task_slot(task) : NULL;

	if (slot == NULL)
		return;
	slot_begin(slot);
	AW__STORE(slot->scope, scope);
	if (scope == 0) /* its error is held from now on */
		AW__STORE(slot->changed_ns, aw__writer_now(writer));
	slot_end(slot);
}

void aw_agent_task_unreferenced(struct aw_agent_task *task, bool unreferenced)
{
	set_flag(task, AW__TASK_UNREFERENCED, unreferenced);
}

void aw_agent_task_timed(struct aw_agent_task *task, bool timed)
{
	set_flag(task, AW__TASK_TIMED, timed);
}

void aw_agent_task_shields(struct aw_agent_task *task, bool shields)
{
	set_flag(task, AW__TASK_SHIELDS, shields);
}

void aw_agent_error_lost(struct aw_agent_task *owner, uint64_t error)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	aw__cancel_tell(writer, owner);
	aw__task_finding(writer, owner,
			 &(struct aw__task_found){ .kind = AW__NEVER_RETRIEVED, .error = error });
	free_slot(writer, owner);
}

/* Whether the error may have been reported as held: then the ring of findings must say that it no longer is. */
static bool was_held(const struct aw__writer *writer, const struct aw_agent_task *owner)
{
	const struct aw__box_task *slot = aw__task_slot(owner);

	return slot != NULL && AW__LOAD(slot->scope) == 0 &&
	       writer->now_ns - AW__LOAD(slot->changed_ns) >= AW__OPTION(held_ns);
}

void aw_agent_error_retrieved(struct aw_agent_task *owner, uint64_t error,
			      const struct aw_agent_task *by)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__event event = { .kind = AW__ERROR_RETRIEVED, .subject = error };

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	event.retrieved.owner = owner->id;
	event.retrieved.by = by != NULL ? by->id : 0;
	aw__ring_put(writer, was_held(writer, owner) ? AW__FINDINGS : AW__EVENTS, &event);
	free_slot(writer, owner);
}

void aw_agent_task_forsaken(struct aw_agent_task *task)
{
	struct aw__writer *writer = aw__writer_get();

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	set_flag(task, AW__TASK_FORSAKEN, true);
	aw__task_finding(writer, task,
			 &(struct aw__task_found){
				 .kind = AW__LEAKED_TASK,
				 .text = "nothing refers to what it waits for",
			 });
}

/* Its end is recorded like that of any other task, so that no reader takes it for one that goes on. */
void aw_agent_task_destroyed_pending(struct aw_agent_task *task)
{
	uint64_t args[AW__EVENT_ARGS] = { AW__OUTCOME_DESTROYED };
	struct aw__writer *writer = aw__writer_get();
	const struct aw__box_task *slot = writer != NULL ? aw__task_slot(task) : NULL;

	if (writer == NULL)
		return;
	aw__writer_now(writer);
	aw__task_finding(writer, task, &(struct aw__task_found){ .kind = AW__DESTROYED_PENDING });
	if (slot != NULL) {
		args[2] = AW__LOAD(slot->run_ns);
		args[3] = AW__LOAD(slot->loop_steps) & UINT32_MAX;
	}
	aw__writer_put_short(writer, AW__TASK_DONE, task->id, args);
	free_slot(writer, task);
}
