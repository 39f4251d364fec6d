/* SPDX-License-Identifier: MIT */
/*
 * The conditions of --fail-on, which fail a build.
 *
 *	TERM[,TERM...]     TERM is KIND, KIND>=N, KIND>N, KIND>=TIME or KIND>TIME; KIND may be "any"
 *
 * "never-retrieved,blocked-loop>=3,blocked-loop>500ms": any lost error, at least three blocked
 * iterations, or one of more than half a second. Allowed findings do not count.
 */
#ifndef AW__REPORT_GATE_H
#define AW__REPORT_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/problem.h"
#include "viewer/report/report.h"

#define AW__GATE_MAX_TERMS 64u

struct aw__gate_term {
	uint32_t kind;	   /* 0: any */
	bool time;	   /* limit_ns applies, not limit */
	uint64_t limit;	   /* at least this many findings */
	uint64_t limit_ns; /* at least one finding of this duration */
	const char *text;  /* in the parsed text: not NUL-terminated */
	size_t text_length;
};

struct aw__gate {
	struct aw__gate_term terms[AW__GATE_MAX_TERMS];
	size_t count;
};

/** Add the terms of a text, which must outlive the gate. On failure `problem` has a caret. */
bool aw__gate_parse(struct aw__gate *gate, const char *text, struct aw__problem *problem);
/**
 * Evaluate the terms over all processes together.
 *
 * @param why  gets a line for each term that is met: "blocked-loop>=3: 4 findings"
 * Returns true if any term is met.
 */
bool aw__gate_fails(const struct aw__gate *gate, const struct aw__report_process *processes,
		    size_t count, struct aw__buffer *why);

#endif
