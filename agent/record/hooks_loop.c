/* SPDX-License-Identifier: MIT */
/*
 * Hooks of loops. The loop's thread notes in the box when it wakes up, when it goes back to its poll, and how long the iteration took;
 * the agent's thread looks there for blocked loops (agent/watch/watch_blocked.c).
 */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/record/atomics.h"
#include "agent/record/box_tables.h"
#include "agent/record/recorder.h"
#include "agent/record/ring.h"
#include "agent/record/writer.h"

static void label_loop(struct aw__box_loop *loop, const char *label)
{
	const size_t most = AW__LOOP_LABEL_WORDS * 8 - 1;
	const size_t length = label != NULL ? strnlen(label, most) : 0;

	for (size_t i = 0; i < AW__LOOP_LABEL_WORDS; i++) {
		uint64_t word = 0;

		if (8 * i < length)
			memcpy(&word, label + 8 * i, length - 8 * i < 8 ? length - 8 * i : 8);
		AW__STORE(loop->label[i], word);
	}
}

/* Take a free entry of the loop table. Returns its index + 1; 0: there is none. */
static uint32_t take_entry(uint64_t id)
{
	for (uint32_t i = 0; i < aw__header()->loop_capacity; i++) {
		uint64_t free_id = 0;

		if (atomic_compare_exchange_strong(&aw__loop_table()[i].id, &free_id, id))
			return i + 1;
	}
	atomic_fetch_add_explicit(&aw__header()->loop_refused, 1, memory_order_relaxed);
	return 0;
}

struct aw__box_loop *aw__loop_entry(const struct aw_agent_loop *loop)
{
	struct aw__box_loop *entry;

	if (loop->slot == 0 || loop->slot > aw__header()->loop_capacity)
		return NULL;
	entry = &aw__loop_table()[loop->slot - 1];
	return AW__LOAD(entry->id) == loop->id ? entry : NULL;
}

void aw_agent_loop_opened(struct aw_agent_loop *loop, const char *label)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__event event = { .kind = AW__LOOP_OPENED };
	struct aw__box_loop *entry;

	if (writer == NULL)
		return;
	if (aw__loop_entry(loop) != NULL)
		return;
	if (loop->id == 0)
		loop->id = aw_agent_new_id();
	loop->slot = take_entry(loop->id);
	event.subject = loop->id;
	event.loop_opened.tid = (uint64_t)syscall(SYS_gettid);
	entry = aw__loop_entry(loop);
	if (entry != NULL) {
		AW__STORE(entry->tid, event.loop_opened.tid);
		AW__STORE(entry->thread, writer->thread);
		AW__STORE(entry->busy_since_ns, 0);
		AW__STORE(entry->iterations, 0);
		AW__STORE(entry->task, 0);
		AW__STORE(entry->finding, 0);
		AW__STORE(entry->stuck, AW__NOT_STUCK);
		AW__STORE(entry->interpreter, 0);
		label_loop(entry, label);
	}
	aw__writer_now(writer);
	event.text = label;
	event.text_length =
		label != NULL ? (uint32_t)strnlen(label, AW__LOOP_LABEL_WORDS * 8 - 1) : 0;
	aw__ring_put(writer, AW__FINDINGS, &event);
}

/* A reader that sees this iteration's number also sees that the loop is no longer stuck: stuck_at() in agent/watch/deadlock.c. */
static inline void begin_iteration(struct aw__box_loop *entry)
{
	AW__STORE(entry->stuck, AW__NOT_STUCK);
	AW__STORE_RELEASE(entry->iterations, AW__LOAD(entry->iterations) + 1);
}

void aw_agent_loop_busy(struct aw_agent_loop *loop)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_loop *entry;

	if (writer == NULL)
		return;
	entry = aw__loop_entry(loop);
	writer->loop = entry;
	if (entry == NULL)
		return;
	begin_iteration(entry);
	AW__STORE_RELEASE(entry->busy_since_ns, aw__writer_now(writer));
}

void aw_agent_loop_stuck(struct aw_agent_loop *loop)
{
	struct aw__box_loop *entry = aw__writer_get() != NULL ? aw__loop_entry(loop) : NULL;

	if (entry != NULL)
		AW__STORE_RELEASE(entry->stuck, AW__STUCK);
}

static void tell_unblocked(struct aw__writer *writer, const struct aw_agent_loop *loop,
			   struct aw__box_loop *entry, uint64_t duration_ns)
{
	struct aw__event event = { .kind = AW__LOOP_UNBLOCKED, .subject = loop->id };

	event.loop_unblocked.finding = atomic_exchange(&entry->finding, 0);
	event.loop_unblocked.duration_ns = duration_ns;
	aw__ring_put(writer, AW__FINDINGS, &event);
}

/*
 * Count how long the iteration took. Only this thread writes to these words.
 *
 * The clock is read for this, once a poll: the time that was read for the last task would miss a callback that took long
 * after it.
 */
static uint64_t count_lag(struct aw__writer *writer, struct aw__box_loop *entry, uint64_t since_ns)
{
	const uint64_t lag_ns = aw__writer_now(writer) - since_ns;
	_Atomic uint64_t *count = &entry->lags[aw__lag_bucket(lag_ns)];

	AW__STORE(*count, AW__LOAD(*count) + 1);
	if (__builtin_expect(lag_ns > AW__LOAD(entry->longest_ns), 0))
		AW__STORE(entry->longest_ns, lag_ns);
	return lag_ns;
}

/* False: it was not busy. */
static inline bool end_iteration(struct aw__writer *writer, const struct aw_agent_loop *loop,
				 struct aw__box_loop *entry)
{
	const uint64_t since_ns = AW__LOAD(entry->busy_since_ns);
	const uint64_t lag_ns = since_ns != 0 ? count_lag(writer, entry, since_ns) : 0;

	if (__builtin_expect(AW__LOAD(entry->finding) != 0, 0))
		tell_unblocked(writer, loop, entry, lag_ns);
	AW__STORE(entry->task, 0);
	return since_ns != 0;
}

void aw_agent_loop_idle(struct aw_agent_loop *loop)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_loop *entry = writer != NULL ? aw__loop_entry(loop) : NULL;

	if (entry == NULL)
		return;
	end_iteration(writer, loop, entry);
	AW__STORE_RELEASE(entry->busy_since_ns, 0);
}

void aw_agent_loop_tick(struct aw_agent_loop *loop)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_loop *entry = writer != NULL ? aw__loop_entry(loop) : NULL;

	if (entry == NULL)
		return;
	if (!end_iteration(writer, loop, entry))
		aw__writer_now(writer);
	writer->loop = entry;
	begin_iteration(entry);
	AW__STORE_RELEASE(entry->busy_since_ns, writer->now_ns);
}

/*
 * Free the loop's entry: how long its iterations took is recorded in the ring instead. The entry is cleared before it is
 * freed, so that a reader never takes these numbers for those of the next loop.
 */
static void take_leave(struct aw__writer *writer, const struct aw_agent_loop *loop,
		       struct aw__box_loop *entry)
{
	uint64_t list[AW__LAG_LIST_WORDS];
	struct aw__event event = { .kind = AW__LOOP_LAGS, .subject = loop->id, .list = list };
	struct aw__lags lags = { .longest_ns = AW__LOAD(entry->longest_ns) };

	for (unsigned i = 0; i < AW__LAG_BUCKETS; i++) {
		lags.counts[i] = AW__LOAD(entry->lags[i]);
		AW__STORE(entry->lags[i], 0);
	}
	AW__STORE(entry->longest_ns, 0);
	event.loop_lags.longest_ns = lags.longest_ns;
	event.list_length = aw__lags_list(&lags, list);
	if (event.list_length > 0)
		aw__ring_put(writer, AW__FINDINGS, &event);
	AW__STORE_RELEASE(entry->id, 0);
}

void aw_agent_loop_closed(struct aw_agent_loop *loop)
{
	struct aw__event event = { .kind = AW__LOOP_CLOSED, .subject = loop->id };
	struct aw__writer *writer = aw__writer_get();
	struct aw__box_loop *entry;

	if (writer == NULL)
		return;
	aw_agent_loop_idle(loop);
	entry = aw__loop_entry(loop);
	if (writer->loop == entry)
		writer->loop = NULL;
	aw__writer_now(writer);
	if (entry != NULL)
		take_leave(writer, loop, entry);
	loop->slot = 0;
	aw__ring_put(writer, AW__FINDINGS, &event);
}
