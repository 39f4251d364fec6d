/* SPDX-License-Identifier: MIT */
/* A recorder that replaces the real one, and keeps what the hooks report about errors. */
#ifndef AW__TEST_ERROR_PROBE_H
#define AW__TEST_ERROR_PROBE_H

#include <awry/agent.h>

enum {
	PROBE_ERRORS_MAX = 4096,
	PROBE_TYPES_MAX = 128,
};

struct probe_error {
	struct aw_agent_error told; /* its pointers are no longer valid */
	char message[64];
	char note[64];	      /* the first note */
	char attributes[128]; /* key=value; … */
	uint64_t children[8]; /* the first children */
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
	aw_intern stack_link; /* the link of the last stack */
	char function[64];    /* the function of the last place */
	uint32_t line;
	bool full; /* interning fails, as in a full arena */
};

extern struct probe probe;

/** Clear everything but the types, whose ids are kept in the types, and record. */
void probe_start(void);
void probe_stop(void);
/** The first report of the error with this message; NULL if there was none. */
const struct probe_error *probe_find(const char *message);

#endif
