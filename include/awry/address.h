/* SPDX-License-Identifier: MIT */
/**
 * awry/address.h - socket addresses, and looking up addresses and host names.
 *
 * Context: aw_getaddrinfo() and aw_getnameinfo() are called inside a task, and wait for the resolver, which runs on
 * another thread. The rest: any thread.
 */
#ifndef AWRY_ADDRESS_H
#define AWRY_ADDRESS_H

#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

#include <awry/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct addrinfo;

/** A socket's address: IPv4, IPv6 or the path of a unix socket. */
typedef struct aw_address {
	socklen_t length; /* bytes of `at`; 0: there is no address */
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage reserved; /* room for addresses of any kind */
	} at;
} aw_address;

enum {
	AW_ADDRESS_TEXT = 128, /* bytes: enough for any address as text */
};

/**
 * Write an address as CPython prints it: ('127.0.0.1', 80), ('::1', 80, 0, 0), '/run/it.sock'. An empty
 * address (length 0) gives an empty text.
 *
 * @param ret_text  char[size]; a longer text is cut
 *
 * Returns ret_text.
 */
AW_API char *aw_address_format(const aw_address *address, char *ret_text, size_t size);
/** Get the port; 0 if the address has none. */
AW_API uint16_t aw_address_port(const aw_address *address);

/**
 * Find the addresses of a host and service.
 *
 * @param host     a name or an address; NULL: the wildcard address with AI_PASSIVE in `hints`, else the loopback address
 * @param service  a name or a number; NULL: port 0
 * @param hints    as for getaddrinfo(); NULL for none
 * @param ret      set on success; free it with aw_freeaddrinfo()
 *
 * Errors: gaierror {int errno: an EAI_ number}; OSError; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/base_events.py, getaddrinfo()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_getaddrinfo(const char *host, const char *service,
					    const struct addrinfo *hints, struct addrinfo **ret);
/** Free the addresses that aw_getaddrinfo() returned. NULL is ignored. */
AW_API void aw_freeaddrinfo(struct addrinfo *addresses);

/** The names of an address: its host and its service (the port's name). */
typedef struct aw_name {
	char host[1025];
	char service[32];
} aw_name;

/**
 * Find the host name and the service name of an address.
 *
 * @param flags     NI_NUMERICHOST and the like
 * @param ret_name  set on success
 *
 * Errors: gaierror {int errno: an EAI_ number}; OSError; CancelledError; MemoryError
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_getnameinfo(const aw_address *address, int flags,
					    aw_name *ret_name);

#ifdef __cplusplus
}
#endif

#endif
