/* SPDX-License-Identifier: MIT */
#ifndef AW__CLI_CHOOSE_H
#define AW__CLI_CHOOSE_H

#include "viewer/cli/viewer_host.h"

/** The debuggable processes that the viewer lists, and the sessions of those that were attached from the list. */
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
 * Choose the target of a command that has neither a target nor a terminal: the only live process.
 *
 * @param ret_target  a process id
 *
 * Returns AW__EXIT_DONE, or another exit status after an error was printed.
 */
int aw__choose_target(char ret_target[AW__LOCATION_PATH_BYTES]);

#endif
