/* SPDX-License-Identifier: MIT */
/*
 * Opens a target (process id, socket, trace or black box) and reads its items, in the same way for every kind: all
 * commands and the viewer read through it.
 */
#include "viewer/source/source_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "proto/blackbox.h"
#include "proto/frame.h"

#define CHUNK_BYTES	 (256u << 10)
#define ANSWER_WITHIN_MS 500

static const char allowed[] = "a process id, a socket, a trace or a black box is wanted";

static struct aw__source *create(enum aw__source_kind kind, int fd)
{
	struct aw__source *source = aw__alloc_must_zeroed(1, sizeof(*source));

	source->kind = kind;
	source->fd = fd;
	return source;
}

static struct aw__source *create_decoding(enum aw__source_kind kind, int fd)
{
	struct aw__source *source = create(kind, fd);

	source->decoder = aw__decoder_create();
	if (source->decoder == NULL)
		abort();
	return source;
}

void aw__source_close(struct aw__source *source)
{
	if (source == NULL)
		return;
	aw__decoder_destroy(source->decoder);
	aw__bytes_close(source->raw);
	if (source->kind == AW__SOURCE_BOX) {
		aw__box_cursor_destroy(source->cursor);
		aw__box_close(&source->box);
	}
	if (source->fd >= 0)
		close(source->fd);
	aw__alloc_free(source);
}

/* If the process has ended meanwhile, the preamble cannot be sent, but its data can still be read. */
struct aw__source *aw__source_adopt(int fd_take)
{
	(void)aw__socket_greet(fd_take);
	return create_decoding(AW__SOURCE_SOCKET, fd_take);
}

/*
 * Whether the process runs. True also if the process has closed its box: it has reported everything itself.
 */
static bool owner_runs(const struct aw__box *box, const char *path)
{
	struct aw__location location;
	struct aw__hello hello;

	aw__box_hello(box, &hello);
	location =
		(struct aw__location){ .pid = hello.pid, .start_ticks = hello.process_start_ticks };
	return aw__box_said_goodbye(box) || aw__owner_runs(aw__location_owner(&location, path));
}

/* Reading all events of a box takes many times as long as reading only the important ones. */
static void choose_events(struct aw__source *source, bool runs, unsigned flags)
{
	if (!runs)
		aw__box_cursor_held(source->cursor);
	if ((flags & AW__SOURCE_UNWRITTEN) != 0)
		aw__box_cursor_unwritten(source->cursor);
	if ((flags & AW__SOURCE_BRIEF) != 0 && (runs || (flags & AW__SOURCE_HELD) == 0))
		aw__box_cursor_important_only(source->cursor);
}

static struct aw__source *open_box(const char *path, unsigned flags, struct aw__problem *problem)
{
	struct aw__source *source = create(AW__SOURCE_BOX, -1);

	if (!aw__box_open(&source->box, path, problem)) {
		aw__alloc_free(source);
		return NULL;
	}
	source->bytes = source->box.bytes;
	source->cursor = aw__box_cursor_create(&source->box);
	if (source->cursor == NULL) {
		aw__problem_set(problem, "%s: out of memory", path);
		aw__source_close(source);
		return NULL;
	}
	choose_events(source, owner_runs(&source->box, path), flags);
	return source;
}

static bool is_refused(enum aw__answer answer, const char *target, struct aw__problem *problem)
{
	if (answer != AW__ANSWER_REFUSED)
		return false;
	aw__problem_set(problem,
			"%.400s: has %d viewers already, and serves no more; end one of them",
			target, AW__MOST_VIEWERS);
	return true;
}

static int connect_to(const char *path, struct aw__problem *problem)
{
	int fd = aw__socket_connect(path, problem);

	if (fd < 0)
		return -1;
	if (aw__socket_greet(fd) ||
	    errno == EPIPE) /* closed by the peer, which may have sent the reason */
		return fd;
	aw__problem_set(problem, "%s: cannot be written to: %s", path, strerror(errno));
	close(fd);
	return -1;
}

static struct aw__source *open_socket(const char *path, struct aw__problem *problem)
{
	const int fd = connect_to(path, problem);

	if (fd < 0)
		return NULL;
	if (!is_refused(aw__socket_answer(fd, ANSWER_WITHIN_MS), path, problem))
		return create_decoding(AW__SOURCE_SOCKET, fd);
	close(fd);
	return NULL;
}

/* Closes `fd`, or gives it to the source. */
static struct aw__source *open_trace(const char *path, int fd, struct aw__problem *problem)
{
	struct aw__problem why;
	struct aw__bytes *raw = aw__bytes_open(fd, &why);
	struct aw__source *source;

	if (raw == NULL) {
		aw__problem_set(problem, "%.200s: %.250s", path, why.text);
		close(fd);
		return NULL;
	}
	source = create_decoding(AW__SOURCE_TRACE, fd);
	source->raw = raw;
	source->bytes = aw__bytes_count(raw);
	source->limit = UINT64_MAX;
	return source;
}

/* Decides by the first bytes. Closes `fd`, or gives it to the source. */
static struct aw__source *open_regular(const char *path, int fd, uint64_t bytes, unsigned flags,
				       struct aw__problem *problem)
{
	const uint64_t magic = AW__BOX_MAGIC;
	unsigned char first[8] = { 0 };
	ssize_t got = pread(fd, first, sizeof(first), 0);

	if (got == sizeof(first) &&
	    (memcmp(first, aw__frame_preamble, sizeof(first)) == 0 || aw__bytes_is_packed(first)))
		return open_trace(path, fd, problem);
	close(fd);
	if (got == sizeof(first) && memcmp(first, &magic, sizeof(first)) == 0)
		return open_box(path, flags, problem);
	if (got < 0)
		aw__problem_set(problem, "%s: cannot be read: %s", path, strerror(errno));
	else if (bytes == 0)
		aw__problem_set(problem, "%s: the file is empty; %s", path, allowed);
	else
		aw__problem_set(problem, "%s: neither a trace nor a black box; %s", path, allowed);
	return NULL;
}

static struct aw__source *open_path(const char *path, unsigned flags, struct aw__problem *problem)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	int error = errno;
	struct stat status;

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return open_regular(path, fd, (uint64_t)status.st_size, flags, problem);
	if (fd >= 0)
		close(fd);
	if (stat(path, &status) == 0 && S_ISSOCK(status.st_mode))
		return open_socket(path, problem);
	if (fd < 0)
		aw__problem_set(problem, "%s: cannot be opened: %s; %s", path, strerror(error),
				allowed);
	else if (S_ISDIR(status.st_mode))
		aw__problem_set(problem, "%s: a directory; %s", path, allowed);
	else
		aw__problem_set(problem, "%s: not a regular file; %s", path, allowed);
	return NULL;
}

/* The connected socket of the box's process, if it answers; -1 if not. */
static int open_live(const struct aw__source_box *box, enum aw__answer *ret_answer)
{
	char path[AW__LOCATION_PATH_BYTES];
	struct aw__problem ignored;
	int fd = -1;

	*ret_answer = AW__ANSWER_NONE;
	if (aw__location_path(&box->location, "sock", path, &ignored))
		fd = connect_to(path, &ignored);
	if (fd < 0)
		return -1;
	*ret_answer = aw__socket_answer(fd, ANSWER_WITHIN_MS);
	if (*ret_answer == AW__ANSWER_GIVEN)
		return fd;
	close(fd);
	return -1;
}

static struct aw__source *open_pid(uint32_t pid, unsigned flags, struct aw__problem *problem)
{
	enum aw__answer answer = AW__ANSWER_NONE;
	struct aw__source_box box;
	char target[16];
	int fd = -1;

	if (!aw__source_find(pid, &box, problem))
		return NULL;
	snprintf(target, sizeof(target), "%" PRIu32, pid);
	if ((flags & AW__SOURCE_LIVE) != 0 && box.state == AW__OWNER_ALIVE)
		fd = open_live(&box, &answer);
	if (is_refused(answer, target, problem))
		return NULL;
	return fd >= 0 ? create_decoding(AW__SOURCE_SOCKET, fd)
		       : open_box(box.path, flags, problem);
}

struct aw__source *aw__source_open(const char *target, unsigned flags, struct aw__problem *problem)
{
	uint32_t pid;

	if (aw__source_is_pid(target, &pid))
		return open_pid(pid, flags, problem);
	return open_path(target, flags, problem);
}

/* ---- items ---- */

static enum aw__source_status next_of_box(struct aw__source *source, struct aw__item *ret_item,
					  struct aw__problem *problem)
{
	switch (source->stage) {
	case AW__STAGE_HELLO:
		ret_item->kind = AW__ITEM_HELLO;
		aw__box_hello(&source->box, &ret_item->hello);
		aw__box_cursor_snapshot(source->cursor);
		aw__box_cursor_mark(source->cursor);
		source->stage = AW__STAGE_ITEMS;
		return AW__SOURCE_GOT;
	case AW__STAGE_ITEMS:
		if (aw__box_cursor_next(source->cursor, ret_item))
			return AW__SOURCE_GOT;
		source->stage = AW__STAGE_END;
		source->bytes_read = source->bytes;
		if (aw__box_was_cut(&source->box)) {
			aw__problem_set(problem, "the black box was cut short while it was read");
			return AW__SOURCE_FAILED;
		}
		if (!aw__box_said_goodbye(&source->box))
			return AW__SOURCE_END;
		ret_item->kind = AW__ITEM_GOODBYE;
		ret_item->goodbye.monotonic_ns = 0;
		ret_item->goodbye.events_lost = aw__box_cursor_lost(source->cursor);
		return AW__SOURCE_GOT;
	default:
		return AW__SOURCE_END;
	}
}

/* Read on in a trace, up to its end or to where its index begins. */
static enum aw__source_status read_trace(struct aw__source *source, struct aw__problem *problem)
{
	uint64_t left = source->limit - source->bytes_read;
	size_t most = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES, length;
	const void *bytes = NULL;
	bool damaged = false;

	for (int again = 0; again < 2 && bytes == NULL && !damaged; again++) {
		if (again > 0 && !aw__bytes_refresh(source->raw, problem))
			return AW__SOURCE_FAILED;
		bytes = aw__bytes_at(source->raw, source->bytes_read, most, &length, &damaged,
				     problem);
	}
	if (damaged)
		return AW__SOURCE_FAILED;
	if (bytes == NULL)
		return AW__SOURCE_END;
	if (!aw__decoder_feed(source->decoder, bytes, length)) {
		aw__problem_set(problem, "out of memory");
		return AW__SOURCE_FAILED;
	}
	source->bytes_read += length;
	return AW__SOURCE_GOT;
}

static enum aw__source_status read_socket(struct aw__source *source, struct aw__problem *problem)
{
	static char chunk[CHUNK_BYTES];
	ssize_t got;

	if (source->ended)
		return AW__SOURCE_END;
	do
		got = read(source->fd, chunk, sizeof(chunk));
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return AW__SOURCE_WAIT;
	if (got < 0 && errno != ECONNRESET) {
		aw__problem_set(problem, "cannot be read any further: %s", strerror(errno));
		return AW__SOURCE_FAILED;
	}
	if (got <= 0) {
		source->ended = true;
		return AW__SOURCE_END;
	}
	source->bytes_read += (uint64_t)got;
	if (!aw__decoder_feed(source->decoder, chunk, (size_t)got)) {
		aw__problem_set(problem, "out of memory");
		return AW__SOURCE_FAILED;
	}
	return AW__SOURCE_GOT;
}

enum aw__source_status aw__source_next(struct aw__source *source, struct aw__item *ret_item,
				       struct aw__problem *problem)
{
	if (source->kind == AW__SOURCE_BOX)
		return next_of_box(source, ret_item, problem);
	for (;;) {
		enum aw__source_status status;

		switch (aw__decoder_next(source->decoder, ret_item, problem)) {
		case AW__DECODED:
			return AW__SOURCE_GOT;
		case AW__DECODE_DAMAGED:
			source->damaged++;
			return AW__SOURCE_DAMAGED;
		case AW__DECODE_BROKEN:
			return AW__SOURCE_FAILED;
		default:
			break;
		}
		status = source->raw != NULL ? read_trace(source, problem)
					     : read_socket(source, problem);
		if (status != AW__SOURCE_GOT)
			return status;
	}
}

enum aw__source_kind aw__source_kind(const struct aw__source *source)
{
	return source->kind;
}

int aw__source_fd(const struct aw__source *source)
{
	return source->kind == AW__SOURCE_SOCKET ? source->fd : -1;
}

uint64_t aw__source_bytes(const struct aw__source *source)
{
	return source->bytes;
}

uint64_t aw__source_bytes_read(const struct aw__source *source)
{
	return source->bytes_read;
}

uint64_t aw__source_damaged(const struct aw__source *source)
{
	return source->damaged;
}

bool aw__source_cut(const struct aw__source *source, struct aw__problem *problem)
{
	if (source->raw != NULL && aw__bytes_cut(source->raw)) {
		aw__problem_set(problem, "cut short in the middle of a compressed piece");
		return true;
	}
	return source->decoder != NULL && aw__decoder_cut(source->decoder, problem);
}

void aw__source_ask_snapshot(struct aw__source *source)
{
	struct aw__control control = { .snapshot = true };
	struct aw__buffer frame = AW__BUFFER_EMPTY;

	if (source->kind != AW__SOURCE_SOCKET)
		return;
	aw__encode_control(&frame, &control);
	if (!frame.failed)
		(void)!send(source->fd, frame.data, frame.length, MSG_NOSIGNAL | MSG_DONTWAIT);
	aw__buffer_finish(&frame);
}

/* ---- offsets in a trace ---- */

uint64_t aw__source_position(const struct aw__source *source)
{
	return aw__decoder_position(source->decoder);
}

void aw__source_seek(struct aw__source *source, uint64_t offset)
{
	aw__decoder_seek(source->decoder, offset);
	source->bytes_read = offset;
}

void aw__source_rewind(struct aw__source *source)
{
	aw__decoder_destroy(source->decoder);
	source->decoder = aw__decoder_create();
	if (source->decoder == NULL)
		abort();
	source->bytes_read = source->damaged = 0;
	source->bytes = aw__bytes_count(source->raw);
	source->limit = UINT64_MAX;
}

void aw__source_limit(struct aw__source *source, uint64_t offset)
{
	source->limit = offset;
	source->bytes = offset;
}

bool aw__source_copy(struct aw__source *source, uint64_t offset, void *ret_bytes, size_t length)
{
	return source->raw != NULL && aw__bytes_copy(source->raw, offset, ret_bytes, length);
}

uint64_t aw__source_whole(const struct aw__source *source)
{
	return source->raw != NULL ? aw__bytes_count(source->raw) : 0;
}

void aw__source_forget(struct aw__source *source)
{
	if (source->raw != NULL)
		aw__bytes_forget(source->raw);
}
