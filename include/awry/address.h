/* SPDX-License-Identifier: MIT */
/**
 * awry/address.h - where sockets are, and what their hosts are called.
 *
 * Context: aw_getaddrinfo() and aw_getnameinfo() wait, inside of a task, for the resolver on another
 * thread. The rest: any thread.
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

/** A socket's address: of the internet or of the file system. */
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
	AW_ADDRESS_TEXT = 128, /* bytes that hold any address as text */
};

/**
 * Write an address as CPython prints it: ('127.0.0.1', 80), ('::1', 80, 0, 0), '/run/it.sock'; and
 * nothing if there is none.
 *
 * @param ret_text  char[size]; cut at its end
 *
 * Returns ret_text.
 */
AW_API char *aw_address_format(const aw_address *address, char *ret_text, size_t size);
/** The port; 0 for an address without one. */
AW_API uint16_t aw_address_port(const aw_address *address);

/**
 * Find the addresses of a host and service.
 *
 * @param host     a name or an address; NULL: what AI_PASSIVE says
 * @param service  a name or a number; NULL: port 0
 * @param hints    as for getaddrinfo(); NULL for none
 * @param ret      set on success; to be freed by aw_freeaddrinfo()
 *
 * Errors: gaierror {int errno: an EAI_ number}; OSError; CancelledError; MemoryError
 * Source: CPython Lib/asyncio/base_events.py, getaddrinfo()
 * Since:  0.1
 */
AW_API AW_MUST_USE aw_error *aw_getaddrinfo(const char *host, const char *service,
					    const struct addrinfo *hints, struct addrinfo **ret);
/** Free what aw_getaddrinfo() found. NULL is ignored. */
AW_API void aw_freeaddrinfo(struct addrinfo *addresses);

/** What an address is called. */
typedef struct aw_name {
	char host[1025];
	char service[32];
} aw_name;

/**
 * Find the names of an address and its port.
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
