/* SPDX-License-Identifier: MIT */
/*
 * The tables of fields that a model's image (a checkpoint of the index) stores of each struct; image_save.c and
 * image_load.c go by them. Static assertions fail when a struct gets a field that is not in its table.
 */
#include "viewer/model/image_fields.h"

#include <string.h>

/* Fails to compile when a struct changes its size: a new field must be added to its table, or left out on purpose. */
#define CARRIES(type, bytes)                                                                       \
	_Static_assert(sizeof(type) == (bytes), #type " has another size: add its new field to "   \
						      "the table, and raise AW__INDEX_VERSION")

/* clang-format off */
#define FIELD(type, name) \
	{ offsetof(type, name), sizeof(((type *)0)->name), _Generic(((type *)0)->name, bool: true, default: false) }

#define M(name) FIELD(struct aw__model, name)
static const struct aw__image_field model[] = {
	M(ended), M(snapshot), M(in_snapshot), M(snapshot_begin_ns), M(snapshot_tasks), M(snapshot_rows),
	M(snapshot_unlisted),
};

#define C(name) FIELD(struct aw__model, counts.name)
static const struct aw__image_field counts[] = {
	C(items), C(definitions), C(first_ns), C(last_ns), C(lost_events), C(history), C(lost_important),
	C(lost_records), C(unlisted_tasks), C(tasks_live), C(tasks_created), C(tasks_finished), C(tasks_result),
	C(tasks_error), C(tasks_cancelled), C(errors), C(errors_lost), C(errors_retrieved), C(handles_opened),
	C(handles_closed), C(tasks_beyond), C(errors_beyond), C(findings_beyond), C(definitions_beyond), C(nonsense), C(handles_beyond),
};

#define H(name) FIELD(struct aw__image_thread, name)
static const struct aw__image_field thread[] = { H(key), H(tid) };

#define L(name) FIELD(struct aw__loop, name)
static const struct aw__image_field loop[] = {
	L(id), L(tid), L(thread), L(closed), L(opened_ns), L(busy_since_ns), L(task), L(iterations), L(blocked_count),
	L(blocked_ns), L(blocked_max_ns), L(lags.longest_ns),
};

#define T(name) FIELD(struct aw__image_task, task.name)
static const struct aw__image_field task[] = {
	T(id), FIELD(struct aw__image_task, parent), T(facts.creator), T(facts.coroutine), T(facts.stack),
	T(facts.loop), T(known), T(live), T(vanished), T(state), T(outcome), T(wait_kind), T(wait_target), T(wait_stack), T(scope),
	T(known_since_ns), T(changed_ns), T(run_ns), T(steps), T(error), T(finding_count), T(error_count), T(snapshot),
	T(counted),
};

#define S(name) FIELD(struct aw__task_recorded, name)
static const struct aw__image_field recorded[] = {
	S(facts.creator), S(facts.coroutine), S(facts.stack), S(facts.loop), S(time_ns), S(state), S(outcome),
	S(wait_kind), S(wait_target), S(wait_stack),
	S(cancel.time_ns), S(cancel.by), S(cancel.stack), S(cancel.why), S(cancel.origin),
};

#define A(name) FIELD(struct aw__task_cancel, name)
static const struct aw__image_field cancel[] = {
	A(count), A(time_ns), A(by), A(stack), A(why), A(origin), A(deadline_ns),
};

#define G(name) FIELD(struct aw__error_group, name)
static const struct aw__image_field alike[] = { 
	G(first), G(count), G(type), G(site), G(stack), G(dropped[AW__DROPPED_LOST]), G(dropped[AW__DROPPED_TAKEN]),
	G(dropped[AW__DROPPED_PENDING]), G(among_first),
};

#define E(name) FIELD(struct aw__image_error, error.name)
static const struct aw__image_field error[] = {
	E(id), FIELD(struct aw__image_error, grouped), E(told), E(state), E(time_ns), E(type), E(task), E(site),
	E(stack), E(flags), E(cause), E(context), E(note_cursor), E(attribute_cursor), E(named_by), E(owner), E(taker),
	E(taken_ns), E(finding), E(found_count), E(among_first),
};

#define N(name) FIELD(struct aw__image_note, name)
static const struct aw__image_field note[] = { N(time_ns), N(key), N(attribute) };

#define F(name) FIELD(struct aw__found, name)
static const struct aw__image_field found[] = {
	F(id), F(time_ns), F(kind), F(thread), F(task), F(error), F(stack), F(value), F(coroutine), F(loop),
	F(coroutine_id), F(creator), F(by), F(wait_stack), F(lasted_ns),
};

#define R(name) FIELD(struct aw__found_group, name)
static const struct aw__image_field group[] = {
	R(kind), R(coroutine), R(stack), R(error_type), R(error_stack), R(count), R(first_ns), R(last_ns), R(longest_ns),
};

#define B(name) FIELD(struct aw__image_breaker, breaker.name)
static const struct aw__image_field breaker[] = {
	FIELD(struct aw__image_breaker, id), B(state), B(since_ns), B(failures),
};

#define D(name) FIELD(struct aw__handled, name)
static const struct aw__image_field handled[] = {
	D(attempt), D(attempts), D(outcome), D(delay_ns), D(breaker), D(breaker_state), D(breaker_since_ns),
	D(breaker_failures), D(services), D(service_index), D(service_failures), D(decided), D(severity),
	D(retry_count), D(wait_ns), D(again),
};

#define O(name) FIELD(struct aw__handle, name)
static const struct aw__image_field handle[] = { O(id), O(kind), O(task), O(opened_ns) };

static const struct aw__image_field by[] = { { 0, sizeof(uint64_t), false } };

#define TABLE(table) { table, sizeof(table) / sizeof((table)[0]) }
const struct aw__image_fields aw__image_fields[AW__IMAGE_ROWS] = {
	[AW__IMAGE_MODEL] = TABLE(model),   [AW__IMAGE_COUNTS] = TABLE(counts), [AW__IMAGE_THREAD] = TABLE(thread),
	[AW__IMAGE_LOOP] = TABLE(loop),     [AW__IMAGE_TASK] = TABLE(task),     [AW__IMAGE_RECORDED] = TABLE(recorded),
	[AW__IMAGE_CANCEL] = TABLE(cancel), [AW__IMAGE_ALIKE] = TABLE(alike),   [AW__IMAGE_ERROR] = TABLE(error),
	[AW__IMAGE_NOTE] = TABLE(note),     [AW__IMAGE_FOUND] = TABLE(found),   [AW__IMAGE_GROUP] = TABLE(group),
	[AW__IMAGE_BREAKER] = TABLE(breaker), [AW__IMAGE_HANDLED] = TABLE(handled), [AW__IMAGE_BY] = TABLE(by),
	[AW__IMAGE_HANDLE] = TABLE(handle),
};
/* clang-format on */

CARRIES(struct aw__model_counts, (26 + AW__EVENT_KINDS + AW__FINDING_KINDS) * 8);
CARRIES(struct aw__loop, 96 + AW__LAG_BUCKETS * 8);
CARRIES(struct aw__task_recorded, 152);
CARRIES(struct aw__task_cancel, 64);
CARRIES(struct aw__task, 216);
CARRIES(struct aw__error_group, 88);
CARRIES(struct aw__error, 200);
CARRIES(struct aw__handled, 160);
CARRIES(struct aw__breaker, 32);
CARRIES(struct aw__handle, 40);
CARRIES(struct aw__error_note, 24);
CARRIES(struct aw__found, 168);
CARRIES(struct aw__found_member, 32);
CARRIES(struct aw__model, 864 + sizeof(struct aw__model_counts) + sizeof(struct aw__hello));
CARRIES(struct aw__found_group, 112);

uint64_t aw__image_field_get(const struct aw__image_field *field, const void *object)
{
	const char *at = (const char *)object + field->offset;
	uint64_t number = 0;

	memcpy(&number, at, field->size); /* little-endian: the low bytes come first */
	return number;
}

bool aw__image_field_set(const struct aw__image_field *field, void *object, uint64_t number)
{
	if (field->size < sizeof(number) && number >> (8 * field->size) != 0)
		return false;
	if (field->is_bool && number > 1)
		return false;
	memcpy((char *)object + field->offset, &number, field->size);
	return true;
}
