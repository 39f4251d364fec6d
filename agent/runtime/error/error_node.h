/* SPDX-License-Identifier: MIT */
/*
 * The internals of an error. Only the files error*.c may include this.
 *
 * A node owns a reference to each of its parts. Only the holder of its only reference changes a
 * node. So a part that is added cannot refer to the node, which would take a second reference: no
 * cycle can form.
 */
#ifndef AW__ERROR_NODE_H
#define AW__ERROR_NODE_H

#include <stdarg.h>
#include <stdatomic.h>

#include <awry/agent.h>
#include <awry/error.h>

#include "agent/runtime/error/error_detail.h"

enum {
	AW__ERROR_SUPPRESS = 1, /* do not show the context */
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
	_Atomic uint64_t id; /* 0: not reported to the recorder yet */
	aw_error *cause;
	aw_error *context;
	aw_error **children;
	size_t child_count;
	struct aw__error_detail *details;
	aw_error *dead; /* while a tree is freed: the next one to free */
	/* The places where AW_TRY() returned the error, the innermost first. `passed` is the last
	 * field, because it is not zeroed beforehand. */
	uint32_t passed_count; /* includes the places beyond AW__ERROR_PASSED, which are not kept */
	aw_error_place passed[AW__ERROR_PASSED];
};

/** The static MemoryError: it needs no memory. */
aw_error *aw__error_node_no_memory(void);

/** Make a node without parts, raised by the current task at `site`. NULL: no memory. */
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
/** Return `err` if this is its only reference, else exchange it for a copy. NULL: no memory, `err`
 * stays. */
aw_error *aw__error_node_own(aw_error *err);

/** Tell whether a file belongs to the agent: its places are not reported as the program's. */
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
