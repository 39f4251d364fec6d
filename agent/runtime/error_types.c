/* SPDX-License-Identifier: MIT */
#include <awry/error.h>

AW_API aw_error_type aw_BaseException[1] = { { "BaseException", NULL, 0, { 0 } } };

#define DEFINE(Name, Base) AW_API aw_error_type aw_##Name[1] = { { #Name, aw_##Base, 0, { 0 } } };
AW_ERROR_TYPES(DEFINE)

static bool derives(const aw_error_type *type, const aw_error_type *base)
{
	for (; type != NULL; type = type->base)
		if (type == base)
			return true;
	return false;
}

bool aw_error_type_is(const aw_error_type *type, const aw_error_type *base)
{
	if (derives(type, base))
		return true;
	/* ExceptionGroup(BaseExceptionGroup, Exception): the one type with two bases */
	return base == aw_Exception && derives(type, aw_ExceptionGroup);
}
