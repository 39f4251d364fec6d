/* SPDX-License-Identifier: MIT */
/* Types and functions that only the files of the sources use. */
#ifndef AW__SOURCE_INTERNAL_H
#define AW__SOURCE_INTERNAL_H

#include "proto/blackbox_read.h"
#include "proto/decode.h"
#include "viewer/source/bytes.h"
#include "viewer/source/source.h"

enum aw__source_stage {
	AW__STAGE_HELLO,
	AW__STAGE_ITEMS,
	AW__STAGE_END,
};

struct aw__source {
	enum aw__source_kind kind;
	int fd; /* -1: a box */
	uint64_t bytes, bytes_read, damaged;
	bool ended; /* no more bytes will come */
	struct aw__decoder *decoder;
	struct aw__bytes *raw; /* of a trace */
	uint64_t limit;	       /* where its items end */

	struct aw__box box;
	struct aw__box_cursor *cursor;
	enum aw__source_stage stage;
};

/** Connect to a socket whose owner is this user, unless this user is root; -1 if that fails. Not blocking. */
int aw__socket_connect(const char *path, struct aw__problem *problem);
/** Whether the other end belongs to this user, or this user is root. */
bool aw__socket_peer_is_ours(int fd, struct aw__problem *problem);
/** Send a preamble: the agent begins with a snapshot without being asked. */
bool aw__socket_greet(int fd);
/** The answer to a greeting within `timeout_ms`: none, data, or a refusal since there are too many viewers. */
enum aw__answer { AW__ANSWER_NONE, AW__ANSWER_GIVEN, AW__ANSWER_REFUSED };
enum aw__answer aw__socket_answer(int fd, int timeout_ms);

#endif
