/* SPDX-License-Identifier: MIT */
/* Tables of the fields that an image stores of each struct of a model; saving and loading share them. */
#ifndef AW__IMAGE_FIELDS_H
#define AW__IMAGE_FIELDS_H

#include "proto/row.h"
#include "viewer/model/model_internal.h"

/* Rows, in the order in which they come. */
enum aw__image_row {
	AW__IMAGE_MODEL = 1,  /* the model's own numbers */
	AW__IMAGE_COUNTS = 2, /* struct aw__model_counts, without the next two */
	AW__IMAGE_EVENTS = 3, /* a count for each kind */
	AW__IMAGE_KINDS = 4,  /* a count for each kind of finding */
	AW__IMAGE_THREAD = 5, /* text: name */
	AW__IMAGE_LOOP = 6,   /* text: label */
	AW__IMAGE_TASK = 7, /* a parent before its children, siblings in their order; text: name */
	AW__IMAGE_RECORDED = 8, /* of the task before; text: name */
	AW__IMAGE_CANCEL = 9,	/* of the task before; text: message */
	AW__IMAGE_QUEUE = 10,	/* ids of finished tasks that nothing refers to, oldest first */
	AW__IMAGE_ALIKE = 11,	/* a group of errors */
	AW__IMAGE_ERROR = 12,	/* its fields, then its children; text: message */
	AW__IMAGE_NOTE = 13,	/* of the error before; text */
	AW__IMAGE_TAKEN = 14,	/* ids of errors, oldest first */
	AW__IMAGE_FOUND = 15,	/* its fields, then its members; text */
	AW__IMAGE_GROUP = 16,	/* a group of findings */
	AW__IMAGE_MEMBER = 17,	/* ids of findings of the group before */
	AW__IMAGE_HOLD = 18,	/* pairs: a resource, and the task that has it */
	AW__IMAGE_BREAKER = 19,
	AW__IMAGE_HANDLED = 20, /* of the error before; text: what was attempted */
	AW__IMAGE_BY = 21,	/* of the same error: which other text (enum aw__image_by); text */
	AW__IMAGE_HANDLE = 22,
	AW__IMAGE_LAGS = 23,	/* of the loop before: pairs (proto/lags.h) */
	AW__IMAGE_DROPPED = 24, /* number of the set, the chunk's key, its bits */
	AW__IMAGE_HELD = 25,	/* pairs: a held error, and its group of findings */
	AW__IMAGE_ROWS
};

/* For each member of a finding: its task, the kind of its wait, the id that it waits for, and the stack. */
#define AW__IMAGE_MEMBER_NUMBERS 4u

struct aw__image_field {
	uint16_t offset, size; /* of an unsigned number */
	bool is_bool;
};

struct aw__image_fields {
	const struct aw__image_field *fields;
	uint32_t count;
};

/** Indexed by enum aw__image_row; no fields for rows whose numbers are a list. */
extern const struct aw__image_fields aw__image_fields[AW__IMAGE_ROWS];

#define AW__IMAGE_MOST_FIELDS 40u
#define AW__IMAGE_IDS	      1024u /* in one row; an even number */

uint64_t aw__image_field_get(const struct aw__image_field *field, const void *object);
/** False if the number is too large for the field. */
bool aw__image_field_set(const struct aw__image_field *field, void *object, uint64_t number);

/** A note or an attribute. */
struct aw__image_note {
	uint64_t time_ns, key;
	bool attribute;
};

/** A task, with its parent in the tree. */
struct aw__image_task {
	uint64_t parent; /* 0: none */
	struct aw__task task;
};

struct aw__image_error {
	bool grouped;
	struct aw__error error;
};

/* The sets of dropped ids: those of errors, by enum aw__dropped_as, then that of findings. */
#define AW__IMAGE_DROPPED_FOUND AW__DROPPED_KINDS
#define AW__IMAGE_DROPPED_SETS	(AW__DROPPED_KINDS + 1u)

enum aw__image_by { AW__IMAGE_BY_BREAKER, AW__IMAGE_BY_SERVICE, AW__IMAGE_BY_OPERATION };

struct aw__image_breaker {
	uint64_t id;
	struct aw__breaker breaker;
};

struct aw__image_thread {
	uint64_t key;
	uint64_t tid;
};

#endif
