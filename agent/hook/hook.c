/* SPDX-License-Identifier: MIT */
#include "agent/hook/hook.h"

int aw_agent_switch;
