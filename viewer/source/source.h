/* SPDX-License-Identifier: MIT */
/*
 * Where items come from: a live process, a trace file, or a black box; one cursor over all of them.
 *
 *	source = aw__source_open("1234", AW__SOURCE_LIVE, &problem);
 *	while ((status = aw__source_next(source, &item, &problem)) != AW__SOURCE_END && …)
 *
 * A target is a process id, the path of a socket, of a trace, or of a box. Files are known by their
 *first bytes, never by their names.
 */
#ifndef AW__SOURCE_H
#define AW__SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "proto/item.h"
#include "proto/location.h"

enum {
	/* A process is asked by its socket, and its box is read only if it does not answer in time.
	 * Without this a process is always read from its box: that works while it is blocked,
	 * stopped or dead. */
	AW__SOURCE_LIVE = 1,
	/* Of a box, only definitions, findings, the errors beside them, and the live tasks. */
	AW__SOURCE_BRIEF = 2,
	/* With AW__SOURCE_BRIEF: all events of a dead process's box after all. Errors that it held are findings in
	 * either case, but what is known of such an error may be among its other events only. */
	AW__SOURCE_HELD = 4,
};

enum aw__source_kind {
	AW__SOURCE_SOCKET = 1,
	AW__SOURCE_TRACE,
	AW__SOURCE_BOX,
};

enum aw__source_status {
	AW__SOURCE_GOT,	    /* an item; its pointers are valid until the next call */
	AW__SOURCE_WAIT,    /* nothing now: poll aw__source_fd() */
	AW__SOURCE_DAMAGED, /* something was stepped over, `problem` says what; go on */
	AW__SOURCE_END,	    /* the end; aw__source_cut() tells whether in the middle of something */
	AW__SOURCE_FAILED,  /* `problem` says why; nothing more comes */
};

struct aw__source;

/** NULL if there is no such thing: `problem` says what was looked for, and what is allowed. */
struct aw__source *aw__source_open(const char *target, unsigned flags, struct aw__problem *problem);
/** Read from a socket that is connected already, which it closes in the end. */
struct aw__source *aw__source_adopt(int fd_take);
void aw__source_close(struct aw__source *source);

enum aw__source_status aw__source_next(struct aw__source *source, struct aw__item *ret_item,
				       struct aw__problem *problem);

enum aw__source_kind aw__source_kind(const struct aw__source *source);
/** To be polled for reading while the status is WAIT; -1 if it never is. */
int aw__source_fd(const struct aw__source *source);
/** The file's size (of a compressed one what it is unpacked, and without an index that was found), 0 for a socket; and how much of it was read, for a progress bar. */
uint64_t aw__source_bytes(const struct aw__source *source);
uint64_t aw__source_bytes_read(const struct aw__source *source);
/** How often something damaged was stepped over. */
uint64_t aw__source_damaged(const struct aw__source *source);
/** True if the items ended in the middle of a frame; `problem` says where. */
bool aw__source_cut(const struct aw__source *source, struct aw__problem *problem);
/** Ask a live process to list its tasks again, as they are; of nothing else. */
void aw__source_ask_snapshot(struct aw__source *source);

/* ---- a trace, by places in it: bytes that are counted as if it was not compressed ---- */

/** Where the item that was given last ends: behind its frame. */
uint64_t aw__source_position(const struct aw__source *source);
/** Go on with the frame that begins at `offset`. After the Hello was given; of a trace. */
void aw__source_seek(struct aw__source *source, uint64_t offset);
/** Begin a trace again, from its first byte to its last. */
void aw__source_rewind(struct aw__source *source);
/** The items end here, and that is the size of the trace: what follows is its index. */
void aw__source_limit(struct aw__source *source, uint64_t offset);
/** Copy some bytes of a trace. False if there are not so many. */
bool aw__source_copy(struct aw__source *source, uint64_t offset, void *ret_bytes, size_t length);
/** How many bytes a trace has, with its index. */
uint64_t aw__source_whole(const struct aw__source *source);
/** Give back the memory behind what was read. */
void aw__source_forget(struct aw__source *source);

/**
 * Put something behind the end of a trace, or, if `from` is smaller than its size, in the place of what is there.
 *
 * @param path  of the same file; it is opened for that. Nobody else writes it: who does has locked it
 *
 * False if it cannot be written, was changed, or is locked: then it is as it was.
 */
bool aw__source_append(struct aw__source *source, const char *path, uint64_t from,
		       const void *bytes, size_t length, struct aw__problem *problem);

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
/** Of the boxes of a process, the newest whose owner lives, or else the newest. */
bool aw__source_find(uint32_t pid, struct aw__source_box *ret_box, struct aw__problem *problem);

/**
 * Remove what a process left in the runtime folder that is known to have ended by itself, not by a signal: it called _exit(), or
 * the program that it became by exec() ended.
 */
void aw__source_remove_left(uint32_t pid, uint64_t start_ticks);
/** True if `target` is a process id. */
bool aw__source_is_pid(const char *target, uint32_t *ret_pid);

/* ---- a socket to which debugged processes connect ---- */

struct aw__listener {
	int fd;
	char path[AW__LOCATION_PATH_BYTES];
};

/** Listen on a new socket in the runtime folder (made, if it is not there): this user's alone. */
bool aw__listener_open(struct aw__listener *ret_listener, struct aw__problem *problem);
/** The next process that connected; -1 if there is none, or if it is another user's. Does not wait.
 */
int aw__listener_accept(const struct aw__listener *listener);
/** Close it and remove its name. */
void aw__listener_close(struct aw__listener *listener);

#endif
