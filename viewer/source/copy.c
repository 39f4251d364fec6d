/* SPDX-License-Identifier: MIT */
/*
 * Writes a source's contents as a trace: encoded from items (`awry recover`), or frame by frame as a live process
 * sends them (`awry record`). Damaged frames are left out.
 */
#include "viewer/source/copy.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "proto/encode.h"
#include "proto/frame.h"

#define PORTION	      (256u << 10)
#define READING_BYTES (64u << 10)

bool aw__copy_is_trace(int fd)
{
	unsigned char first[AW__FRAME_PREAMBLE_BYTES];
	struct aw__problem ignored;
	struct aw__bytes *bytes = aw__bytes_open(fd, &ignored);
	bool is = bytes != NULL && aw__bytes_copy(bytes, 0, first, sizeof(first)) &&
		  memcmp(first, aw__frame_preamble, sizeof(first)) == 0;

	aw__bytes_close(bytes);
	return is;
}

static bool flush(struct aw__buffer *from, struct aw__bytes_out *out, struct aw__problem *problem)
{
	if (from->failed)
		return aw__problem_set(problem, "out of memory");
	if (!aw__bytes_put(out, aw__buffer_string(from), from->length, problem))
		return false;
	aw__buffer_clear(from);
	return true;
}

bool aw__copy_items(struct aw__source *source, struct aw__bytes_out *out,
		    struct aw__problem *problem)
{
	struct aw__buffer frames = AW__BUFFER_EMPTY;
	struct aw__encoder *encoder = aw__encoder_create(&frames);
	struct aw__problem ignored;
	struct aw__item item;
	bool done = encoder != NULL || aw__problem_set(problem, "out of memory");

	if (done)
		aw__encoder_begin(encoder);
	while (done && aw__source_next(source, &item, &ignored) == AW__SOURCE_GOT) {
		aw__encoder_item(encoder, &item);
		if (frames.length >= PORTION || frames.failed)
			done = flush(&frames, out, problem);
	}
	if (done) {
		aw__encoder_flush(encoder);
		done = flush(&frames, out, problem);
	}
	aw__encoder_destroy(encoder);
	aw__buffer_finish(&frames);
	return done;
}

/* ---- frames ---- */

void aw__copying_init(struct aw__copying *copying, struct aw__bytes_out *out)
{
	memset(copying, 0, sizeof(*copying));
	copying->out = out;
}

void aw__copying_finish(struct aw__copying *copying)
{
	aw__buffer_finish(&copying->in);
}

static bool begin(struct aw__copying *copying, struct aw__problem *problem)
{
	if (copying->begun || copying->in.length < AW__FRAME_PREAMBLE_BYTES)
		return true;
	if (memcmp(copying->in.data, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES) != 0)
		return aw__problem_set(problem, "the other end is not awry's agent");
	if (!aw__bytes_put(copying->out, aw__frame_preamble, AW__FRAME_PREAMBLE_BYTES, problem))
		return false;
	aw__buffer_consume(&copying->in, AW__FRAME_PREAMBLE_BYTES);
	copying->bytes += AW__FRAME_PREAMBLE_BYTES;
	copying->begun = true;
	return true;
}

/* Copy one frame; `*ret_size` is 0 if it is not complete yet. */
static bool copy_frame(struct aw__copying *copying, size_t at, size_t *ret_size,
		       struct aw__problem *problem)
{
	const unsigned char *frame = (const unsigned char *)copying->in.data + at;
	size_t length = 0;

	*ret_size = 0;
	switch (aw__frame_parse(frame, copying->in.length - at, &length)) {
	case AW__FRAME_PARTIAL:
		return true;
	case AW__FRAME_BROKEN:
		return aw__problem_set(problem, "the stream is corrupt: no valid frame");
	case AW__FRAME_DAMAGED:
		copying->damaged++;
		break;
	case AW__FRAME_READY:
		if (!aw__bytes_put(copying->out, frame, length + AW__FRAME_HEADER_BYTES, problem))
			return false;
		copying->bytes += length + AW__FRAME_HEADER_BYTES;
		copying->frames++;
		break;
	}
	*ret_size = length + AW__FRAME_HEADER_BYTES;
	return true;
}

static bool copy_frames(struct aw__copying *copying, struct aw__problem *problem)
{
	size_t at = 0, size = 1;
	bool good = begin(copying, problem);

	while (good && copying->begun && size > 0 && at < copying->in.length) {
		good = copy_frame(copying, at, &size, problem);
		at += size;
	}
	aw__buffer_consume(&copying->in, at);
	return good;
}

enum aw__source_status aw__copying_go_on(struct aw__copying *copying, struct aw__source *source,
					 struct aw__problem *problem)
{
	for (;;) {
		char *at = aw__buffer_reserve(&copying->in, READING_BYTES);
		ssize_t got = at != NULL ? read(aw__source_fd(source), at, READING_BYTES) : -1;

		if (at == NULL) {
			aw__problem_set(problem, "out of memory");
			return AW__SOURCE_FAILED;
		}
		if (got == 0 || (got < 0 && errno == ECONNRESET))
			return AW__SOURCE_END;
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return AW__SOURCE_WAIT;
		if (got < 0) {
			aw__problem_set(problem, "cannot be read: %s", strerror(errno));
			return AW__SOURCE_FAILED;
		}
		copying->in.length += (size_t)got;
		if (!copy_frames(copying, problem))
			return AW__SOURCE_FAILED;
	}
}
