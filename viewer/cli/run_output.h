/* SPDX-License-Identifier: MIT */
/* What a command writes while the viewer has the terminal: it gets a terminal of its own. */
#ifndef AW__CLI_RUN_OUTPUT_H
#define AW__CLI_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/problem.h"

struct aw__run_output {
	int fd;	      /* what the command writes is read here; -1: it has the real terminal */
	int terminal; /* the command's end, until it was started; -1: none */
	struct aw__buffer text; /* its newest part */
};

/** Make the terminal, as large as the real one. */
bool aw__run_output_open(struct aw__run_output *ret_output, struct aw__problem *problem);
/** The command was started and has its end of the terminal: close ours. */
void aw__run_output_started(struct aw__run_output *output);
/** Read what there is; with `through` write it to stdout instead. */
void aw__run_output_read(struct aw__run_output *output, bool through);
void aw__run_output_close(struct aw__run_output *output);

#endif
