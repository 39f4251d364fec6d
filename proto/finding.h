/* SPDX-License-Identifier: MIT */
/* The kinds of findings, in one table: number, id, title, meaning, advice and threshold of each. */
#ifndef AW__FINDING_H
#define AW__FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum aw__finding_kind {
	AW__NEVER_RETRIEVED = 1,
	AW__NEVER_AWAITED = 2,
	AW__DESTROYED_PENDING = 3,
	AW__BLOCKED_LOOP = 4,
	AW__LOST_EVENTS = 5,
	AW__SWALLOWED_CANCEL = 6,
	AW__DEADLOCK = 7,
	AW__ORPHAN_TASK = 8,
	AW__LEAKED_TASK = 9,
	AW__UNCLOSED_HANDLE = 10,
	AW__STARVED_TASK = 11,
	AW__BUSY_TASK = 12,
	AW__STACK_OVERFLOW = 13,
	AW__UNHANDLED_ERROR = 14,
	AW__SCOPE_LEFT_OPEN = 15,
	AW__HELD_ERROR = 16,
	AW__FINDING_KINDS
};

/* The detail of never-awaited, if its stack is not where the coroutine was made. */
#define AW__WHERE_DROPPED "dropped here; where it was made is not known"

/** Tell whether a finding's stack is where the coroutine was dropped, not where it was made. */
static inline bool aw__finding_where_dropped(uint64_t kind, bool has_detail)
{
	return kind == AW__NEVER_AWAITED && has_detail;
}

/* The end of the detail of unclosed-handle, if its stack is not where the handle was opened. */
#define AW__WHERE_COLLECTED ", dropped here; where it was opened is not known"

static inline bool aw__finding_where_collected(uint64_t kind, const char *detail)
{
	return kind == AW__UNCLOSED_HANDLE && detail != NULL &&
	       strstr(detail, AW__WHERE_COLLECTED) != NULL;
}

struct aw__finding_spec {
	const char *id; /* "never-retrieved": what --fail-on takes */
	const char
		*title; /* the first line of a report; asyncio's text, if asyncio reports it too */
	const char *meaning; /* what happened, and why it matters */
	const char *advice;  /* what to do */
	const char *
		threshold; /* when it is reported, with the option and its default; NULL: no threshold */
};

/** Indexed by enum aw__finding_kind; [0] is for a kind that this version does not know. */
extern const struct aw__finding_spec aw__finding_specs[AW__FINDING_KINDS];

/** The kind with that id (of `length` bytes), 0 if there is none. */
enum aw__finding_kind aw__finding_by_id(const char *id, size_t length);
/** The row of a kind from a recording, which is untrusted: row 0 if it is out of range. Never NULL. */
const struct aw__finding_spec *aw__finding_spec(uint64_t kind);

/** A kind's row for a process's runtimes ("asyncio"): its texts then name functions of that runtime. */
struct aw__finding_spec aw__finding_spec_in(uint64_t kind, const char *runtimes);

/** Tell whether findings of this kind report an error that no code retrieved or handled, one error each. */
bool aw__finding_is_lost_error(uint64_t kind);

/** The title of one finding. `task` 0: the error was a future's, not a task's. */
const char *aw__finding_title(uint64_t kind, uint64_t task);

#endif
