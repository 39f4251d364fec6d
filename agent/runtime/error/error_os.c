/* SPDX-License-Identifier: MIT */
/* Makes errors from errno and from libuv's codes, with the exception types and messages of CPython. */
#include <awry/error.h>

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <uv.h>

#include "agent/runtime/error/error_node.h"

/* CPython Objects/exceptions.c, ADD_ERRNO */
static const struct {
	int errnum;
	aw_error_type *type;
} types[] = {
	{ EAGAIN, aw_BlockingIOError },
	{ EALREADY, aw_BlockingIOError },
	{ EINPROGRESS, aw_BlockingIOError },
	{ EWOULDBLOCK, aw_BlockingIOError },
	{ EPIPE, aw_BrokenPipeError },
	{ ESHUTDOWN, aw_BrokenPipeError },
	{ ECHILD, aw_ChildProcessError },
	{ ECONNABORTED, aw_ConnectionAbortedError },
	{ ECONNREFUSED, aw_ConnectionRefusedError },
	{ ECONNRESET, aw_ConnectionResetError },
	{ EEXIST, aw_FileExistsError },
	{ ENOENT, aw_FileNotFoundError },
	{ EISDIR, aw_IsADirectoryError },
	{ ENOTDIR, aw_NotADirectoryError },
	{ EINTR, aw_InterruptedError },
	{ EACCES, aw_PermissionError },
	{ EPERM, aw_PermissionError },
	{ ESRCH, aw_ProcessLookupError },
	{ ETIMEDOUT, aw_TimeoutError },
};

/* libuv renames the resolver's numbers; Python shows the resolver's own. */
static const struct {
	int status;
	int number;
} resolver[] = {
	{ UV_EAI_ADDRFAMILY, EAI_ADDRFAMILY },
	{ UV_EAI_AGAIN, EAI_AGAIN },
	{ UV_EAI_BADFLAGS, EAI_BADFLAGS },
	{ UV_EAI_CANCELED, EAI_CANCELED },
	{ UV_EAI_FAIL, EAI_FAIL },
	{ UV_EAI_FAMILY, EAI_FAMILY },
	{ UV_EAI_MEMORY, EAI_MEMORY },
	{ UV_EAI_NODATA, EAI_NODATA },
	{ UV_EAI_NONAME, EAI_NONAME },
	{ UV_EAI_OVERFLOW, EAI_OVERFLOW },
	{ UV_EAI_SERVICE, EAI_SERVICE },
	{ UV_EAI_SOCKTYPE, EAI_SOCKTYPE },
};

#define COUNT(array) (sizeof(array) / sizeof(array[0]))

aw_error_type *aw_error_type_from_errno(int errnum)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].errnum == errnum)
			return types[i].type;
	return aw_OSError;
}

AW_PRINTF(5, 0)
static aw_error *make(aw_error_place site, aw_error_type *type, int number, const char *words,
		      const char *format, va_list list)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	aw_error *err = NULL;

	aw__buffer_format(&text, "[Errno %d] %s", number, words);
	if (format != NULL) {
		aw__buffer_text(&text, ": ");
		aw__buffer_vformat(&text, format, list);
	}
	if (!text.failed)
		err = aw__error_node_create(site, type, aw__buffer_string(&text), text.length);
	aw__buffer_finish(&text);
	if (err == NULL)
		return aw__error_node_no_memory();
	err = aw_error_with_int(err, "errno", number);
	return aw_error_with_str(err, "strerror", words);
}

AW_PRINTF(3, 0)
static aw_error *from_errno(aw_error_place site, int errnum, const char *format, va_list list)
{
	char words[128];
	const char *said = strerror_r(errnum, words, sizeof(words));

	return make(site, aw_error_type_from_errno(errnum), errnum, said, format, list);
}

aw_error *aw__error_from_errno(const char *file, int line, const char *function, int errnum,
			       const char *format, ...)
{
	aw_error *err;
	va_list list;

	va_start(list, format);
	err = from_errno((aw_error_place){ file, function, line }, errnum, format, list);
	va_end(list);
	return err;
}

AW_PRINTF(3, 0)
static aw_error *from_uv(aw_error_place site, int status, const char *format, va_list list)
{
	char words[128];

	if (status == UV_EOF) {
		aw_error *err = aw__error_node_create_v(site, aw_EOFError, format, list);

		return err != NULL ? err : aw__error_node_no_memory();
	}
	for (size_t i = 0; i < COUNT(resolver); i++)
		if (resolver[i].status == status)
			return make(site, aw_gaierror, resolver[i].number,
				    gai_strerror(resolver[i].number), format, list);
	/* not a negated errno: libuv's own codes lie beyond every errno of the kernel */
	if (status > 0 || status <= -4000 || (status <= -3000 && status > -3100))
		return make(site, aw_OSError, status, uv_strerror_r(status, words, sizeof(words)),
			    format, list);
	return from_errno(site, -status, format, list);
}

aw_error *aw__error_from_uv(const char *file, int line, const char *function, int status,
			    const char *format, ...)
{
	aw_error *err;
	va_list list;

	va_start(list, format);
	err = from_uv((aw_error_place){ file, function, line }, status, format, list);
	va_end(list);
	return err;
}
