/* SPDX-License-Identifier: MIT */
/* A recorder that writes down what it is told of errors, instead of the real one. */
#ifndef AW__TEST_ERROR_PROBE_H
#define AW__TEST_ERROR_PROBE_H

#include <awry/agent.h>

enum {
	PROBE_ERRORS_MAX = 4096,
	PROBE_TYPES_MAX = 128,
};

struct probe_error {
	struct aw_agent_error told; /* its pointers are dead */
	char message[64];
	char note[64];	      /* the first one */
	char attributes[128]; /* key=value; … */
	uint64_t children[8]; /* the first ones */
};

struct probe {
	size_t error_count;
	struct probe_error errors[PROBE_ERRORS_MAX];
	size_t type_count;
	struct {
		char name[64];
		aw_intern base;
	} types[PROBE_TYPES_MAX]; /* intern id - 1 */
	size_t stack_count;
	aw_intern stack_link; /* of the last capture */
	char function[64];    /* of the last place */
	uint32_t line;
	bool full; /* nothing can be interned any more */
};

extern struct probe probe;

/** Forget everything, and record. Types stay known: their ids are kept in the types. */
void probe_start(void);
void probe_stop(void);
/** What was told first of the error with this message; NULL if nothing was. */
const struct probe_error *probe_find(const char *message);

#endif
