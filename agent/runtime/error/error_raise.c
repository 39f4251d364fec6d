/* SPDX-License-Identifier: MIT */
/*
 * aw_raise() and its variants: a new error with its place, with a cause (raise … from) or with the context of the
 * error that was being handled.
 */
#include <awry/error.h>

#include "agent/runtime/error/error_node.h"

/* Refuse a group's type: an error of this type without members would be taken for a group. */
AW_PRINTF(3, 0)
static aw_error *raise_at(aw_error_place site, aw_error_type *type, const char *format,
			  va_list list)
{
	static const char advice[] = "a group needs members: make it with aw_error_group()";
	aw_error *err;

	if (aw_error_type_is(type, aw_BaseExceptionGroup))
		err = aw__error_node_create(site, aw_TypeError, advice, sizeof(advice) - 1);
	else
		err = aw__error_node_create_v(site, type, format, list);
	return err;
}

aw_error *aw__raise_v(const char *file, int line, const char *function, aw_error_type *type,
		      const char *format, va_list list)
{
	aw_error_place site = { file, function, line };
	aw_error *err = raise_at(site, type, format, list);

	return err != NULL ? err : aw__error_node_no_memory();
}

aw_error *aw__raise(const char *file, int line, const char *function, aw_error_type *type,
		    const char *format, ...)
{
	va_list list;
	aw_error *err;

	va_start(list, format);
	err = aw__raise_v(file, line, function, type, format, list);
	va_end(list);
	return err;
}

aw_error *aw__raise_from(const char *file, int line, const char *function, aw_error *cause,
			 aw_error_type *type, const char *format, ...)
{
	aw_error_place site = { file, function, line };
	aw_error *err;
	va_list list;

	va_start(list, format);
	err = raise_at(site, type, format, list);
	va_end(list);
	if (err == NULL)
		return cause != NULL ? cause : aw__error_node_no_memory();
	if (cause != NULL) {
		err->cause = cause;
		err->flags |= AW__ERROR_SUPPRESS;
	}
	return err;
}

/* The link to the error that came before `err`: its cause, or without one, its context. */
static aw_error **before(aw_error *err)
{
	return err->cause != NULL ? &err->cause : &err->context;
}

static bool tells_of(aw_error *err, const aw_error *context)
{
	for (; err != NULL; err = *before(err))
		if (err == context)
			return true;
	return false;
}

/* Copy the nodes of the chain at `*slot` that are shared; append `context`. False: no memory. */
static bool hang(aw_error **slot, aw_error *context)
{
	while (*slot != NULL) {
		aw_error *mine = aw__error_node_own(*slot);

		if (mine == NULL)
			return false;
		*slot = mine;
		slot = before(mine);
	}
	*slot = context;
	return true;
}

aw_error *aw_raise_in(aw_error *context, aw_error *err)
{
	if (context == NULL)
		return err;
	if (err == NULL)
		return context;
	if (tells_of(err, context)) {
		aw_error_unref(context);
		return err;
	}
	if (!hang(&err, context)) {
		aw_error_unref(err);
		return context;
	}
	return err;
}

aw_error *aw_error_from(aw_error *cause, aw_error *err)
{
	aw_error *mine;

	if (cause == NULL)
		return err;
	if (err == NULL)
		return cause;
	mine = aw__error_node_own(err);
	if (mine == NULL) {
		aw_error_unref(err);
		return cause;
	}
	aw_error_unref(mine->cause);
	mine->cause = cause;
	mine->flags |= AW__ERROR_SUPPRESS;
	return mine;
}
