/* SPDX-License-Identifier: MIT */
/*
 * An error, from the inside. Only the files error*.c may include this.
 *
 * A node owns a reference of each of its parts. Nodes are changed only while their one reference is
 * in the hands of whoever changes them, and what is put into a node cannot hold it: otherwise there
 * would be a second reference. That is why no cycle can form.
 */
#ifndef AW__ERROR_NODE_H
#define AW__ERROR_NODE_H

#include <stdarg.h>
#include <stdatomic.h>

#include <awry/agent.h>
#include <awry/error.h>

#include "agent/runtime/error/error_detail.h"

enum {
	AW__ERROR_SUPPRESS = 1, /* the context is not to be shown */
	AW__ERROR_STATIC = 2, /* the MemoryError that needs no memory: never counted, never freed */
};

#define AW__ERROR_PASSED 6

struct aw_error {
	_Atomic uint32_t refs;
	uint32_t flags;
	aw_error_type *type;
	const char *message;
	size_t message_length;
	aw_error_place site;
	aw_intern stack;
	uint64_t task;
	_Atomic uint64_t id; /* 0: not told to the recorder yet */
	aw_error *cause;
	aw_error *context;
	aw_error **children;
	size_t child_count;
	struct aw__error_detail *details;
	aw_error *dead; /* while a tree is freed: the next one to free */
	/* Where AW_TRY() passed it on, the innermost first. Last, and not zeroed beforehand. */
	uint32_t passed_count; /* all of them, also those that there is no room for */
	aw_error_place passed[AW__ERROR_PASSED];
};

/** The MemoryError for when there is no memory. */
aw_error *aw__error_node_no_memory(void);

/** Make a node that was raised here and now, without parts. NULL: no memory. */
aw_error *aw__error_node_create(aw_error_place site, aw_error_type *type, const char *message,
				size_t message_length);
/** As above, with a message from a printf format, which may be NULL. */
AW_PRINTF(3, 0)
aw_error *aw__error_node_create_v(aw_error_place site, aw_error_type *type, const char *format,
				  va_list list);
/**
 * Copy a node, with other members: `children`, `child_count` of them, whose references and array
 * the copy takes on success. NULL: no memory.
 */
aw_error *aw__error_node_copy_with(const aw_error *err, aw_error **children, size_t child_count);
/** Give back `err` if nobody else holds it, else a copy in exchange for it. NULL: no memory, `err`
 * stays. */
aw_error *aw__error_node_own(aw_error *err);

/** Tell whether a file is one of the runtime's own: what is there is no place of the program. */
bool aw__error_is_own_file(const char *file);

static inline uint32_t aw__error_passed_kept(const aw_error *err)
{
	return err->passed_count < AW__ERROR_PASSED ? err->passed_count : AW__ERROR_PASSED;
}

static inline bool aw__error_node_has_parts(const aw_error *err)
{
	return err->cause != NULL || err->context != NULL || err->child_count > 0;
}

static inline bool aw__error_node_is_group(const aw_error *err)
{
	return err->child_count > 0;
}

#endif
