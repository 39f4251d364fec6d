/* SPDX-License-Identifier: MIT */
/* For tests of the watchdog: a recorder, one loop, a clock of the test's own, and what was found since one looked last. */
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

/** A task of the loop, which runs. */
struct aw_agent_task make(const struct aw_agent_task *creator, uint64_t scope);
void end(struct aw_agent_task *task);
/** Look at everything, `times` times, a tenth of a second apart. */
void look(unsigned times);
/** The kinds of the findings since the last call, as words. */
const char *found(void);
/** Read on, so that the next found() tells of this case alone. */
int watch_set_up(void **state);

void watch_open(void);
/** Begin another recording: after aw__record_close(), or in a forked child after aw__record_forked(). */
void watch_open_next(void);
/** False if something was left behind. */
bool watch_close(void);

#endif
