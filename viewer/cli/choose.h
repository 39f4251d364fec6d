/* SPDX-License-Identifier: MIT */
#ifndef AW__CLI_CHOOSE_H
#define AW__CLI_CHOOSE_H

#include "viewer/cli/viewer_host.h"

/** The debuggable processes, as the viewer lists them: those that it attaches to become its own. */
struct aw__choices {
	struct aw__source_box *boxes;
	size_t count;
	struct aw__session *sessions[AW__TUI_PROCESSES];
	size_t session_count;
	struct aw__viewer_host *host;
};

size_t aw__choices_list(void *choices, struct aw__tui_listed *ret_listed, size_t most);
/** Attach to a process of the last list. */
bool aw__choices_attach(void *choices, uint64_t id, struct aw__problem *problem);
void aw__choices_finish(struct aw__choices *choices);

/**
 * The target of a command that was given none, and has no terminal: the only process that is alive.
 *
 * @param ret_target  a process id
 *
 * Returns AW__EXIT_DONE, or another exit status, and then it was told why.
 */
int aw__choose_target(char ret_target[AW__LOCATION_PATH_BYTES]);

#endif
