/* SPDX-License-Identifier: MIT */
/*
 * Sends a file by reading it in blocks on a thread and writing them to the stream, where the kernel's sendfile()
 * cannot be used (streams with a filter such as TLS, special files).
 */
#include "agent/runtime/stream/stream_sendfile.h"

#include "base/alloc.h"

#include <unistd.h>

enum {
	BLOCK_BYTES = 16384,
};

/* A read on another thread, which cannot be stopped: it may outlive a task that was cancelled. */
struct block {
	uv_fs_t uv;
	struct aw__link waiting; /* of struct aw__job */
	bool forsaken;
	bool done;
	ssize_t result; /* bytes, or a libuv status */
	char data[BLOCK_BYTES];
};

static void on_read(uv_fs_t *uv)
{
	struct block *block = aw__container_of(uv, struct block, uv);

	block->result = uv->result;
	block->done = true;
	uv_fs_req_cleanup(uv);
	if (block->forsaken)
		aw__alloc_free(block);
	else
		aw__waiter_wake(&block->waiting);
}

/* Read at an offset; -1: at the file's current position. */
static aw_error *read_block(struct block *block, const struct aw__sendfile *job, int64_t offset)
{
	int64_t size = job->count < BLOCK_BYTES ? job->count : BLOCK_BYTES;
	uv_buf_t buffer = uv_buf_init(block->data, (unsigned int)size);
	int status =
		uv_fs_read(job->stream->loop->uv, &block->uv, job->fd, &buffer, 1, offset, on_read);

	if (status < 0)
		return aw_error_from_uv(status, NULL);
	block->done = false;
	AW_TRY(aw__waiter_wait(&block->waiting, AW_WAIT_THREAD, 0));
	if (block->result < 0)
		return aw_error_from_uv((int)block->result, NULL);
	return NULL;
}

static aw_error *copy(struct block *block, struct aw__sendfile *job, bool seeks)
{
	while (job->count > 0) {
		AW_TRY(read_block(block, job, seeks ? job->offset : -1));
		if (block->result == 0)
			return NULL;
		AW_TRY(aw_stream_drain(job->stream));
		AW_TRY(aw_stream_write(job->stream, block->data, (size_t)block->result));
		job->offset += block->result;
		job->count -= block->result;
		job->sent += block->result;
	}
	return NULL;
}

aw_error *aw__stream_sendfile_fallback(struct aw__sendfile *job)
{
	bool seeks = lseek(job->fd, 0, SEEK_CUR) >= 0;
	struct block *block = aw__alloc_zeroed(1, sizeof(*block));
	aw_error *err;

	if (block == NULL)
		return aw_raise(aw_MemoryError, NULL);
	aw__links_init(&block->waiting);
	block->done = true;
	err = copy(block, job, seeks);
	if (seeks && job->sent > 0)
		lseek(job->fd, job->offset, SEEK_SET);
	if (block->done) {
		aw__alloc_free(block);
	} else {
		block->forsaken = true;
		uv_cancel((uv_req_t *)&block->uv);
	}
	return err;
}
