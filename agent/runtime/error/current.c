/* SPDX-License-Identifier: MIT */
#include "agent/runtime/error/current.h"

_Thread_local struct aw_agent_task *aw__current;
