/* SPDX-License-Identifier: MIT */
/* One process in the viewer, at present or at an earlier time. */
#ifndef AW__CLI_VIEWER_PROCESS_H
#define AW__CLI_VIEWER_PROCESS_H

#include "viewer/cli/cli.h"
#include "viewer/tui/tui.h"

struct aw__viewer_process {
	struct aw__tui_process process;
	struct aw__session *session;
	struct aw__history *history;
	uint64_t asked_ns;	  /* when a live process was last asked for a snapshot */
	struct aw__session *past; /* the source read again, up to an earlier time; NULL: none */
};

/** `session` is borrowed. */
struct aw__viewer_process *aw__viewer_process_create(struct aw__session *session);
void aw__viewer_process_destroy(struct aw__viewer_process *watched);
/** Ingest the items that have arrived, for some milliseconds at most. */
enum aw__tui_pumped aw__viewer_process_pump(struct aw__viewer_process *watched,
					    struct aw__problem *problem);

/* As in struct aw__tui_host. */
void aw__viewer_process_timeline(const struct aw__tui_process *process,
				 struct aw__tui_timeline *ret_timeline);
size_t aw__viewer_process_events(const struct aw__tui_process *process, uint64_t from_ns,
				 uint64_t to_ns, struct aw__tui_event *ret_events, size_t most);
bool aw__viewer_process_seek(const struct aw__tui_process *process, uint64_t time_ns,
			     struct aw__problem *problem);

#endif
