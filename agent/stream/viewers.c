/* SPDX-License-Identifier: MIT */
/*
 * Serves connected viewers, for the agent's thread. Each has a feed of its own. Nothing is queued for a viewer that does not
 * read: it gets more when its socket has taken the last portion, and a count of the events that were overwritten meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/record/record.h"
#include "agent/stream/stream_internal.h"
#include "base/clock.h"
#include "proto/decode.h"
#include "proto/frame.h"

#define PORTION	     (64u << 10)
#define MOST_WAITING 128 /* connections that are not accepted yet */
#define IDLE_NS	     UINT64_C(5000000000)
#define TAKING_NS    UINT64_C(100000000)

int aw__high_fd(int fd)
{
	int high;

	if (fd < 0 || aw__own_table_is_used())
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 500);
	if (high < 0)
		return fd;
	close(fd);
	return high;
}

void aw__viewers_init(struct aw__viewers *viewers, const struct aw__box *box, bool own_steps)
{
	memset(viewers, 0, sizeof(*viewers));
	viewers->box = box;
	viewers->own_steps = own_steps;
	viewers->listener.fd = -1;
	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++)
		viewers->list[i].socket.fd = -1;
}

static bool make_address(struct sockaddr_un *ret, const char *path, struct aw__problem *problem)
{
	memset(ret, 0, sizeof(*ret));
	ret->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(ret->sun_path))
		return aw__problem_set(problem, "%s: a socket's path has at most %zu bytes", path,
				       sizeof(ret->sun_path) - 1);
	memcpy(ret->sun_path, path, strlen(path));
	return true;
}

static int make_socket(struct aw__problem *problem)
{
	const int fd = aw__high_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));

	if (fd < 0)
		aw__problem_set(problem, "a socket: %s", strerror(errno));
	return fd;
}

bool aw__viewers_is_leftover(const char *path)
{
	struct sockaddr_un address;
	struct aw__problem ignored;
	struct stat st;
	bool gone;
	int fd;

	if (!make_address(&address, path, &ignored) || lstat(path, &st) != 0 ||
	    !S_ISSOCK(st.st_mode) || st.st_uid != geteuid())
		return false;
	/* By a socket of another type: a process that listens gets no connection (EPROTOTYPE here); a socket without one refuses. */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	gone = connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 &&
	       errno == ECONNREFUSED;
	close(fd);
	return gone;
}

static bool bind_to(int fd, const char *path, const struct sockaddr_un *address)
{
	const struct sockaddr *generic = (const struct sockaddr *)address;

	if (bind(fd, generic, sizeof(*address)) == 0)
		return true;
	if (errno != EADDRINUSE)
		return false;
	if (aw__viewers_is_leftover(path) && unlink(path) == 0)
		return bind(fd, generic, sizeof(*address)) == 0;
	errno = EADDRINUSE;
	return false;
}

bool aw__viewers_listen(struct aw__viewers *viewers, const char *path, struct aw__problem *problem)
{
	struct sockaddr_un address;
	int fd;

	if (!make_address(&address, path, problem))
		return false;
	fd = make_socket(problem);
	if (fd < 0)
		return false;
	/* The mode is set before the socket has a name; the umask belongs to the program. */
	if (fchmod(fd, 0600) != 0 || !bind_to(fd, path, &address) || chmod(path, 0600) != 0 ||
	    listen(fd, MOST_WAITING) != 0) {
		aw__problem_set(problem, "%s: %s", path, strerror(errno));
		close(fd);
		return false;
	}
	viewers->listener = aw__descriptor_of(fd);
	snprintf(viewers->path, sizeof(viewers->path), "%s", path);
	return true;
}

static bool is_ours(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

static bool add(struct aw__viewers *viewers, int fd)
{
	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++) {
		struct aw__viewer *viewer = &viewers->list[i];

		if (viewer->socket.fd >= 0)
			continue;
		memset(viewer, 0, sizeof(*viewer));
		viewer->socket.fd = -1;
		if (!aw__feed_init(&viewer->feed, viewers->box))
			return false;
		aw__box_cursor_snapshot(viewer->feed.cursor);
		viewer->socket = aw__descriptor_of(fd);
		viewer->moved_ns = aw__clock_monotonic_ns();
		return true;
	}
	return false;
}

bool aw__viewers_connect(struct aw__viewers *viewers, const char *path, struct aw__problem *problem)
{
	struct sockaddr_un address;
	int fd;

	if (!make_address(&address, path, problem))
		return false;
	fd = make_socket(problem);
	if (fd < 0)
		return false;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		aw__problem_set(problem, "%s: %s", path, strerror(errno));
		close(fd);
		return false;
	}
	if (!is_ours(fd) || !add(viewers, fd)) {
		close(fd);
		return aw__problem_set(problem, "%s: not a viewer of this user", path);
	}
	return true;
}

static void update_detail(const struct aw__viewers *viewers)
{
	bool steps = viewers->own_steps;

	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++)
		steps = steps || (viewers->list[i].socket.fd >= 0 && viewers->list[i].steps);
	aw__record_steps(steps);
}

static void drop(struct aw__viewers *viewers, struct aw__viewer *viewer)
{
	aw__descriptor_close(&viewer->socket);
	aw__feed_finish(&viewer->feed);
	update_detail(viewers);
}

/* A viewer that sent no preamble, or has not taken its data, for a while: it is stopped, or is no viewer. */
static bool is_idle(const struct aw__viewer *viewer, uint64_t now_ns)
{
	return viewer->socket.fd >= 0 && now_ns - viewer->moved_ns > IDLE_NS &&
	       (!viewer->begun || viewer->feed.out.length > viewer->sent);
}

/* Drop the viewer that has been idle for the longest time, for one that waits. */
static bool give_way(struct aw__viewers *viewers)
{
	const uint64_t now_ns = aw__clock_monotonic_ns();
	struct aw__viewer *longest = NULL;

	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++) {
		struct aw__viewer *viewer = &viewers->list[i];

		if (is_idle(viewer, now_ns) &&
		    (longest == NULL || viewer->moved_ns < longest->moved_ns))
			longest = viewer;
	}
	if (longest != NULL)
		drop(viewers, longest);
	return longest != NULL;
}

/* See proto/frame.h. */
static void refuse(int fd)
{
	(void)send(fd, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static void accept_all(struct aw__viewers *viewers)
{
	int fd;

	if (!aw__descriptor_holds(&viewers->listener))
		return;
	while ((fd = accept4(viewers->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >=
	       0) {
		fd = aw__high_fd(fd);
		if (!is_ours(fd))
			close(fd);
		else if (!add(viewers, fd) && !(give_way(viewers) && add(viewers, fd)))
			refuse(fd);
	}
}

static void obey(struct aw__viewers *viewers, struct aw__viewer *viewer,
		 const struct aw__control *control)
{
	if (control->snapshot)
		aw__box_cursor_snapshot(viewer->feed.cursor);
	if (control->pause)
		viewer->paused = true;
	if (control->resume)
		viewer->paused = false;
	if (control->steps || control->tasks) {
		viewer->steps = control->steps;
		update_detail(viewers);
	}
}

static void shift(struct aw__viewer *viewer, size_t length)
{
	viewer->in_length -= length;
	memmove(viewer->in, viewer->in + length, viewer->in_length);
}

/* False: the viewer sent invalid data. */
static bool understand(struct aw__viewers *viewers, struct aw__viewer *viewer)
{
	struct aw__control control;
	int64_t size;

	if (!viewer->begun) {
		if (viewer->in_length < AW__FRAME_PREAMBLE_BYTES)
			return true;
		if (memcmp(viewer->in, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES) != 0)
			return false;
		shift(viewer, AW__FRAME_PREAMBLE_BYTES);
		viewer->begun = true;
	}
	while ((size = aw__decode_control(viewer->in, viewer->in_length, &control)) > 0) {
		obey(viewers, viewer, &control);
		shift(viewer, (size_t)size);
	}
	return size == 0 && viewer->in_length < sizeof(viewer->in);
}

/* False: the viewer is gone, or sent invalid data. */
static bool hear(struct aw__viewers *viewers, struct aw__viewer *viewer)
{
	for (;;) {
		const ssize_t length = recv(viewer->socket.fd, viewer->in + viewer->in_length,
					    sizeof(viewer->in) - viewer->in_length, MSG_DONTWAIT);

		if (length < 0)
			return errno == EAGAIN || errno == EINTR;
		if (length == 0)
			return false;
		viewer->in_length += (size_t)length;
		viewer->moved_ns = aw__clock_monotonic_ns();
		if (!understand(viewers, viewer))
			return false;
	}
}

enum sending { SENT, STUCK, GONE };

static enum sending send_ready(struct aw__viewer *viewer)
{
	struct aw__buffer *out = &viewer->feed.out;

	while (viewer->sent < out->length) {
		const ssize_t length =
			send(viewer->socket.fd, out->data + viewer->sent,
			     out->length - viewer->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return errno == EAGAIN ? STUCK : GONE;
		viewer->sent += (size_t)length;
		viewer->moved_ns = aw__clock_monotonic_ns();
	}
	viewer->sent = 0;
	aw__buffer_clear(out);
	return SENT;
}

/* Send new items, as long as the viewer takes them. */
static enum sending feed(struct aw__viewer *viewer)
{
	enum sending sending;
	bool present = false;

	do {
		sending = send_ready(viewer);
		if (sending != SENT || present || viewer->paused)
			return sending;
		present = aw__feed_fill(&viewer->feed, PORTION);
	} while (!viewer->feed.out.failed);
	return GONE;
}

uint64_t aw__viewers_serve(struct aw__viewers *viewers)
{
	uint64_t given = 0;

	accept_all(viewers);
	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++) {
		struct aw__viewer *viewer = &viewers->list[i];
		const uint64_t before = viewer->feed.items;
		enum sending sending = GONE;

		if (viewer->socket.fd < 0)
			continue;
		if (aw__descriptor_holds(&viewer->socket) && hear(viewers, viewer))
			sending = feed(viewer);
		given += viewer->feed.items - before;
		if (sending == GONE)
			drop(viewers, viewer);
	}
	return given;
}

bool aw__viewers_part(struct aw__viewers *viewers)
{
	bool all = true;

	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++) {
		struct aw__viewer *viewer = &viewers->list[i];
		enum sending sending;

		if (viewer->socket.fd < 0)
			continue;
		if (!aw__descriptor_holds(&viewer->socket)) {
			drop(viewers, viewer);
			continue;
		}
		sending = viewer->parting ? send_ready(viewer) : feed(viewer);
		if (sending == SENT && !viewer->parting) {
			viewer->parting = true;
			aw__feed_goodbye(&viewer->feed);
			sending = send_ready(viewer);
		}
		if (sending == STUCK)
			all = false;
		else
			drop(viewers, viewer);
	}
	return all;
}

bool aw__viewers_are_taking(const struct aw__viewers *viewers)
{
	const uint64_t now_ns = aw__clock_monotonic_ns();
	bool taking = false;

	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++) {
		const struct aw__viewer *viewer = &viewers->list[i];

		taking = taking || (viewer->socket.fd >= 0 && viewer->feed.out.length > 0 &&
				    now_ns - viewer->moved_ns < TAKING_NS);
	}
	return taking;
}

void aw__viewers_finish(struct aw__viewers *viewers)
{
	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++)
		if (viewers->list[i].socket.fd >= 0)
			drop(viewers, &viewers->list[i]);
	if (viewers->path[0] != '\0')
		unlink(viewers->path);
	aw__descriptor_close(&viewers->listener);
}

bool aw__viewers_any(const struct aw__viewers *viewers)
{
	bool any = false;

	for (unsigned i = 0; i < AW__MOST_VIEWERS; i++)
		any = any || viewers->list[i].socket.fd >= 0;
	return any;
}
