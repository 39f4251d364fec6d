/* SPDX-License-Identifier: MIT */
/* A recorder that writes a line of text for each hook call, for tests of the order of the hooks. */
#ifndef AW__TEST_AGENT_PROBE_H
#define AW__TEST_AGENT_PROBE_H

#include <awry/agent.h>

/** Clear the text, count ids from 1 again, and record. */
void agent_probe_start(void);
/** Stop recording, and clear the text. */
void agent_probe_stop(void);

/**
 * The lines since the start, joined by newlines.
 *
 *	loop opened|closed            handle open KIND|close KIND
 *	create 2 child by 1 [NAME]    name 2 NAME
 *	step 2                        wait 2 KIND [TARGET]       wake 2 by 1
 *	forsaken 2
 *	done 2 result|error|cancelled cancel 2 by 1 [MESSAGE]    pending 2
 *	made child by 1               dropped child
 *	error ValueError: MESSAGE     retrieved 2 by 1
 *	lost error ValueError: …      lost 2      unhandled in CALLBACK
 *	delivered 2                   taken back 2               swallowed 2
 *	[un]referenced 2              [not ]timed 2              held by 2 (0: nobody)
 *	left KIND [NAME] by 2
 *	unclosed KIND                 loop stuck|ending        overflow 2
 *	attempt 1 of 5 of NAME failed|succeeded|gave up [through a breaker] by 2
 *	breaker NAME open|closed|half-open after 3 [by an error]
 *	service NAME failed|answered by 2
 *	recovery of COMPONENT severity 0 again|stop
 */
const char *agent_probe_text(void);
/** How often `line` was written. */
unsigned int agent_probe_count(const char *line);
/** Whether the lines were written in this order, others between them allowed; NULL ends the list. */
bool agent_probe_in_order(const char *first, ...);

/** How often the loop reported busy, idle, and a tick: a poll that did not sleep. */
extern unsigned int agent_probe_busy, agent_probe_idle, agent_probe_ticks;
/** How many steps were reported as following another step directly. */
extern unsigned int agent_probe_next;
/** The id of the last wait's target. */
extern uint64_t agent_probe_target;

#endif
