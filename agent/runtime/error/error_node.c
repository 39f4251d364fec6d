/* SPDX-License-Identifier: MIT */
/*
 * Allocation, reference counting and copy-on-write of errors, for the other error*.c files. A static MemoryError
 * stands in if there is no memory, and freeing a chain of any depth does not recurse.
 */
#include "agent/runtime/error/error_node.h"

#include <stdio.h>
#include <string.h>

#include "agent/hook/hook.h"
#include "agent/runtime/error/current.h"
#include "base/alloc.h"

aw_error *aw__error_node_no_memory(void)
{
	static aw_error err = {
		.refs = 1, .flags = AW__ERROR_STATIC, .type = aw_MemoryError, .message = ""
	};

	return &err;
}

static aw_error *blank(size_t message_length)
{
	aw_error *err = aw__alloc(sizeof(*err) + message_length + 1);

	if (err == NULL)
		return NULL;
	memset(err, 0, offsetof(aw_error, passed));
	atomic_init(&err->refs, 1);
	err->message = (char *)(err + 1);
	err->message_length = message_length;
	return err;
}

static char *text_of(aw_error *err)
{
	return (char *)(err + 1);
}

/* The paths of all files of the agent begin like the path of this file, up to "runtime/". */
bool aw__error_is_own_file(const char *file)
{
	static const char here[] = __FILE__;
	const size_t length = sizeof(here) - sizeof("runtime/error/error_node.c");

	return file != NULL && strncmp(file, here, length) == 0;
}

static aw_error *raised(aw_error *err, aw_error_place site, aw_error_type *type)
{
	const struct aw_agent_task *task = aw__current_agent_task();

	err->type = type;
	err->site = site;
	err->task = task != NULL ? task->id : 0;
	if (AW__HOOKED())
		err->stack = aw_agent_stack(task != NULL ? task->stack : AW_NONE);
	return err;
}

aw_error *aw__error_node_create(aw_error_place site, aw_error_type *type, const char *message,
				size_t message_length)
{
	aw_error *err = blank(message_length);

	if (err == NULL)
		return NULL;
	if (message_length > 0)
		memcpy(text_of(err), message, message_length);
	text_of(err)[message_length] = '\0';
	return raised(err, site, type);
}

aw_error *aw__error_node_create_v(aw_error_place site, aw_error_type *type, const char *format,
				  va_list list)
{
	char text[256];
	va_list again;
	aw_error *err;
	int length;

	if (format == NULL)
		return aw__error_node_create(site, type, "", 0);
	va_copy(again, list);
	length = vsnprintf(text, sizeof(text), format, again);
	va_end(again);
	if (length < 0) /* a wide character has no encoding: use the format as the message */
		return aw__error_node_create(site, type, format, strlen(format));
	if ((size_t)length < sizeof(text))
		return aw__error_node_create(site, type, text, (size_t)length);
	err = blank((size_t)length);
	if (err == NULL)
		return NULL;
	vsnprintf(text_of(err), (size_t)length + 1, format, list);
	return raised(err, site, type);
}

static aw_error *ref_or_null(aw_error *err)
{
	return err != NULL ? aw_error_ref(err) : NULL;
}

aw_error *aw__error_node_copy_with(const aw_error *err, aw_error **children, size_t child_count)
{
	aw_error *copy = blank(err->message_length);

	if (copy == NULL)
		return NULL;
	memcpy(text_of(copy), err->message, err->message_length + 1);
	copy->flags = err->flags & AW__ERROR_SUPPRESS;
	copy->type = err->type;
	copy->site = err->site;
	copy->passed_count = err->passed_count;
	memcpy(copy->passed, err->passed, aw__error_passed_kept(err) * sizeof(*err->passed));
	copy->stack = err->stack;
	copy->task = err->task;
	copy->cause = ref_or_null(err->cause);
	copy->context = ref_or_null(err->context);
	copy->details = aw__error_detail_ref(err->details);
	copy->children = children;
	copy->child_count = child_count;
	return copy;
}

static aw_error *copy(const aw_error *err)
{
	aw_error **children = NULL;
	aw_error *made;

	if (err->child_count > 0) {
		children = aw__alloc(err->child_count * sizeof(aw_error *));
		if (children == NULL)
			return NULL;
	}
	made = aw__error_node_copy_with(err, children, err->child_count);
	if (made == NULL) {
		aw__alloc_free(children);
		return NULL;
	}
	for (size_t i = 0; i < err->child_count; i++)
		children[i] = aw_error_ref(err->children[i]);
	return made;
}

aw_error *aw__error_node_own(aw_error *err)
{
	aw_error *mine;

	if ((err->flags & AW__ERROR_STATIC) == 0 &&
	    atomic_load_explicit(&err->refs, memory_order_acquire) == 1) {
		/* the caller changes the node, so it must be reported again */
		atomic_store_explicit(&err->id, 0, memory_order_relaxed);
		return err;
	}
	mine = copy(err);
	if (mine != NULL)
		aw_error_unref(err);
	return mine;
}

aw_error *aw_error_ref(const aw_error *err)
{
	aw_error *counted = (aw_error *)err;

	if (counted != NULL && (counted->flags & AW__ERROR_STATIC) == 0)
		atomic_fetch_add_explicit(&counted->refs, 1, memory_order_relaxed);
	return counted;
}

/* Drop one reference to `err`; if it was the last, prepend `err` to the list of nodes to free. */
static aw_error *drop(aw_error *err, aw_error *dead)
{
	if (err == NULL || (err->flags & AW__ERROR_STATIC) != 0)
		return dead;
	if (atomic_fetch_sub_explicit(&err->refs, 1, memory_order_acq_rel) != 1)
		return dead;
	err->dead = dead;
	return err;
}

aw_error *aw_error_unref(aw_error *err)
{
	aw_error *dead = drop(err, NULL);

	while (dead != NULL) {
		aw_error *gone = dead;

		dead = drop(gone->cause, gone->dead);
		dead = drop(gone->context, dead);
		for (size_t i = 0; i < gone->child_count; i++)
			dead = drop(gone->children[i], dead);
		aw__error_detail_unref(gone->details);
		aw__alloc_free(gone->children);
		aw__alloc_free(gone);
	}
	return NULL;
}
