/* SPDX-License-Identifier: MIT */
/*
 * Tests of reading a box whose contents are wrong or change during the read. The recorder makes a box; each case
 * changes some words of a copy, and checks what the cursor returns.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "agent/record/box_tables.h"
#include "agent/record/recorder.h"
#include "agent/record/ring.h"
#include "base/clock.h"
#include "box_fixture.h"

#define NAMED 300u

/* A copy of the box in whole pages, so that pages can be made unreadable. */
struct copy {
	unsigned char *bytes;
	size_t size;
	struct aw__box_header *header;
	struct aw__box_ring *rings;
};

static uint64_t now = 1000000000;

static uint64_t read_now(void)
{
	return now;
}

static struct copy copy_box(void)
{
	const struct aw__box *box = box_fixture_box();
	struct copy copy = { .size = box->bytes };

	copy.bytes =
		mmap(NULL, copy.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(copy.bytes != MAP_FAILED);
	memcpy(copy.bytes, box->base, copy.size);
	copy.header = (struct aw__box_header *)copy.bytes;
	copy.rings = (struct aw__box_ring *)(copy.bytes + copy.header->rings_offset);
	return copy;
}

struct seen {
	unsigned events[AW__EVENT_KINDS];
	unsigned definitions;
	uint64_t longest_list, longest_text, lost, history, last_ns;
	bool in_order;
	struct aw__event row; /* the last AW__TASK_STATE */
	uint64_t row_list[AW__STATE_NUMBERS];
};

static void take(struct seen *seen, const struct aw__item *item)
{
	const struct aw__event *event = &item->event;

	if (item->kind == AW__ITEM_DEFINITION)
		seen->definitions++;
	if (item->kind != AW__ITEM_EVENT)
		return;
	assert_in_range(event->kind, 1, AW__EVENT_KINDS - 1);
	seen->events[event->kind]++;
	if (event->list_length > seen->longest_list)
		seen->longest_list = event->list_length;
	if (event->text_length > seen->longest_text)
		seen->longest_text = event->text_length;
	if (event->kind == AW__EVENTS_LOST)
		*(event->lost.what == AW__LOST_HISTORY ? &seen->history : &seen->lost) +=
			event->lost.count;
	if (event->kind == AW__TASK_STATE) {
		seen->row = *event;
		memcpy(seen->row_list, event->list, sizeof(seen->row_list));
	}
	if (event->kind == AW__TASK_NAMED || event->kind == AW__LOOP_OPENED) {
		seen->in_order = seen->in_order && event->time_ns >= seen->last_ns;
		seen->last_ns = event->time_ns;
	}
}

static struct seen read_on(struct aw__box_cursor *cursor)
{
	struct seen seen = { .in_order = true };
	struct aw__item item;
	unsigned items = 0;

	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item)) {
		take(&seen, &item);
		assert_true(++items < 100000);
	}
	return seen;
}

static struct seen read_copy(const struct copy *copy, bool snapshot)
{
	struct aw__problem problem = { "" };
	struct aw__box_cursor *cursor;
	struct aw__box box;
	struct seen seen;

	assert_true(aw__box_view(&box, copy->bytes, copy->size, "copy", &problem));
	cursor = aw__box_cursor_create(&box);
	if (snapshot)
		aw__box_cursor_snapshot(cursor);
	seen = read_on(cursor);
	aw__box_cursor_destroy(cursor);
	aw__box_close(&box);
	return seen;
}

/* Records one task that is renamed again and again, with an event in the findings' ring at each 50th name. */
static struct aw_agent_task task;
static struct aw_agent_loop loop;

static int record(void **state)
{
	const struct aw_agent_birth birth = { .name = "first", .name_length = 5 };

	task.id = aw_agent_new_task_id();
	aw_agent_task_created(&task, &birth);
	for (unsigned i = 0; i < NAMED; i++) {
		now += 10;
		aw_agent_task_named(&task, "a name of two units, or so it seems to be", 40);
		now += 10;
		if (i % 50 == 0) {
			loop.id = 0;
			aw_agent_loop_opened(&loop, "loop");
		}
	}
	return 0;
}

static uint64_t *unit(const struct copy *copy, uint64_t number)
{
	const struct aw__box_ring *ring = &copy->rings[AW__EVENTS];

	return (uint64_t *)(copy->bytes + ring->offset +
			    (number & (ring->capacity - 1)) * AW__UNIT_BYTES);
}

/* The position of the n-th AW__TASK_NAMED record. */
static uint64_t named(const struct copy *copy, unsigned n)
{
	const uint64_t head = copy->rings[AW__EVENTS].head;

	for (uint64_t at = 0; at < head; at++)
		if ((*unit(copy, at) & 0xffff) == (AW__TASK_NAMED | AW__UNIT_FIRST << 8) &&
		    n-- == 0)
			return at;
	fail_msg("no such record");
	return 0;
}

static uint64_t word0(uint64_t kind, uint64_t more, uint64_t list_length, uint64_t text_length)
{
	return kind | AW__UNIT_FIRST << 8 | more << 16 | list_length << 32 | text_length << 48;
}

static void drop(struct copy *copy)
{
	munmap(copy->bytes, copy->size);
}

static void box__gives_all_in_order(void **state)
{
	struct copy copy = copy_box();
	const struct seen seen = read_copy(&copy, false);

	assert_int_equal(seen.events[AW__TASK_NAMED], NAMED);
	assert_int_equal(seen.events[AW__LOOP_OPENED], 6);
	assert_true(seen.in_order);
	assert_int_equal(seen.lost, 0);
	drop(&copy);
}

/* Replaces the first word of one record: the reader stays in bounds, and returns all other records. */
static void record_that_says(uint64_t word, uint64_t fewest)
{
	struct copy copy = copy_box();
	struct seen seen;

	*unit(&copy, named(&copy, 100)) = word;
	seen = read_copy(&copy, false);
	assert_in_range(seen.events[AW__TASK_NAMED], fewest, NAMED - 1);
	assert_true(seen.longest_list <= AW__RECORD_LIST_WORDS);
	assert_true(seen.longest_text <= AW__RECORD_TEXT_BYTES);
	assert_true(seen.lost > 0);
	drop(&copy);
}

static void box__refuses_impossible_records(void **state)
{
	record_that_says(word0(AW__TASK_NAMED, 100, AW__RECORD_LIST_WORDS + 1, 0), NAMED - 1);
	record_that_says(word0(AW__TASK_NAMED, 100, 0, AW__RECORD_TEXT_BYTES + 1), NAMED - 1);
	record_that_says(word0(AW__TASK_NAMED, 100, UINT16_MAX, 0), NAMED - 1);
	record_that_says(word0(AW__TASK_NAMED, 1, 8, 0), NAMED - 1);
	record_that_says(word0(AW__TASK_NAMED, 1, 0, 57), NAMED - 1);
	record_that_says(word0(AW__TASK_NAMED, 1, 5, 17), NAMED - 1);
	record_that_says(word0(AW__EVENT_KINDS, 1, 0, 1), NAMED - 1);
	record_that_says(word0(0, 1, 0, 1), NAMED - 1);
	record_that_says(AW__TASK_NAMED | AW__UNIT_MORE << 8, NAMED - 1);
	record_that_says(word0(AW__TASK_NAMED, UINT16_MAX, 0, 1), NAMED - 1);
}

/* A record with the longest list and the longest text is returned. */
static void box__gives_records_of_any_length(void **state)
{
	struct copy copy = copy_box();
	struct seen seen;

	*unit(&copy, named(&copy, 100)) = word0(AW__TASK_NAMED, AW__RECORD_MAX_UNITS - 1,
						AW__RECORD_LIST_WORDS, AW__RECORD_TEXT_BYTES);
	seen = read_copy(&copy, false);
	assert_int_equal(seen.longest_list, AW__RECORD_LIST_WORDS);
	assert_int_equal(seen.longest_text, AW__RECORD_TEXT_BYTES);
	drop(&copy);
}

/* The last record claims units beyond the head, which were not published yet. */
static void box__a_record_ends_below_the_head(void **state)
{
	struct copy copy = copy_box();
	const uint64_t at = named(&copy, NAMED - 1);
	struct seen seen;

	*unit(&copy, at) = word0(AW__TASK_NAMED, copy.rings[AW__EVENTS].head - at, 0, 40);
	seen = read_copy(&copy, false);
	assert_int_equal(seen.events[AW__TASK_NAMED], NAMED - 1);
	drop(&copy);
}

static void box__invalid_rings_are_skipped(void **state)
{
	struct copy copy = copy_box();
	struct aw__box_ring *ring = &copy.rings[AW__EVENTS];
	const struct aw__box_ring good = *ring;

	ring->capacity = good.capacity - 1;
	assert_int_equal(read_copy(&copy, false).events[AW__TASK_NAMED], 0);
	ring->capacity = 0;
	assert_int_equal(read_copy(&copy, false).events[AW__TASK_NAMED], 0);
	ring->capacity = UINT64_C(1) << 40;
	assert_int_equal(read_copy(&copy, false).events[AW__TASK_NAMED], 0);
	ring->capacity = good.capacity;
	ring->offset = copy.size - 64;
	assert_int_equal(read_copy(&copy, false).events[AW__TASK_NAMED], 0);
	ring->offset = UINT64_MAX - 63;
	assert_int_equal(read_copy(&copy, false).events[AW__TASK_NAMED], 0);
	ring->offset = good.offset;
	assert_int_equal(read_copy(&copy, false).events[AW__TASK_NAMED], NAMED);
	drop(&copy);
}

/* The writer has reserved the units of the first records, so it may be overwriting them. */
static void box__what_may_be_overwritten_is_lost_and_counted(void **state)
{
	struct copy copy = copy_box();
	const uint64_t first = named(&copy, 10);
	struct seen seen;

	copy.rings[AW__EVENTS].reserved = copy.rings[AW__EVENTS].capacity + first;
	seen = read_copy(&copy, false);
	assert_int_equal(seen.events[AW__TASK_NAMED], NAMED - 10);
	assert_int_equal(seen.lost + seen.history, first);
	drop(&copy);
}

static void box__a_head_that_goes_back_gives_nothing_twice(void **state)
{
	struct copy copy = copy_box();
	struct aw__problem problem;
	struct aw__box_cursor *cursor;
	struct aw__box box;
	struct seen seen;

	assert_true(aw__box_view(&box, copy.bytes, copy.size, "copy", &problem));
	cursor = aw__box_cursor_create(&box);
	assert_int_equal(read_on(cursor).events[AW__TASK_NAMED], NAMED);
	copy.rings[AW__EVENTS].head -= 4;
	seen = read_on(cursor);
	assert_int_equal(seen.events[AW__TASK_NAMED], 0);
	assert_int_equal(seen.lost, 0);
	copy.rings[AW__EVENTS].head += 4;
	assert_int_equal(read_on(cursor).events[AW__TASK_NAMED], 0);
	aw__box_cursor_destroy(cursor);
	drop(&copy);
}

/* A ring never shrinks, so the reader ignores a smaller capacity. */
static void box__a_ring_that_shrinks_stays_as_it_was(void **state)
{
	struct copy copy = copy_box();
	struct aw__problem problem;
	struct aw__box_cursor *cursor;
	struct aw__box box;

	assert_true(aw__box_view(&box, copy.bytes, copy.size, "copy", &problem));
	cursor = aw__box_cursor_create(&box);
	aw__box_cursor_mark(cursor);
	copy.rings[AW__EVENTS].capacity = 2;
	assert_int_equal(read_on(cursor).events[AW__TASK_NAMED], NAMED);
	aw__box_cursor_destroy(cursor);
	drop(&copy);
}

/* Events that were overwritten before the reader came are reported as history, not as lost. */
static void box__history_is_no_loss(void **state)
{
	struct copy copy = copy_box();
	struct aw__box_ring *ring = &copy.rings[AW__EVENTS];
	struct aw__problem problem;
	struct aw__box_cursor *cursor;
	struct aw__box box;
	struct seen seen;

	ring->head += ring->capacity;
	ring->reserved = ring->head;
	assert_true(aw__box_view(&box, copy.bytes, copy.size, "copy", &problem));
	cursor = aw__box_cursor_create(&box);
	seen = read_on(cursor);
	assert_true(seen.history > 0);
	assert_int_equal(seen.lost, 0);
	assert_int_equal(aw__box_cursor_lost(cursor), 0);
	aw__box_cursor_destroy(cursor);
	drop(&copy);
}

static void box__refused_definitions_are_counted_once(void **state)
{
	struct copy copy = copy_box();
	struct aw__problem problem;
	struct aw__box_cursor *cursor;
	struct aw__box box;

	copy.header->arena_refused = 3;
	assert_true(aw__box_view(&box, copy.bytes, copy.size, "copy", &problem));
	cursor = aw__box_cursor_create(&box);
	assert_int_equal(read_on(cursor).lost, 3);
	assert_int_equal(read_on(cursor).lost, 0);
	copy.header->arena_refused = 5;
	assert_int_equal(read_on(cursor).lost, 2);
	assert_int_equal(aw__box_cursor_lost(cursor), 5);
	aw__box_cursor_destroy(cursor);
	drop(&copy);
}

/* ---- definitions ---- */

static void box__definitions_end_with_the_arena(void **state)
{
	struct copy copy = copy_box();
	struct aw__problem problem;
	struct aw__definition definition;
	struct aw__box_entry *entry;
	struct aw__box box;
	uint64_t last;

	/* one more definition of eight bytes, after the others */
	last = copy.header->arena_end;
	copy.header->arena_end += sizeof(*entry) + 8;
	entry = (struct aw__box_entry *)(copy.bytes + copy.header->arena_offset + last);
	assert_true(aw__box_view(&box, copy.bytes, copy.size, "copy", &problem));
	*entry = (struct aw__box_entry){ .kind = AW__STRING, .text_length = 8 };
	assert_true(aw__box_definition(&box, last / 8, &definition));
	entry->text_length = 9;
	assert_false(aw__box_definition(&box, last / 8, &definition));
	*entry = (struct aw__box_entry){ .kind = AW__STACK, .number_count = 1 };
	assert_true(aw__box_definition(&box, last / 8, &definition));
	entry->text_length = 1;
	assert_false(aw__box_definition(&box, last / 8, &definition));
	*entry = (struct aw__box_entry){ .kind = AW__STACK, .number_count = 2 };
	assert_false(aw__box_definition(&box, last / 8, &definition));
	*entry = (struct aw__box_entry){ .kind = AW__DEFINITION_KINDS };
	assert_false(aw__box_definition(&box, last / 8, &definition));
	*entry = (struct aw__box_entry){ .kind = 0 };
	assert_false(aw__box_definition(&box, last / 8, &definition));
	assert_false(aw__box_definition(&box, 0, &definition));
	assert_false(aw__box_definition(&box, last / 8 + 2, &definition));
	drop(&copy);
}

/* Longer definitions would fit into the arena, but no recorder writes them. */
static void box__definitions_have_a_length_limit(void **state)
{
	struct copy copy = copy_box();
	struct aw__problem problem;
	struct aw__definition definition;
	struct aw__box_entry *entry;
	struct aw__box box;
	const uint64_t last = copy.header->arena_end;

	copy.header->arena_end += sizeof(*entry) + 8 * AW__ENTRY_NUMBERS + AW__ENTRY_TEXT_BYTES + 8;
	entry = (struct aw__box_entry *)(copy.bytes + copy.header->arena_offset + last);
	assert_true(aw__box_view(&box, copy.bytes, copy.size, "copy", &problem));
	*entry = (struct aw__box_entry){ .kind = AW__STACK,
					 .number_count = AW__ENTRY_NUMBERS,
					 .text_length = AW__ENTRY_TEXT_BYTES };
	assert_true(aw__box_definition(&box, last / 8, &definition));
	entry->number_count++;
	assert_false(aw__box_definition(&box, last / 8, &definition));
	entry->number_count--;
	entry->text_length++;
	assert_false(aw__box_definition(&box, last / 8, &definition));
	drop(&copy);
}

/* ---- rows ---- */

static struct aw__box_task *slot_of(const struct copy *copy)
{
	return (struct aw__box_task *)(copy->bytes + copy->header->tasks_offset) + task.slot;
}

static void box__a_name_is_cut_at_the_end_of_its_field(void **state)
{
	struct copy copy = copy_box();
	struct seen seen = read_copy(&copy, true);

	assert_int_equal(seen.events[AW__TASK_STATE], 1);
	assert_int_equal(seen.row.text_length, 40);
	slot_of(&copy)->status |= UINT64_C(0xff) << 24;
	assert_int_equal(read_copy(&copy, true).row.text_length, AW__TASK_NAME_BYTES);
	drop(&copy);
}

static void box__a_lock_without_a_task_is_not_held(void **state)
{
	struct copy copy = copy_box();
	struct aw__box_hold *holds =
		(struct aw__box_hold *)(copy.bytes + copy.header->holds_offset);

	holds[1] = (struct aw__box_hold){ .resource = 9, .task = task.id };
	holds[2] = (struct aw__box_hold){ .resource = 10, .task = 0 };
	holds[3] = (struct aw__box_hold){ .resource = 0, .task = task.id };
	assert_int_equal(read_copy(&copy, true).events[AW__RESOURCE_HELD], 1);
	drop(&copy);
}

/*
 * A slot that is written while it is copied. It lies across two pages, and the second one is unreadable at first. When the
 * reader faults there, the first page is made unreadable instead; when the reader comes back to that one, the whole slot
 * is rewritten, as its thread would do. So the words that were copied by then are old, and the others are new.
 */
static struct aw__box_task *torn_slot;
static unsigned char *torn_page;
static volatile sig_atomic_t faults;

static void write_slot(struct aw__box_task *slot, uint64_t value)
{
	slot->id = slot->creator = slot->created_ns = slot->changed_ns = value;
	slot->run_ns = slot->wait_target = slot->scope = value;
	slot->coroutine_stack = value << 32 | value;
	slot->loop_steps = value << 32 | value;
	slot->status = AW__TASK_WAITING | value << 8;
}

static void on_fault(int number)
{
	if (faults++ == 0) {
		mprotect(torn_page, 4096, PROT_READ | PROT_WRITE);
		mprotect(torn_page - 4096, 4096, PROT_NONE);
		return;
	}
	mprotect(torn_page - 4096, 4096, PROT_READ | PROT_WRITE);
	torn_slot->sequence++;
	write_slot(torn_slot, 2);
	torn_slot->sequence++;
}

static void catch_faults(struct sigaction *ret_before)
{
	struct sigaction action = { .sa_handler = on_fault };

	faults = 0;
	assert_int_equal(mprotect(torn_page, 4096, PROT_NONE), 0);
	assert_int_equal(sigaction(SIGSEGV, &action, ret_before), 0);
}

static void box__a_torn_slot_is_read_again(void **state)
{
	struct copy copy = copy_box();
	struct sigaction before;
	struct seen seen;

	/* slot 1 starts 64 bytes before a page boundary */
	torn_page = copy.bytes + (copy.header->tasks_offset / 4096 + 2) * 4096;
	copy.header->tasks_offset = (uint64_t)(torn_page - copy.bytes) - 64 - sizeof(*torn_slot);
	copy.header->task_used = 2;
	torn_slot = (struct aw__box_task *)(torn_page - 64);
	memset(torn_slot - 1, 0, 2 * sizeof(*torn_slot));
	torn_slot->sequence = 2;
	write_slot(torn_slot, 1);
	catch_faults(&before);
	seen = read_copy(&copy, true);
	sigaction(SIGSEGV, &before, NULL);
	assert_int_equal(faults, 2);
	assert_int_equal(seen.events[AW__TASK_STATE], 1);
	assert_int_equal(seen.row.subject, 2);
	assert_int_equal(seen.row.state.creator, 2);
	assert_int_equal(seen.row.state.stack, 2);
	assert_int_equal(seen.row.state.loop, 2);
	assert_int_equal(seen.row_list[AW__STATE_WAIT_KIND], 2);
	assert_int_equal(seen.row_list[AW__STATE_CREATED_NS], 2);
	drop(&copy);
}

/* The same for the watchdog, which reads the recorder's own table. */
static void slots__a_torn_one_is_read_again(void **state)
{
	struct aw__box_task *own = aw__recorder.slots;
	unsigned char *pages =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct aw__task_view view = { 0 };
	struct sigaction before;
	bool seen;

	torn_page = pages + 4096;
	torn_slot = (struct aw__box_task *)(torn_page - 64);
	torn_slot->sequence = 2;
	write_slot(torn_slot, 1);
	catch_faults(&before);
	aw__recorder.slots = torn_slot - 1;
	seen = aw__slot_view(1, &view);
	sigaction(SIGSEGV, &before, NULL);
	assert_int_equal(faults, 2);
	assert_true(seen);
	assert_int_equal(view.task.id, 2);
	assert_int_equal(view.created_ns, 2);
	assert_int_equal(view.loop, 2);
	assert_int_equal(AW__VIEW_WAIT(&view), 2);
	/* a slot that is being written is not returned */
	torn_slot->sequence++;
	seen = aw__slot_view(1, &view);
	aw__recorder.slots = own;
	assert_false(seen);
	munmap(pages, 8192);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(box__gives_all_in_order),
		cmocka_unit_test(box__refuses_impossible_records),
		cmocka_unit_test(box__gives_records_of_any_length),
		cmocka_unit_test(box__a_record_ends_below_the_head),
		cmocka_unit_test(box__invalid_rings_are_skipped),
		cmocka_unit_test(box__what_may_be_overwritten_is_lost_and_counted),
		cmocka_unit_test(box__a_head_that_goes_back_gives_nothing_twice),
		cmocka_unit_test(box__a_ring_that_shrinks_stays_as_it_was),
		cmocka_unit_test(box__history_is_no_loss),
		cmocka_unit_test(box__refused_definitions_are_counted_once),
		cmocka_unit_test(box__definitions_end_with_the_arena),
		cmocka_unit_test(box__definitions_have_a_length_limit),
		cmocka_unit_test(box__a_name_is_cut_at_the_end_of_its_field),
		cmocka_unit_test(box__a_lock_without_a_task_is_not_held),
		cmocka_unit_test(box__a_torn_slot_is_read_again),
		cmocka_unit_test(slots__a_torn_one_is_read_again),
	};
	const struct aw__record_options options = box_fixture_small();
	int failed;

	aw__clock_set_monotonic(read_now);
	box_fixture_open(&options);
	failed = cmocka_run_group_tests_name("box", tests, record, NULL);
	return box_fixture_close() ? failed : 1;
}
