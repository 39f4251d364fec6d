/* SPDX-License-Identifier: MIT */
/*
 * aw_stream_connect() and its variants: connects to a host and port, trying its addresses in turn, or to a unix
 * socket.
 */
#include "agent/runtime/stream/resolve.h"
#include "agent/runtime/stream/socket.h"
#include "agent/runtime/stream/stream.h"
#include "base/buffer.h"
#include "base/options_copy.h"

#include <netdb.h>
#include <string.h>
#include <unistd.h>

/* Bind to the first local address of the same family that can be bound to. */
static aw_error *bind_to_any(int fd, int family, const struct addrinfo *locals)
{
	aw_error *err = NULL;

	for (; locals != NULL; locals = locals->ai_next) {
		aw_address local = aw__socket_address(locals->ai_addr, locals->ai_addrlen);

		if (locals->ai_family != family)
			continue;
		aw_error_unref(err);
		err = aw__socket_bind(fd, &local);
		if (err == NULL)
			return NULL;
	}
	if (err != NULL)
		return err;
	return aw_raise(aw_OSError, "no matching local address with family=%d found", family);
}

/* Open a connected descriptor, which the caller owns. */
static aw_error *connect_fd(const aw_address *address, const struct addrinfo *locals, uint64_t id,
			    int *ret_fd)
{
	int family = address->at.any.sa_family, fd = -1;
	aw_error *err = aw__socket_open(family, &fd);

	if (err != NULL)
		return err;
	if (locals != NULL)
		err = bind_to_any(fd, family, locals);
	if (err == NULL)
		err = aw__socket_connect(fd, address, id);
	if (err != NULL)
		goto fail;
	*ret_fd = fd;
	return NULL;
fail:
	close(fd);
	return err;
}

static aw_error *connect_to(enum aw__stream_kind kind, const aw_address *address,
			    const struct addrinfo *locals, struct aw_stream **ret_stream)
{
	struct aw_stream *stream = NULL;
	aw_error *err;
	int fd = -1;

	AW_TRY(aw__stream_create(aw__task_must()->future.loop, kind, &stream));
	err = connect_fd(address, locals, stream->id, &fd);
	if (err != NULL)
		goto fail;
	err = aw__stream_adopt(stream, fd);
	if (err != NULL) {
		close(fd);
		goto fail;
	}
	err = aw__stream_connected(stream);
	if (err != NULL)
		goto fail;
	*ret_stream = stream;
	return NULL;
fail:
	aw__stream_discard(stream);
	return err;
}

/* The errors of the addresses that were tried. */
struct failures {
	aw_error *first;
	bool differ;
	struct aw__buffer messages;
};

/* Consumes the error. */
static void add_failure(struct failures *failures, aw_error *err)
{
	const char *message = aw_error_message(err);

	if (failures->first != NULL) {
		aw__buffer_text(&failures->messages, ", ");
		if (strcmp(message, aw_error_message(failures->first)) != 0)
			failures->differ = true;
	}
	aw__buffer_text(&failures->messages, message);
	if (failures->first == NULL)
		failures->first = err;
	else
		aw_error_unref(err);
}

static void failures_finish(struct failures *failures)
{
	aw_error_unref(failures->first);
	aw__buffer_finish(&failures->messages);
}

/* The error if no address could be connected. */
static aw_error *none_answered(struct failures *failures)
{
	aw_error *err = failures->first;

	if (failures->differ && !failures->messages.failed)
		return aw_raise(aw_OSError, "Multiple exceptions: %s",
				aw__buffer_string(&failures->messages));
	failures->first = NULL;
	return err;
}

static aw_error *connect_to_any(const struct addrinfo *addresses, const struct addrinfo *locals,
				struct aw_stream **ret_stream)
{
	struct failures failures = { .messages = AW__BUFFER_EMPTY };
	aw_error *err = NULL;

	for (const struct addrinfo *at = addresses; at != NULL; at = at->ai_next) {
		aw_address address = aw__socket_address(at->ai_addr, at->ai_addrlen);

		err = connect_to(AW__STREAM_TCP, &address, locals, ret_stream);
		if (err == NULL || !aw_error_is(err, aw_OSError))
			break;
		add_failure(&failures, err);
		err = NULL;
		if (at->ai_next == NULL)
			err = none_answered(&failures);
	}
	failures_finish(&failures);
	return err;
}

aw_error *aw_stream_connect_with(const struct aw_connect_options *options, const char *host,
				 uint16_t port, aw_stream **ret_stream)
{
	struct aw_connect_options use;
	struct addrinfo *addresses = NULL, *locals = NULL;
	struct aw_stream *stream = NULL;
	aw_error *err;

	AW__OPTIONS(aw_connect_options, &use, options);
	AW_TRY(aw__resolve(host, port, use.family, use.flags, &addresses));
	err = use.local_host == NULL
		      ? NULL
		      : aw__resolve(use.local_host, use.local_port, use.family, use.flags, &locals);
	if (err == NULL)
		err = connect_to_any(addresses, locals, &stream);
	aw_freeaddrinfo(addresses);
	aw_freeaddrinfo(locals);
	if (err != NULL)
		return err;
	if (use.limit > 0)
		aw_stream_set_limit(stream, use.limit);
	*ret_stream = stream;
	return NULL;
}

aw_error *aw_stream_connect(const char *host, uint16_t port, aw_stream **ret_stream)
{
	return aw_stream_connect_with(NULL, host, port, ret_stream);
}

aw_error *aw_stream_connect_unix(const char *path, aw_stream **ret_stream)
{
	aw_address address;

	AW_TRY(aw__socket_unix_address(path, &address));
	return connect_to(AW__STREAM_UNIX, &address, NULL, ret_stream);
}
