/* SPDX-License-Identifier: MIT */
/*
 * Restores the terminal after the viewer crashed or was killed by SIGKILL: a child process sleeps until the viewer has
 * ended.
 */
#ifndef AW__TUI_TERMINAL_RESTORE_H
#define AW__TUI_TERMINAL_RESTORE_H

#include <stdbool.h>

/**
 * Start the child process. Call it before changing the terminal of stdin.
 *
 * @param reset  the text that resets the terminal; must live as long as the program
 */
void aw__terminal_restore_start(const char *reset);
/** End the child process, after the terminal was restored. Does nothing if there is none. */
void aw__terminal_restore_stop(void);

#endif
