/* SPDX-License-Identifier: MIT */
/* One process in the viewer: as it is, or as it was at some moment. */
#ifndef AW__CLI_WATCHED_H
#define AW__CLI_WATCHED_H

#include "viewer/cli/cli.h"
#include "viewer/tui/tui.h"

struct aw__watched {
	struct aw__tui_process process;
	struct aw__session *session;
	struct aw__history *history;
	uint64_t asked_ns;	  /* when a live process was last asked how its tasks are */
	struct aw__session *past; /* a second reading, up to a moment; NULL: none */
};

/** `session` is borrowed. */
struct aw__watched *aw__watched_create(struct aw__session *session);
void aw__watched_destroy(struct aw__watched *watched);
/** Ingest what there is, for some milliseconds. */
enum aw__tui_pumped aw__watched_pump(struct aw__watched *watched, struct aw__problem *problem);

/* As in struct aw__tui_host. */
void aw__watched_timeline(const struct aw__tui_process *process,
			  struct aw__tui_timeline *ret_timeline);
size_t aw__watched_events(const struct aw__tui_process *process, uint64_t from_ns, uint64_t to_ns,
			  struct aw__tui_event *ret_events, size_t most);
bool aw__watched_seek(const struct aw__tui_process *process, uint64_t time_ns,
		      struct aw__problem *problem);

#endif
