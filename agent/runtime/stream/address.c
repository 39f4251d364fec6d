/* SPDX-License-Identifier: MIT */
/* Reads the port of a socket address and formats it as text (aw_address). */
#include <awry/address.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

uint16_t aw_address_port(const aw_address *address)
{
	if (address->length == 0)
		return 0;
	switch (address->at.any.sa_family) {
	case AF_INET:
		return ntohs(address->at.in.sin_port);
	case AF_INET6:
		return ntohs(address->at.in6.sin6_port);
	default:
		return 0;
	}
}

static void format_unix(const aw_address *address, char *text, size_t size)
{
	const struct sockaddr_un *un = &address->at.un;
	size_t length = address->length - offsetof(struct sockaddr_un, sun_path);

	if (length == 0)
		snprintf(text, size, "''");
	else if (un->sun_path[0] == '\0')
		snprintf(text, size, "b'\\x00%.*s'", (int)length - 1, un->sun_path + 1);
	else
		snprintf(text, size, "'%.*s'", (int)strnlen(un->sun_path, length), un->sun_path);
}

char *aw_address_format(const aw_address *address, char *ret_text, size_t size)
{
	int family = address->length > 0 ? address->at.any.sa_family : AF_UNSPEC;
	char host[INET6_ADDRSTRLEN] = "";

	if (size > 0)
		ret_text[0] = '\0';
	if (family == AF_INET) {
		inet_ntop(family, &address->at.in.sin_addr, host, sizeof(host));
		snprintf(ret_text, size, "('%s', %u)", host, aw_address_port(address));
	} else if (family == AF_INET6) {
		inet_ntop(family, &address->at.in6.sin6_addr, host, sizeof(host));
		snprintf(ret_text, size, "('%s', %u, %u, %u)", host, aw_address_port(address),
			 ntohl(address->at.in6.sin6_flowinfo), address->at.in6.sin6_scope_id);
	} else if (family == AF_UNIX) {
		format_unix(address, ret_text, size);
	}
	return ret_text;
}
