/* SPDX-License-Identifier: MIT */
/*
 * Restores the terminal if the viewer cannot, because it crashed or was killed by a signal that cannot be caught: a
 * child process sleeps until the viewer has ended.
 */
#ifndef AW__TUI_TERMINAL_RESTORE_H
#define AW__TUI_TERMINAL_RESTORE_H

#include <stdbool.h>

/**
 * Start the child process, before anything is changed in the terminal of stdin.
 *
 * @param reset  what makes the terminal sane again: written to it; lives as long as the program
 */
void aw__terminal_restore_start(const char *reset);
/** End the child process: the terminal was restored. Harmless if there is none. */
void aw__terminal_restore_stop(void);

#endif
