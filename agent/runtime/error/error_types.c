/* SPDX-License-Identifier: MIT */
/*
 * The built-in error types, defined from the table in <awry/error.h>, and aw_error_type_is(), which also knows the
 * types that have two bases in Python.
 */
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

/* The types that have two bases in Python; the table of types has the first. */
static const struct {
	const aw_error_type *type, *second;
} seconds[] = {
	{ aw_ExceptionGroup, aw_Exception },
	{ aw_InvalidState, aw_AssertionError },
	{ aw_SSLCertVerificationError, aw_ValueError },
};

bool aw_error_type_is(const aw_error_type *type, const aw_error_type *base)
{
	if (derives(type, base))
		return true;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (derives(type, seconds[i].type) && derives(seconds[i].second, base))
			return true;
	return false;
}
