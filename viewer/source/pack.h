/* SPDX-License-Identifier: MIT */
/* Compressing a plain trace. */
#ifndef AW__PACK_H
#define AW__PACK_H

#include "viewer/source/bytes.h"

enum aw__packed {
	AW__PACKED,	   /* all of it was written */
	AW__PACKED_BEFORE, /* it is compressed already: nothing was written */
	AW__PACKED_IN_USE, /* a process writes it: nothing was written */
	AW__PACKED_NOT,	   /* it cannot be read or written: `problem` says why */
};

/**
 * Write the contents of a trace compressed, byte for byte, each frame in one piece; also the bytes that follow a torn frame.
 * Nothing is flushed.
 *
 * @param fd    of the trace; borrowed
 * @param told  called now and then with the number of bytes done; may be NULL
 */
enum aw__packed aw__pack(int fd, struct aw__bytes_out *out,
			 void (*told)(void *arg, uint64_t done, uint64_t whole), void *arg,
			 struct aw__problem *problem);

#endif
