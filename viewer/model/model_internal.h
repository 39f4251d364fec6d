/* SPDX-License-Identifier: MIT */
/* Types and functions that only the files of the model use. */
#ifndef AW__MODEL_INTERNAL_H
#define AW__MODEL_INTERNAL_H

#include "base/map.h"
#include "viewer/model/dropped.h"
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
	uint64_t definition_bytes, definition_count; /* of the kept definitions */

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

	struct aw__dropped dropped[AW__DROPPED_KINDS]; /* reported errors that are not kept */

	struct aw__map breakers; /* of struct aw__breaker */

	struct aw__map found;
	/* In the order of arrival. Findings that were taken back stay in it, without a group, until the gaps are closed. */
	struct aw__pointers found_list;
	size_t found_gaps;
	struct aw__dropped found_dropped;
	uint64_t found_serial; /* of the last */
	struct aw__map found_groups;
	/* By the id of a held error: its finding, if that is kept, or the group of its finding, if that is only counted. */
	struct aw__map held_kept, held_counted;
	struct aw__pointers found_group_list;

	struct aw__map holds; /* by the id of a resource: the task that has it, as id + 1 */

	struct aw__map loops;
	struct aw__pointers loop_list;
	struct aw__map threads;

	struct aw__map handles;
	struct aw__pointers handle_list;
};

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

/* Finds a task, or adds one that something refers to. NULL at the bound, or for id 0. */
struct aw__task *aw__tasks_need(struct aw__model *model, uint64_t id);
/** Add a loaded task to the live ones. */
void aw__tasks_list_live(struct aw__model *model, struct aw__task *task);
void aw__tasks_event(struct aw__model *model, const struct aw__event *event);
/** The task's loop was closed while it was pending: it will never finish. */
void aw__tasks_destroyed(struct aw__model *model, uint64_t id, uint64_t time_ns);
/** An error or finding refers to the task, which must be kept for it. */
void aw__tasks_pin(struct aw__model *model, uint64_t id, bool finding);
/** One error or finding less refers to the task. */
void aw__tasks_unpin(struct aw__model *model, uint64_t id, bool finding);
void aw__tasks_finish(struct aw__model *model);
void aw__tree_link(struct aw__model *model, struct aw__task *task);
void aw__tree_set_parent(struct aw__model *model, struct aw__task *task);
void aw__tree_unlink(struct aw__model *model, struct aw__task *task);

/** Finds an error, or adds one that something refers to. NULL at the bound, or for id 0. */
struct aw__error *aw__errors_need(struct aw__model *model, uint64_t id);
/** The same, but NULL for an error that was reported and is not kept. */
struct aw__error *aw__errors_need_known(struct aw__model *model, uint64_t id);
void aw__errors_event(struct aw__model *model, const struct aw__event *event);
/** A finding refers to its error. */
void aw__errors_found(struct aw__model *model, const struct aw__found *found, bool kept);
/** A finding that referred to the error was dropped: the error may be dropped, too. */
void aw__errors_unfound(struct aw__model *model, uint64_t id);
/** A finding that referred to the error was taken back; the error stays. */
void aw__errors_unname(struct aw__model *model, uint64_t id);
/** Whether the error was retrieved, or is lost, as far as is known. */
bool aw__errors_are_settled(const struct aw__model *model, uint64_t id);
/** Drop an error, unless something refers to it. */
void aw__errors_drop(struct aw__model *model, uint64_t id);
/** Whether an error was reported, and dropped. */
bool aw__errors_are_dropped(const struct aw__model *model, uint64_t id);
/** Count a reported error without keeping it. */
void aw__errors_count_only(struct aw__model *model, struct aw__error_group *group, uint64_t id);
/** Keep an error that was dropped before, and is reported again. False if it was never reported. */
bool aw__errors_reload(struct aw__model *model, struct aw__error *error);
/** A dropped error was retrieved. */
void aw__errors_dropped_taken(struct aw__model *model, uint64_t id);
/** The error was retrieved by task `by`, or by none (0). */
void aw__errors_taken(struct aw__model *model, uint64_t id, uint64_t by, uint64_t time_ns);
/** The group of equal errors; NULL if there is none. */
struct aw__error_group *aw__errors_group(const struct aw__model *model, uint64_t type,
					 uint64_t site, uint64_t stack);
/** Add a group that does not exist yet. */
struct aw__error_group *aw__errors_add_group(struct aw__model *model, uint64_t type, uint64_t site,
					     uint64_t stack);
/** Drop all notes and attributes. */
void aw__errors_drop_notes(struct aw__model *model, struct aw__error *error);
/** Append a note, whose text the model has allocated. False if there are too many: then the text is freed. */
bool aw__errors_append_note(struct aw__model *model, struct aw__error_note **notes, uint32_t *count,
			    struct aw__error_note note_take);
/** The error was retrieved: it may be dropped after AW__MODEL_MAX_TAKEN more were. */
void aw__errors_retire(struct aw__model *model, struct aw__error *error);
/** The same, for an error that is not among the first of its group. */
void aw__errors_queue(struct aw__model *model, uint64_t id);
void aw__errors_finish(struct aw__model *model);

void aw__findings_event(struct aw__model *model, const struct aw__event *event);
/** Findings, or their errors, were overwritten before they were read: this is a finding, too. */
void aw__findings_lost(struct aw__model *model, uint64_t count);
/** Losses before the first event get its time. */
void aw__findings_date_lost(struct aw__model *model, uint64_t time_ns);
/** An error that a finding referred to arrives after it: the finding changes its group. */
void aw__findings_regroup(struct aw__model *model, uint64_t finding);
/** Add an empty group with that key and count. */
struct aw__found_group *aw__findings_add_group(struct aw__model *model,
					       const struct aw__found_group *key);
/** Append a finding to a group, without counting it. */
void aw__findings_append(struct aw__found_group *group, struct aw__found *found);
/** Remove a finding from its group, without changing the count. */
void aw__findings_remove(struct aw__found *found);
/** Remove a finding from its group, and from the group's count. */
void aw__findings_leave(struct aw__found *found);
/** Register the finding, if it is about a held error. */
void aw__findings_hold(struct aw__model *model, struct aw__found *found);
/** Whether there is a held-error finding about the error. */
bool aw__findings_is_held(const struct aw__model *model, uint64_t error);
/** Free findings that were taken back. Readers see no difference. */
void aw__findings_close_gaps(struct aw__model *model);
/** Append a finding to the list of all findings. */
void aw__findings_list(struct aw__model *model, struct aw__found *found);
/** Drop findings of a group beyond its bound. */
void aw__findings_thin(struct aw__model *model, struct aw__found_group *group);
/** An error is not held any more: it was retrieved, or lost. Its finding is taken back, if there is one. */
void aw__findings_unheld(struct aw__model *model, uint64_t error);
void aw__found_free(struct aw__model *model, struct aw__found *found);
void aw__findings_finish(struct aw__model *model);

void aw__waits_event(struct aw__model *model, const struct aw__event *event);
/** Forget which resources are held: a snapshot begins, which lists all of them. */
void aw__waits_forget(struct aw__model *model);

void aw__resilience_event(struct aw__model *model, const struct aw__event *event);
/** An attribute of an error was recorded; it may be about retries, breakers or services. */
void aw__resilience_attribute(struct aw__model *model, uint64_t error,
			      const struct aw__event *event);
void aw__resilience_finish(struct aw__model *model);
/** Finds a breaker, or adds one that something refers to. NULL at the bound, or for id 0. */
struct aw__breaker *aw__breaker_need(struct aw__model *model, uint64_t id);
/** The record of retries and the like for an error; NULL at the bounds, or if there is no error. */
struct aw__handled *aw__handled_of(struct aw__model *model, uint64_t error);
/** Takes NULL. */
void aw__handled_free(struct aw__model *model, struct aw__handled *handled);

/** A blocked-loop finding was kept. */
void aw__loops_found(struct aw__model *model, const struct aw__found *found);
void aw__loops_event(struct aw__model *model, const struct aw__event *event);
void aw__loops_finish(struct aw__model *model);

void aw__handles_event(struct aw__model *model, const struct aw__event *event);
void aw__handles_finish(struct aw__model *model);

#endif
