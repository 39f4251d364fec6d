/* SPDX-License-Identifier: MIT */
/* From a host's name to its addresses. */
#ifndef AW__RESOLVE_H
#define AW__RESOLVE_H

#include "agent/runtime/awaitable.h"

/**
 * Find the TCP addresses of a host; waits for the resolver, which runs on another thread.
 *
 * @param host           a name or an address; NULL for all interfaces
 * @param ret_addresses  to be freed by uv_freeaddrinfo()
 */
aw_error *aw__resolve(const char *host, uint16_t port, struct addrinfo **ret_addresses);

#endif
