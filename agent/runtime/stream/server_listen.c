/* SPDX-License-Identifier: MIT */
/* aw_server_start() and its variants: binds a server's sockets, to a host and port or to a unix socket's path. */
#include "agent/runtime/stream/resolve.h"
#include "agent/runtime/stream/server.h"
#include "agent/runtime/stream/socket.h"
#include "base/options_copy.h"

#include <errno.h>
#include <netdb.h>
#include <sys/stat.h>
#include <unistd.h>

static aw_error *set_option(int fd, int level, int option)
{
	int on = 1;

	if (setsockopt(fd, level, option, &on, sizeof(on)) < 0)
		return aw_error_from_errno(errno, NULL);
	return NULL;
}

static aw_error *prepare(int fd, int family, const struct aw_server_options *options)
{
	if (!options->fresh_address)
		AW_TRY(set_option(fd, SOL_SOCKET, SO_REUSEADDR));
	if (options->reuse_port)
		AW_TRY(set_option(fd, SOL_SOCKET, SO_REUSEPORT));
	/* each family has a listener of its own */
	if (family == AF_INET6)
		AW_TRY(set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY));
	return NULL;
}

static aw_error *listen_on(struct aw_server *server, const struct aw_server_options *options,
			   const struct addrinfo *at)
{
	aw_address address = aw__socket_address(at->ai_addr, at->ai_addrlen);
	aw_error *err;
	int fd = -1;

	AW_TRY(aw__socket_open(at->ai_family, &fd));
	err = prepare(fd, at->ai_family, options);
	if (err == NULL)
		err = aw__socket_bind(fd, &address);
	if (err == NULL)
		err = aw__server_add(server, fd);
	if (err != NULL)
		close(fd);
	return err;
}

static size_t count_of(const struct addrinfo *addresses)
{
	size_t count = 0;

	for (; addresses != NULL; addresses = addresses->ai_next)
		count++;
	return count;
}

static void set_up(struct aw_server *server, const struct aw__site *site, aw_stream_fn *fn,
		   void *arg)
{
	server->site = *site;
	if (AW__HOOKED() && site->place == AW_NONE)
		server->site.place =
			aw_agent_place(site->function, NULL, 0, (const void *)(uintptr_t)fn);
	server->fn = fn;
	server->arg = arg;
}

aw_error *aw__server_start(const struct aw__site *site, const struct aw_server_options *options,
			   const char *host, uint16_t port, aw_stream_fn *fn, void *arg,
			   aw_server **ret_server)
{
	struct aw_server_options use;
	struct addrinfo *addresses = NULL;
	struct aw_server *server = NULL;
	aw_error *err;

	AW__OPTIONS(aw_server_options, &use, options);
	AW_TRY(aw__resolve(host, port, use.family, AI_PASSIVE, &addresses));
	err = aw__server_create(&use, AW__STREAM_TCP, count_of(addresses), &server);
	if (err == NULL)
		set_up(server, site, fn, arg);
	for (const struct addrinfo *at = addresses; at != NULL && err == NULL; at = at->ai_next)
		err = listen_on(server, &use, at);
	aw_freeaddrinfo(addresses);
	if (err == NULL)
		return aw__server_begin(server, &use, ret_server);
	aw_server_stop(server);
	return err;
}

/* Remove the socket that a former server has left. If that fails, bind() reports it. */
static void remove_stale(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISSOCK(status.st_mode))
		unlink(path);
}

static aw_error *bind_unix(int fd, const char *path, const aw_address *address)
{
	remove_stale(path);
	if (bind(fd, &address->at.any, address->length) == 0)
		return NULL;
	if (errno == EADDRINUSE)
		return aw__socket_error(errno, "Address '%s' is already in use", path);
	return aw_error_from_errno(errno, NULL);
}

aw_error *aw__server_start_unix(const struct aw__site *site,
				const struct aw_server_options *options, const char *path,
				aw_stream_fn *fn, void *arg, aw_server **ret_server)
{
	struct aw_server_options use;
	struct aw_server *server = NULL;
	aw_address address;
	aw_error *err;
	int fd = -1;

	AW__OPTIONS(aw_server_options, &use, options);
	AW_TRY(aw__socket_unix_address(path, &address));
	AW_TRY(aw__server_create(&use, AW__STREAM_UNIX, 1, &server));
	set_up(server, site, fn, arg);
	err = aw__socket_open(AF_UNIX, &fd);
	if (err != NULL)
		goto fail;
	err = bind_unix(fd, path, &address);
	if (err == NULL)
		err = aw__server_add(server, fd);
	if (err != NULL)
		goto fail_socket;
	return aw__server_begin(server, &use, ret_server);
fail_socket:
	close(fd);
fail:
	aw_server_stop(server);
	return err;
}
