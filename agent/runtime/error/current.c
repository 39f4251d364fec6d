/* SPDX-License-Identifier: MIT */
/*
 * The thread-local pointer to the running task's part for the recorder (current.h). task.c sets it at each switch;
 * errors and hooks read it.
 */
#include "agent/runtime/error/current.h"

_Thread_local struct aw_agent_task *aw__current;
