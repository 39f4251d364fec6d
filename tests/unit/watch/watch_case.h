/* SPDX-License-Identifier: MIT */
/* For tests of the watchdog: a recorder, one loop, a fake clock, and the findings since the last check. */
#ifndef WATCH_CASE_H
#define WATCH_CASE_H

#include <awry/agent.h>

#include "agent/watch/detectors.h"
#include "tests/unit/record/box_fixture.h"

#define SECOND UINT64_C(1000000000)

extern uint64_t now;
extern struct aw_agent_loop loop;
extern const struct aw__thresholds thresholds;

/* The last finding. */
extern struct aw__event last;
extern uint64_t last_list[64];
extern char last_text[512];

/** Create a task of the loop, and let it run. */
struct aw_agent_task make(const struct aw_agent_task *creator, uint64_t scope);
void end(struct aw_agent_task *task);
/** Run all checks `times` times, a tenth of a second apart. */
void look(unsigned times);
/** The kinds of the findings since the last call, as words. */
const char *found(void);
/** Skip earlier findings, so that the next found() returns those of this case only. */
int watch_set_up(void **state);

void watch_open(void);
/** Begin another recording: after aw__record_close(), or in a forked child after aw__record_forked(). */
void watch_open_next(void);
/** Close the recorder. False if it left anything behind. */
bool watch_close(void);

#endif
