/* SPDX-License-Identifier: MIT */
/* Sockets before they belong to a stream or a server, with the errors that asyncio gives for them. */
#ifndef AW__SOCKET_H
#define AW__SOCKET_H

#include "agent/runtime/task/awaitable.h"

#include <awry/address.h>

/** OSError(errnum, text), where `text` replaces that of strerror(). */
AW_PRINTF(2, 3) aw_error *aw__socket_error(int errnum, const char *format, ...);
/** A copy of an address. */
aw_address aw__socket_address(const struct sockaddr *address, socklen_t length);
/** The address of a unix socket. Errors: OSError for a path that is too long. */
aw_error *aw__socket_unix_address(const char *path, aw_address *ret_address);

/** Open a non-blocking stream socket; the caller closes it. */
aw_error *aw__socket_open(int family, int *ret_fd);
aw_error *aw__socket_bind(int fd, const aw_address *address);
/** Connect, and wait until connected; `id`: of the stream, for the recorder. */
aw_error *aw__socket_connect(int fd, const aw_address *address, uint64_t id);

#endif
