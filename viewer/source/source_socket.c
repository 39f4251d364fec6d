/* SPDX-License-Identifier: MIT */
/* Unix sockets of sources: connecting to a debugged process, and listening for those of `awry run`. */
#include "viewer/source/source_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "proto/frame.h"

static bool fill_address(const char *path, struct sockaddr_un *ret_address,
			 struct aw__problem *problem)
{
	memset(ret_address, 0, sizeof(*ret_address));
	ret_address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(ret_address->sun_path))
		return aw__problem_set(problem, "%s: too long for a socket: %zu bytes are allowed",
				       path, sizeof(ret_address->sun_path) - 1);
	strcpy(ret_address->sun_path, path);
	return true;
}

bool aw__socket_peer_is_ours(int fd, struct aw__problem *problem)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t length = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
		return aw__problem_set(problem, "cannot find out the user of the other end: %s",
				       strerror(errno));
	if (peer.uid != geteuid() && geteuid() != 0)
		return aw__problem_set(problem,
				       "the other end belongs to user %u; only root may read from "
				       "processes of other users",
				       (unsigned)peer.uid);
	return true;
}

int aw__socket_connect(const char *path, struct aw__problem *problem)
{
	struct sockaddr_un address;
	struct aw__problem why;
	int fd;

	if (!fill_address(path, &address, problem))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		aw__problem_set(problem, "%s: no process listens on it: %s", path, strerror(errno));
	} else if (!aw__socket_peer_is_ours(fd, &why)) {
		aw__problem_set(problem, "%.200s: %.250s", path, why.text);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

bool aw__socket_greet(int fd)
{
	return send(fd, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES,
		    MSG_NOSIGNAL | MSG_DONTWAIT) == AW__FRAME_PREAMBLE_BYTES;
}

/* Whether the peer closed the connection after its preamble. */
static bool is_closed(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLRDHUP };

	return poll(&poll_fd, 1, 10) == 1 && (poll_fd.revents & (POLLRDHUP | POLLHUP)) != 0;
}

enum aw__answer aw__socket_answer(int fd, int timeout_ms)
{
	const uint64_t until_ns = aw__clock_monotonic_ns() + (uint64_t)timeout_ms * 1000000u;
	unsigned char first[AW__FRAME_PREAMBLE_BYTES + 1];
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	if (poll(&poll_fd, 1, timeout_ms) != 1 || (poll_fd.revents & POLLIN) == 0)
		return AW__ANSWER_NONE;
	do {
		const ssize_t got = recv(fd, first, sizeof(first), MSG_PEEK | MSG_DONTWAIT);

		if (got != AW__FRAME_PREAMBLE_BYTES)
			return AW__ANSWER_GIVEN;
		if (is_closed(fd))
			return memcmp(first, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES) == 0
				       ? AW__ANSWER_REFUSED
				       : AW__ANSWER_GIVEN;
	} while (aw__clock_monotonic_ns() < until_ns);
	return AW__ANSWER_GIVEN;
}

static bool listen_at(struct aw__listener *listener, struct aw__problem *problem)
{
	struct sockaddr_un address;
	mode_t old;
	int bound;

	if (!fill_address(listener->path, &address, problem))
		return false;
	old = umask(0177);
	bound = bind(listener->fd, (struct sockaddr *)&address, sizeof(address));
	umask(old);
	if (bound != 0)
		return aw__problem_set(problem, "%s: cannot be bound: %s", listener->path,
				       strerror(errno));
	if (listen(listener->fd, 128) == 0)
		return true;
	aw__problem_set(problem, "%s: cannot listen: %s", listener->path, strerror(errno));
	unlink(listener->path);
	return false;
}

static bool choose_path(struct aw__listener *listener, struct aw__problem *problem)
{
	char folder[AW__LOCATION_PATH_BYTES];

	if (!aw__location_folder(folder, problem))
		return false;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return aw__problem_set(problem, "%s: cannot be made: %s", folder, strerror(errno));
	if (!aw__location_check_folder(folder, problem))
		return false;
	if (!aw__location_run_socket(folder, getpid(), listener->path))
		return aw__problem_set(problem, "%s: the folder's name is too long", folder);
	unlink(listener->path);
	return true;
}

bool aw__listener_open(struct aw__listener *ret_listener, struct aw__problem *problem)
{
	if (!choose_path(ret_listener, problem))
		return false;
	ret_listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ret_listener->fd < 0)
		return aw__problem_set(problem, "cannot make a socket: %s", strerror(errno));
	if (listen_at(ret_listener, problem))
		return true;
	close(ret_listener->fd);
	return false;
}

int aw__listener_accept(const struct aw__listener *listener)
{
	struct aw__problem ignored;
	int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return -1;
	if (aw__socket_peer_is_ours(fd, &ignored))
		return fd;
	close(fd);
	return -1;
}

void aw__listener_close(struct aw__listener *listener)
{
	close(listener->fd);
	unlink(listener->path);
}
