/* SPDX-License-Identifier: MIT */
/*
 * Records at each AW_TRY() the place that an error passes, for its traceback. An error that has several references
 * is frozen: then the place is not recorded.
 */
#include "agent/runtime/error/error_node.h"

aw_error *aw__passed(const char *file, int line, const char *function, aw_error *err)
{
	if (err == NULL || (err->flags & AW__ERROR_STATIC) != 0 ||
	    atomic_load_explicit(&err->refs, memory_order_acquire) != 1 ||
	    aw__error_is_own_file(file))
		return err;
	if (err->passed_count < AW__ERROR_PASSED)
		err->passed[err->passed_count] = (aw_error_place){ file, function, line };
	if (err->passed_count < UINT32_MAX)
		err->passed_count++;
	return err;
}

aw_error_place aw_error_passed(const aw_error *err, size_t index)
{
	static const aw_error_place nowhere;

	return err != NULL && index < aw__error_passed_kept(err) ? err->passed[index] : nowhere;
}
