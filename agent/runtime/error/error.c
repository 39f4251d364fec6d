/* SPDX-License-Identifier: MIT */
/*
 * The accessors of errors (type, message, notes, attributes, parts), and the functions that add to an error: each
 * consumes one and returns one.
 */
#include <awry/error.h>

#include <string.h>

#include "agent/runtime/error/error_node.h"

bool aw_error_is(const aw_error *err, const aw_error_type *type)
{
	return err != NULL && aw_error_type_is(err->type, type);
}

aw_error_type *aw_error_typeof(const aw_error *err)
{
	return err != NULL ? err->type : NULL;
}

const char *aw_error_name(const aw_error *err)
{
	return err != NULL ? err->type->name : "";
}

const char *aw_error_message(const aw_error *err)
{
	return err != NULL ? err->message : "";
}

size_t aw_error_note_count(const aw_error *err)
{
	return err != NULL && err->details != NULL ? err->details->note_count : 0;
}

const char *aw_error_note_at(const aw_error *err, size_t index)
{
	const struct aw__error_detail *note =
		err != NULL ? aw__error_detail_note(err->details, index) : NULL;

	return note != NULL ? note->bytes : NULL;
}

const aw_error *aw_error_cause(const aw_error *err)
{
	return err != NULL ? err->cause : NULL;
}

const aw_error *aw_error_context(const aw_error *err)
{
	return err != NULL ? err->context : NULL;
}

bool aw_error_suppresses_context(const aw_error *err)
{
	return err != NULL && (err->flags & AW__ERROR_SUPPRESS) != 0;
}

size_t aw_error_child_count(const aw_error *err)
{
	return err != NULL ? err->child_count : 0;
}

const aw_error *aw_error_child(const aw_error *err, size_t index)
{
	return index < aw_error_child_count(err) ? err->children[index] : NULL;
}

uint64_t aw_error_task_id(const aw_error *err)
{
	return err != NULL ? err->task : 0;
}

aw_error_place aw_error_site(const aw_error *err)
{
	static const aw_error_place nowhere;

	return err != NULL ? err->site : nowhere;
}

static const struct aw__error_detail *find(const aw_error *err, const char *key,
					   enum aw__error_detail_kind kind)
{
	return err != NULL ? aw__error_detail_find(err->details, key, kind) : NULL;
}

int64_t aw_error_int(const aw_error *err, const char *key, int64_t otherwise)
{
	const struct aw__error_detail *found = find(err, key, AW__ERROR_INT);

	return found != NULL ? found->number : otherwise;
}

const char *aw_error_str(const aw_error *err, const char *key, const char *otherwise)
{
	const struct aw__error_detail *found = find(err, key, AW__ERROR_STR);

	return found != NULL ? found->bytes : otherwise;
}

const void *aw_error_bytes(const aw_error *err, const char *key, size_t *ret_length)
{
	const struct aw__error_detail *found = find(err, key, AW__ERROR_BYTES);

	if (ret_length != NULL)
		*ret_length = found != NULL ? found->length : 0;
	return found != NULL ? found->bytes : NULL;
}

static aw_error *add(aw_error *err, enum aw__error_detail_kind kind, const char *key,
		     const void *bytes, size_t length, int64_t number)
{
	struct aw__error_detail *detail;
	aw_error *mine;

	if (err == NULL)
		return NULL;
	mine = aw__error_node_own(err);
	if (mine == NULL)
		return err;
	detail = aw__error_detail_create(mine->details, kind, key, bytes, length);
	if (detail == NULL)
		return mine;
	detail->number = number;
	mine->details = detail;
	return mine;
}

aw_error *aw_error_note(aw_error *err, const char *format, ...)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	va_list list;

	va_start(list, format);
	aw__buffer_vformat(&text, format, list);
	va_end(list);
	if (!text.failed)
		err = add(err, AW__ERROR_NOTE, "", aw__buffer_string(&text), text.length, 0);
	aw__buffer_finish(&text);
	return err;
}

aw_error *aw_error_with_int(aw_error *err, const char *key, int64_t value)
{
	return add(err, AW__ERROR_INT, key, NULL, 0, value);
}

aw_error *aw_error_with_str(aw_error *err, const char *key, const char *value)
{
	return add(err, AW__ERROR_STR, key, value, value != NULL ? strlen(value) : 0, 0);
}

aw_error *aw_error_with_bytes(aw_error *err, const char *key, const void *value, size_t length)
{
	return add(err, AW__ERROR_BYTES, key, value, length, 0);
}

aw_error *aw_error_from_none(aw_error *err)
{
	aw_error *mine = err != NULL ? aw__error_node_own(err) : NULL;

	if (mine == NULL)
		return err;
	mine->cause = aw_error_unref(mine->cause);
	mine->flags |= AW__ERROR_SUPPRESS;
	return mine;
}
