/* SPDX-License-Identifier: MIT */
/* A trace that was written plain, compressed. */
#ifndef AW__PACK_H
#define AW__PACK_H

#include "viewer/source/bytes.h"

enum aw__packed {
	AW__PACKED,	   /* all of it was put */
	AW__PACKED_BEFORE, /* it is compressed already: nothing was put */
	AW__PACKED_IN_USE, /* somebody writes it: nothing was put */
	AW__PACKED_NOT,	   /* it cannot be read or written: `problem` says why */
};

/**
 * Put what a trace has, byte for byte, no frame in two pieces; what follows a torn frame, too. Nothing is flushed.
 *
 * @param fd    of the trace; borrowed
 * @param told  called now and then with how much is done; NULL: nobody
 */
enum aw__packed aw__pack(int fd, struct aw__bytes_out *out,
			 void (*told)(void *arg, uint64_t done, uint64_t whole), void *arg,
			 struct aw__problem *problem);

#endif
