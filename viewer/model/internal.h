/* SPDX-License-Identifier: MIT */
/* What the files of the model share, and nobody else may see. */
#ifndef AW__MODEL_INTERNAL_H
#define AW__MODEL_INTERNAL_H

#include "base/map.h"
#include "viewer/model/gone.h"
#include "viewer/model/model.h"

/* A list of pointers that grows at its end. */
struct aw__pointers {
	void **items;
	size_t count, capacity;
};

struct aw__thread_name {
	uint64_t tid;
	char *name;
};

struct aw__breaker {
	uint64_t state, since_ns, failures;
	char *name;
};

struct aw__model {
	bool has_hello, ended;
	struct aw__hello hello;
	struct aw__model_counts counts;
	uint64_t bytes; /* of texts and definitions, against AW__MODEL_MAX_BYTES */
	uint64_t definition_bytes, definition_count; /* of those that are kept */

	struct aw__map definitions;
	aw__frame_resolver *resolve;
	void *resolve_arg;

	struct aw__map tasks;
	struct aw__pointers live;
	struct aw__task *first_root, *last_root;
	struct aw__task *oldest, *newest; /* finished tasks that nothing refers to, by `newer` */
	size_t finished_count;
	uint32_t snapshot; /* number of the latest */
	bool in_snapshot;
	uint64_t snapshot_begin_ns, snapshot_tasks, snapshot_rows, snapshot_unlisted;

	struct aw__map errors;
	struct aw__pointers error_list;
	struct aw__map error_groups;
	uint64_t *taken; /* ids of retrieved errors: a ring of AW__MODEL_MAX_TAKEN, oldest at
			    taken_at */
	size_t taken_at, taken_count;

	struct aw__gone gone[AW__FATES]; /* errors that were told and are not kept */

	struct aw__map breakers; /* of struct aw__breaker */

	struct aw__map found;
	/* In the order in which they came. Those that were taken back stand there without a group, until gaps are closed. */
	struct aw__pointers found_list;
	size_t found_gaps;
	struct aw__gone found_gone;
	uint64_t found_serial; /* of the last */
	struct aw__map found_groups;
	/* Errors that are held, by the error: findings that are kept, and the groups of those that are only counted. */
	struct aw__map held_kept, held_counted;
	struct aw__pointers found_group_list;

	struct aw__map holds; /* of tasks' ids + 1, by the resource */

	struct aw__map loops;
	struct aw__pointers loop_list;
	struct aw__map threads;

	struct aw__map handles;
	struct aw__pointers handle_list;
};

/**
 * How many of a kind are kept whole: fewer as it gets full, so that there is room for what comes late, whatever came
 * before it.
 */
uint64_t aw__model_room(const struct aw__model *model);
/** Copy a text, NUL bytes made visible. NULL if it is empty, or if the model is full. */
char *aw__model_copy(struct aw__model *model, const char *text, size_t length);
/** Free a copy; takes NULL. */
void aw__model_drop(struct aw__model *model, char *text);
/** Account for `bytes`; false if the model is full. */
bool aw__model_charge(struct aw__model *model, size_t bytes);
void aw__model_append(struct aw__pointers *list, void *item);
/** Whether a text, once copied, would be the same as `copy` (NULL: empty). */
bool aw__model_same_text(const char *copy, const char *text, size_t length);

void aw__definitions_ingest(struct aw__model *model, const struct aw__definition *definition);
void aw__definitions_finish(struct aw__model *model);

/* Finds a task or makes room for one that is named. NULL at the bound, or for id 0. */
struct aw__task *aw__tasks_need(struct aw__model *model, uint64_t id);
/** It lives, as it was loaded. */
void aw__tasks_list_live(struct aw__model *model, struct aw__task *task);
void aw__tasks_event(struct aw__model *model, const struct aw__event *event);
/** It will never be done: its loop went while it was pending. */
void aw__tasks_destroyed(struct aw__model *model, uint64_t id, uint64_t time_ns);
/** The task was named by an error or a finding: it is kept for that. */
void aw__tasks_pin(struct aw__model *model, uint64_t id, bool finding);
/** One error or finding less names it. */
void aw__tasks_unpin(struct aw__model *model, uint64_t id, bool finding);
void aw__tasks_finish(struct aw__model *model);
void aw__tree_link(struct aw__model *model, struct aw__task *task);
void aw__tree_set_parent(struct aw__model *model, struct aw__task *task);
void aw__tree_unlink(struct aw__model *model, struct aw__task *task);

/** Finds an error or makes room for one that is named. NULL at the bound, or for id 0. */
struct aw__error *aw__errors_need(struct aw__model *model, uint64_t id);
/** The same, but NULL for one that was told and is not kept. */
struct aw__error *aw__errors_need_known(struct aw__model *model, uint64_t id);
void aw__errors_event(struct aw__model *model, const struct aw__event *event);
/** A finding names its error. */
void aw__errors_found(struct aw__model *model, const struct aw__found *found, bool kept);
/** A finding that was kept is not kept any more, and named it: it may go with it. */
void aw__errors_unfound(struct aw__model *model, uint64_t id);
/** A finding that named it was taken back; it stays. */
void aw__errors_unname(struct aw__model *model, uint64_t id);
/** Whether somebody retrieved it, or nobody can any more, as far as is known. */
bool aw__errors_are_settled(const struct aw__model *model, uint64_t id);
/** Keep it no more, unless somebody needs it. */
void aw__errors_let_go(struct aw__model *model, uint64_t id);
/** It was told, and is not kept. */
bool aw__errors_are_gone(const struct aw__model *model, uint64_t id);
/** It is told, and not kept. */
void aw__errors_turn_down(struct aw__model *model, struct aw__error_group *group, uint64_t id);
/** It is told, and kept. False if it was never told before. */
bool aw__errors_recall(struct aw__model *model, struct aw__error *error);
/** Somebody took one that is not kept. */
void aw__errors_gone_taken(struct aw__model *model, uint64_t id);
/** Somebody took the error: `by` is a task, or 0. */
void aw__errors_taken(struct aw__model *model, uint64_t id, uint64_t by, uint64_t time_ns);
/** The group of those that are alike; NULL if there is none. */
struct aw__error_group *aw__errors_group(const struct aw__model *model, uint64_t type,
					 uint64_t site, uint64_t stack);
/** A new one, which is not there yet. */
struct aw__error_group *aw__errors_add_group(struct aw__model *model, uint64_t type, uint64_t site,
					     uint64_t stack);
/** All notes and attributes. */
void aw__errors_drop_notes(struct aw__model *model, struct aw__error *error);
/** Append a note whose text is the model's already. False if there are too many. */
bool aw__errors_append_note(struct aw__model *model, struct aw__error_note **notes, uint32_t *count,
			    struct aw__error_note note_take);
/** It was retrieved: when many more were, it may go. */
void aw__errors_retire(struct aw__model *model, struct aw__error *error);
/** The same, of one that has to wait for it. */
void aw__errors_queue(struct aw__model *model, uint64_t id);
void aw__errors_finish(struct aw__model *model);

void aw__findings_event(struct aw__model *model, const struct aw__event *event);
/** Findings, or what they name, were overwritten before they were read: that is one, too. */
void aw__findings_lost(struct aw__model *model, uint64_t count);
/** What was lost before the first event was lost when that happened, as far as is known. */
void aw__findings_date_lost(struct aw__model *model, uint64_t time_ns);
/** An error that a finding named before it was told is told now: the finding's group changes. */
void aw__findings_regroup(struct aw__model *model, uint64_t finding);
/** A new, empty group with that key and count. */
struct aw__found_group *aw__findings_add_group(struct aw__model *model,
					       const struct aw__found_group *key);
/** Put it last into a group, and do not count it. */
void aw__findings_append(struct aw__found_group *group, struct aw__found *found);
/** Take it out of its group, and do not count it. */
void aw__findings_remove(struct aw__found *found);
/** Take it out of its group, which counts one less. */
void aw__findings_leave(struct aw__found *found);
/** An error is held: its finding is kept. */
void aw__findings_hold(struct aw__model *model, struct aw__found *found);
/** Whether a finding says of an error that it is held. */
bool aw__findings_is_held(const struct aw__model *model, uint64_t error);
/** Free what was taken back. Nothing that a reader sees is another by that. */
void aw__findings_close_gaps(struct aw__model *model);
/** It is the last of all. */
void aw__findings_list(struct aw__model *model, struct aw__found *found);
/** Keep no more of a group than there should be. */
void aw__findings_thin(struct aw__model *model, struct aw__found_group *group);
/** An error is not held any more: it was retrieved, or lost. Its finding is taken back, if there is one. */
void aw__findings_unheld(struct aw__model *model, uint64_t error);
void aw__found_free(struct aw__model *model, struct aw__found *found);
void aw__findings_finish(struct aw__model *model);

void aw__waits_event(struct aw__model *model, const struct aw__event *event);
/** A snapshot begins: it tells every resource that is held. */
void aw__waits_forget(struct aw__model *model);

void aw__resilience_event(struct aw__model *model, const struct aw__event *event);
/** An error has an attribute, which may tell what was done about it. */
void aw__resilience_attribute(struct aw__model *model, uint64_t error,
			      const struct aw__event *event);
void aw__resilience_finish(struct aw__model *model);
/** Finds a breaker or makes room for one that is named. NULL at the bound, or for id 0. */
struct aw__breaker *aw__breaker_need(struct aw__model *model, uint64_t id);
/** Where what was done about an error is kept; NULL at the bounds, or if there is no error. */
struct aw__handled *aw__handled_of(struct aw__model *model, uint64_t error);
/** Takes NULL. */
void aw__handled_free(struct aw__model *model, struct aw__handled *handled);

/** A finding that it is blocked was told, and is kept. */
void aw__loops_found(struct aw__model *model, const struct aw__found *found);
void aw__loops_event(struct aw__model *model, const struct aw__event *event);
void aw__loops_finish(struct aw__model *model);

void aw__handles_event(struct aw__model *model, const struct aw__event *event);
void aw__handles_finish(struct aw__model *model);

#endif
