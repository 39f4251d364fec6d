/* SPDX-License-Identifier: MIT */
/* A session in the viewer that fills the terminal. */
#ifndef AW__CLI_WATCH_H
#define AW__CLI_WATCH_H

#include "viewer/cli/cli.h"

/** True if there is a terminal to show it on: stdin and stdout are one. */
bool aw__watch_is_possible(void);
/** Show a session until the user leaves. Returns the exit status. */
int aw__watch_session(struct aw__session *session);

#endif
