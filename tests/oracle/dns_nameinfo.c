/* SPDX-License-Identifier: MIT */
/* getnameinfo() for IPv4 and IPv6 with its flags; and twenty requests at once, one of which is cancelled. */
#include "net.h"

#include <arpa/inet.h>
#include <netdb.h>

static aw_address address_of(const char *host, uint16_t port)
{
	aw_address address = { .length = 0 };

	if (inet_pton(AF_INET, host, &address.at.in.sin_addr) == 1) {
		address.at.in.sin_family = AF_INET;
		address.at.in.sin_port = htons(port);
		address.length = sizeof(address.at.in);
	} else if (inet_pton(AF_INET6, host, &address.at.in6.sin6_addr) == 1) {
		address.at.in6.sin6_family = AF_INET6;
		address.at.in6.sin6_port = htons(port);
		address.length = sizeof(address.at.in6);
	}
	return address;
}

static void look(const char *host, uint16_t port, int flags)
{
	aw_address address = address_of(host, port);
	aw_name name;
	aw_error *err = aw_getnameinfo(&address, flags, &name);

	if (err == NULL)
		printf("%s %s\n", name.host, name.service);
	else
		end(err);
}

static aw_error *numbers(void *arg, void **ret)
{
	static aw_name names[20];
	aw_address address = address_of("127.0.0.1", (uint16_t)(80 + AW_INT(arg)));

	*ret = &names[AW_INT(arg)];
	return aw_getnameinfo(&address, NI_NUMERICHOST | NI_NUMERICSERV, *ret);
}

static aw_error *order(void)
{
	aw_outcome outcomes[20];
	aw_task *tasks[20];

	for (int i = 0; i < 20; i++)
		tasks[i] = aw_spawn(numbers, AW_PTR(i));
	aw_task_cancel(tasks[7], "not this one");
	AW_TRY(aw_gather_all_n((void **)tasks, 20, outcomes));
	for (int i = 0; i < 20; i++) {
		const aw_name *name = outcomes[i].result;

		if (outcomes[i].error == NULL)
			printf("('%s', '%s')\n", name->host, name->service);
		else
			puts(aw_error_name(outcomes[i].error));
		aw_error_unref(outcomes[i].error);
		aw_task_unref(tasks[i]);
	}
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	look("127.0.0.1", 80, NI_NUMERICHOST | NI_NUMERICSERV);
	look("127.0.0.1", 80, NI_NUMERICHOST);
	look("127.0.0.1", 25, NI_NUMERICHOST);
	look("127.0.0.1", 53, NI_NUMERICHOST | NI_DGRAM);
	look("127.0.0.1", 64999, NI_NUMERICHOST);
	look("::1", 443, NI_NUMERICHOST | NI_NUMERICSERV);
	look("::1", 443, NI_NUMERICHOST);
	look("127.0.0.1", 0, NI_NUMERICSERV);
	look("0.0.0.0", 1, NI_NUMERICHOST | NI_NUMERICSERV);
	look("240.0.0.1", 80, NI_NUMERICHOST | NI_NAMEREQD);
	return order();
}

ORACLE_MAIN
