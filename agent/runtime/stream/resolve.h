/* SPDX-License-Identifier: MIT */
/* Resolves host names to addresses. */
#ifndef AW__RESOLVE_H
#define AW__RESOLVE_H

#include "agent/runtime/task/awaitable.h"

struct addrinfo;

/**
 * Find the TCP addresses of a host; waits for the resolver, unless the host is an address.
 *
 * @param host           a name or an address; NULL for all interfaces
 * @param family         AF_UNSPEC for all
 * @param flags          AI_…
 * @param ret_addresses  to be freed by aw_freeaddrinfo()
 */
aw_error *aw__resolve(const char *host, uint16_t port, int family, int flags,
		      struct addrinfo **ret_addresses);

#endif
