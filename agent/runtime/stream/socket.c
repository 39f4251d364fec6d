/* SPDX-License-Identifier: MIT */
/* Opens, binds and connects sockets for streams and servers, with asyncio's error messages. */
#include "agent/runtime/stream/socket.h"

#include "agent/runtime/stream/poll.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

aw_error *aw__socket_error(int errnum, const char *format, ...)
{
	char text[256];
	aw_error *err;
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	err = aw_raise(aw_error_type_from_errno(errnum), "[Errno %d] %s", errnum, text);
	err = aw_error_with_int(err, "errno", errnum);
	return aw_error_with_str(err, "strerror", text);
}

aw_address aw__socket_address(const struct sockaddr *address, socklen_t length)
{
	aw_address copy = { .length = 0 };

	if (length <= sizeof(copy.at)) {
		memcpy(&copy.at, address, length);
		copy.length = length;
	}
	return copy;
}

aw_error *aw__socket_unix_address(const char *path, aw_address *ret_address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t length = strlen(path);

	if (length >= sizeof(un.sun_path))
		return aw_raise(aw_OSError, "AF_UNIX path too long");
	memcpy(un.sun_path, path, length + 1);
	*ret_address = aw__socket_address(
		(const struct sockaddr *)&un,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1));
	return NULL;
}

aw_error *aw__socket_open(int family, int *ret_fd)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return aw_error_from_errno(errno, NULL);
	*ret_fd = fd;
	return NULL;
}

aw_error *aw__socket_bind(int fd, const aw_address *address)
{
	char text[AW_ADDRESS_TEXT], words[128];
	const char *said;
	int errnum;

	if (bind(fd, &address->at.any, address->length) == 0)
		return NULL;
	errnum = errno;
	said = strerror_r(errnum, words, sizeof(words));
	return aw__socket_error(errnum, "error while attempting to bind on address %s: %c%s",
				aw_address_format(address, text, sizeof(text)),
				tolower((unsigned char)said[0]), said + 1);
}

aw_error *aw__socket_connect(int fd, const aw_address *address, uint64_t id)
{
	char text[AW_ADDRESS_TEXT];
	socklen_t length = sizeof(int);
	int errnum = 0;

	if (connect(fd, &address->at.any, address->length) == 0)
		return NULL;
	if (errno != EINPROGRESS && errno != EINTR)
		return aw_error_from_errno(errno, NULL);
	AW_TRY(aw__poll_wait(fd, UV_WRITABLE, AW_WAIT_CONNECT, id));
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &length) < 0)
		errnum = errno;
	if (errnum == 0)
		return NULL;
	return aw__socket_error(errnum, "Connect call failed %s",
				aw_address_format(address, text, sizeof(text)));
}
