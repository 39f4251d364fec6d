/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target is one function of some bytes, which must return for any input. Under the preset `fuzz`
 * libFuzzer calls it; in every other build fuzz_corpus.c does, with each file of the target's corpus.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Abort unless the condition holds, with or without NDEBUG. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,          \
				#condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
