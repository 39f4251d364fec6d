/* SPDX-License-Identifier: MIT */
/* getaddrinfo() with numeric addresses, service names and flags, and the errors of names that cannot be resolved. */
#include "net.h"

#include <netdb.h>

static void look(const char *host, const char *service, struct addrinfo hints)
{
	char text[AW_ADDRESS_TEXT];
	struct addrinfo *found = NULL;
	aw_error *err = aw_getaddrinfo(host, service, &hints, &found);

	if (err != NULL) {
		show(err);
		printf("%s %d\n", aw_error_typeof(err)->base->name,
		       (int)aw_error_int(err, "errno", 0));
		aw_error_unref(err);
	}
	for (const struct addrinfo *at = found; at != NULL; at = at->ai_next) {
		aw_address address = { .length = at->ai_addrlen };

		memcpy(&address.at, at->ai_addr, at->ai_addrlen);
		printf("%d %d %d '%s' %s\n", at->ai_family, at->ai_socktype, at->ai_protocol,
		       at->ai_canonname != NULL ? at->ai_canonname : "",
		       aw_address_format(&address, text, sizeof(text)));
	}
	aw_freeaddrinfo(found);
}

#define LOOK(host, service, ...) look(host, service, (struct addrinfo){ __VA_ARGS__ })

static aw_error *amain(void *arg, void **ret)
{
	LOOK("127.0.0.1", "80", 0);
	LOOK("127.0.0.1", "http", .ai_socktype = SOCK_STREAM);
	LOOK("::1", "443", .ai_socktype = SOCK_STREAM);
	LOOK("fe80::1", NULL, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST);
	LOOK(NULL, "8080", .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE);
	LOOK(NULL, "8080", .ai_socktype = SOCK_STREAM);
	LOOK("localhost", "25", .ai_socktype = SOCK_STREAM, .ai_family = AF_INET);
	LOOK("127.0.0.1", "7", .ai_socktype = SOCK_STREAM,
	     .ai_flags = AI_CANONNAME | AI_NUMERICHOST);
	LOOK("not an address", "80", .ai_flags = AI_NUMERICHOST);
	LOOK("127.0.0.1", "no such service", .ai_socktype = SOCK_STREAM);
	LOOK("::1", "80", .ai_family = AF_INET);
	LOOK("127.0.0.1", "80", .ai_family = 77);
	LOOK("127.0.0.1", "http", .ai_socktype = SOCK_RAW);
	LOOK(NULL, NULL, 0);
	return NULL;
}

ORACLE_MAIN
