/* SPDX-License-Identifier: MIT */
/* aw_error_with_context(): adds component, operation, retry count and metadata to an error, as attributes. */
#include <awry/resilience.h>

#include "base/buffer.h"

aw_error *aw_error_with_context(aw_error *err, const aw_error_context_info *info)
{
	if (err == NULL)
		return NULL;
	err = aw_error_with_str(err, "component", info->component);
	err = aw_error_with_str(err, "operation", info->operation);
	err = aw_error_with_int(err, "timestamp", (int64_t)info->timestamp);
	err = aw_error_with_int(err, "retry_count", info->retry_count);
	for (size_t i = 0; i < info->metadata_count; i++) {
		struct aw__buffer key = AW__BUFFER_EMPTY;

		aw__buffer_format(&key, "metadata.%s", info->metadata[i].key);
		if (!key.failed)
			err = aw_error_with_str(err, aw__buffer_string(&key),
						info->metadata[i].value);
		aw__buffer_finish(&key);
	}
	return err;
}
