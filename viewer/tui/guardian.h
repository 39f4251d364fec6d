/* SPDX-License-Identifier: MIT */
/*
 * Who gives the terminal back if the viewer cannot: because it crashed, or was killed by a signal that cannot be
 * caught. A small process that sleeps until the viewer is gone.
 */
#ifndef AW__TUI_GUARDIAN_H
#define AW__TUI_GUARDIAN_H

#include <stdbool.h>

/**
 * Begin to guard, before anything is changed in the terminal of stdin.
 *
 * @param reset  what makes the terminal sane again: written to it; lives as long as the program
 */
void aw__guardian_start(const char *reset);
/** Stop the guardian: the terminal was restored. Harmless if there is none. */
void aw__guardian_stop(void);

#endif
