/* SPDX-License-Identifier: MIT */
#include "hook.h"

int aw_agent_switch;
