/* SPDX-License-Identifier: MIT */
/* Makes errors that have attributes, such as IncompleteReadError with `partial` and `expected`. */
#include <awry/error.h>

#include <inttypes.h>
#include <string.h>

#include "agent/runtime/error/error_node.h"

static aw_error *made(aw_error_place site, aw_error_type *type, struct aw__buffer *message)
{
	aw_error *err = NULL;

	if (!message->failed)
		err = aw__error_node_create(site, type, aw__buffer_string(message),
					    message->length);
	aw__buffer_finish(message);
	return err != NULL ? err : aw__error_node_no_memory();
}

aw_error *aw__raise_key(const char *file, int line, const char *function, const char *key)
{
	struct aw__buffer message = AW__BUFFER_EMPTY;

	aw__error_detail_quote(key, strlen(key), true, &message);
	return made((aw_error_place){ file, function, line }, aw_KeyError, &message);
}

aw_error *aw__raise_incomplete_read(const char *file, int line, const char *function,
				    const void *partial, size_t length, int64_t expected)
{
	struct aw__buffer message = AW__BUFFER_EMPTY;
	aw_error *err;

	aw__buffer_format(&message, "%zu bytes read on a total of ", length);
	if (expected >= 0)
		aw__buffer_format(&message, "%" PRId64, expected);
	else
		aw__buffer_text(&message, "undefined");
	aw__buffer_text(&message, " expected bytes");
	err = made((aw_error_place){ file, function, line }, aw_IncompleteReadError, &message);
	if (expected >= 0)
		err = aw_error_with_int(err, "expected", expected);
	return aw_error_with_bytes(err, "partial", partial, length);
}

aw_error *aw__raise_limit_overrun(const char *file, int line, const char *function,
				  const char *message, int64_t consumed)
{
	aw_error *err = aw__raise(file, line, function, aw_LimitOverrunError, "%s", message);

	return aw_error_with_int(err, "consumed", consumed);
}

aw_error *aw__raise_os(const char *file, int line, const char *function, int errnum,
		       const char *path, const char *path2)
{
	struct aw__buffer names = AW__BUFFER_EMPTY;
	aw_error *err;

	if (path == NULL)
		return aw__error_from_errno(file, line, function, errnum, NULL);
	aw__error_detail_quote(path, strlen(path), true, &names);
	if (path2 != NULL) {
		aw__buffer_text(&names, " -> ");
		aw__error_detail_quote(path2, strlen(path2), true, &names);
	}
	err = aw__error_from_errno(file, line, function, errnum, "%s",
				   names.failed ? path : aw__buffer_string(&names));
	aw__buffer_finish(&names);
	err = aw_error_with_str(err, "filename", path);
	return path2 != NULL ? aw_error_with_str(err, "filename2", path2) : err;
}
