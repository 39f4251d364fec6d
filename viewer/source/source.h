/* SPDX-License-Identifier: MIT */
/*
 * Sources of items: a live process, a trace file, or a black box; one cursor for all of them.
 *
 *	source = aw__source_open("1234", AW__SOURCE_LIVE, &problem);
 *	while ((status = aw__source_next(source, &item, &problem)) != AW__SOURCE_END && …)
 *
 * A target is a process id, or the path of a socket, a trace or a box. Files are recognized by their first bytes,
 * never by their names.
 */
#ifndef AW__SOURCE_H
#define AW__SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "proto/item.h"
#include "proto/location.h"

enum {
	/* Connect to the process's socket, and read its box only if it does not answer in time.
	 * Without this flag a process is always read from its box: that works while it is blocked,
	 * stopped or dead. */
	AW__SOURCE_LIVE = 1,
	/* From a box read only definitions, findings and their errors, and the live tasks. */
	AW__SOURCE_BRIEF = 2,
	/* With AW__SOURCE_BRIEF: read all events from the box of a dead process. Errors that it held are findings in
	 * either case, but the details of such an error may be only among the other events. */
	AW__SOURCE_HELD = 4,
	/* From a box read only the events that its process had not written to its trace file, and the live tasks. */
	AW__SOURCE_UNWRITTEN = 8,
};

enum aw__source_kind {
	AW__SOURCE_SOCKET = 1,
	AW__SOURCE_TRACE,
	AW__SOURCE_BOX,
};

enum aw__source_status {
	AW__SOURCE_GOT,	    /* an item; its pointers are valid until the next call */
	AW__SOURCE_WAIT,    /* nothing now: poll aw__source_fd() */
	AW__SOURCE_DAMAGED, /* something damaged was skipped, `problem` says what; go on */
	AW__SOURCE_END, /* the end; aw__source_cut() tells whether it is in the middle of a frame */
	AW__SOURCE_FAILED, /* `problem` says why; there are no more items */
};

struct aw__source;

/** NULL if it cannot be opened: `problem` says why, and which targets are allowed. */
struct aw__source *aw__source_open(const char *target, unsigned flags, struct aw__problem *problem);
/** Read from a connected socket, which the source closes in the end. */
struct aw__source *aw__source_adopt(int fd_take);
void aw__source_close(struct aw__source *source);

enum aw__source_status aw__source_next(struct aw__source *source, struct aw__item *ret_item,
				       struct aw__problem *problem);

enum aw__source_kind aw__source_kind(const struct aw__source *source);
/** The descriptor to poll for reading while the status is WAIT; -1 if it never is. */
int aw__source_fd(const struct aw__source *source);
/**
 * The size of the file, 0 for a socket, and the number of bytes that were read, for a progress bar. The size is the
 * unpacked one, without an index that was found.
 */
uint64_t aw__source_bytes(const struct aw__source *source);
uint64_t aw__source_bytes_read(const struct aw__source *source);
/** How often something damaged was skipped. */
uint64_t aw__source_damaged(const struct aw__source *source);
/** True if the items ended in the middle of a frame; `problem` says where. */
bool aw__source_cut(const struct aw__source *source, struct aw__problem *problem);
/** Ask a live process for a new snapshot of its tasks; does nothing for other sources. */
void aw__source_ask_snapshot(struct aw__source *source);

/* ---- a trace, by offsets in it: those of the unpacked trace ---- */

/** The end of the frame of the last item. */
uint64_t aw__source_position(const struct aw__source *source);
/** Continue with the frame that begins at `offset`. Only for a trace whose Hello was read. */
void aw__source_seek(struct aw__source *source, uint64_t offset);
/** Read a trace again, from its first byte to its last. */
void aw__source_rewind(struct aw__source *source);
/** Set the end of the items, and so the size of the trace: its index follows. */
void aw__source_limit(struct aw__source *source, uint64_t offset);
/** Copy `length` bytes of a trace. False if there are fewer. */
bool aw__source_copy(struct aw__source *source, uint64_t offset, void *ret_bytes, size_t length);
/** The number of bytes of a trace, with its index. */
uint64_t aw__source_whole(const struct aw__source *source);
/** Release the mapped memory of what was read. */
void aw__source_forget(struct aw__source *source);

/**
 * Append bytes to a trace, or, if `from` is smaller than its size, replace its bytes from there on.
 *
 * @param path  of the same file, which is opened for writing. A process that writes a trace holds a lock on it
 *
 * False if it was changed or is locked: then it is as it was. False also if it cannot be written: then it ends at `from`.
 */
bool aw__source_append(struct aw__source *source, const char *path, uint64_t from,
		       const void *bytes, size_t length, struct aw__problem *problem);

/**
 * Complete the recording of a process that ended without closing it, because it was killed for example: append what its black box
 * has and the recording has not. These are the records of its last moments, the errors that nobody retrieved, and the live tasks as
 * they were. Nothing is done if the box is another recording's, or if the process runs or has closed the recording.
 *
 * @param path  the recording, not compressed
 * @param ret_done  whether it is the box's recording, and is complete now
 *
 * False if it cannot be written or read: it is as it was, or, if there was no room for the rest, ends after its last whole frame.
 */
bool aw__source_complete(const char *path, const char *box_path, bool *ret_done,
			 struct aw__problem *problem);

/** One box in the runtime folder. */
struct aw__source_box {
	struct aw__location location;
	enum aw__owner_state state;
	char path[AW__LOCATION_PATH_BYTES];
};

/**
 * List the boxes of the runtime folder, by pid, start and number. A folder that does not exist has
 * none.
 *
 * @param ret_boxes  to be freed with aw__alloc_free(); NULL if there are none
 */
bool aw__source_list(struct aw__source_box **ret_boxes, size_t *ret_count,
		     struct aw__problem *problem);
/**
 * Get the version of a box's format.
 *
 * @param ret_bytes  the memory that the box takes
 * @param ret_read   the version that this program reads
 * Returns 0 if the file is not a box, or cannot be read.
 */
uint32_t aw__source_box_version(const char *path, uint64_t *ret_bytes, uint32_t *ret_read);
/** Find the box of a process: the newest whose owner lives, or else the newest. */
bool aw__source_find(uint32_t pid, struct aw__source_box *ret_box, struct aw__problem *problem);

/**
 * Remove the stale files of a process from the runtime folder. Only for a process that has ended by itself, not by a signal: it
 * called _exit(), or the program that replaced it by exec() ended.
 */
void aw__source_remove_left(uint32_t pid, uint64_t start_ticks);
/** True if `target` is a process id. */
bool aw__source_is_pid(const char *target, uint32_t *ret_pid);

/* ---- a socket to which debugged processes connect ---- */

struct aw__listener {
	int fd;
	char path[AW__LOCATION_PATH_BYTES];
};

/** Listen on a new socket in the runtime folder, which is created if needed. Only this user has access. */
bool aw__listener_open(struct aw__listener *ret_listener, struct aw__problem *problem);
/** Accept the next process that connected; -1 if there is none, or if it is another user's. Does not wait. */
int aw__listener_accept(const struct aw__listener *listener);
/** Close it and remove its name. */
void aw__listener_close(struct aw__listener *listener);

#endif
