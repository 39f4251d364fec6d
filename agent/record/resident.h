/* SPDX-License-Identifier: MIT */
/*
 * Modules that stay: the program and the modules that it was started with are never unloaded, so what was read of
 * their code once stays valid. A module that dlopen() loaded may be unloaded.
 */
#ifndef AW__RESIDENT_H
#define AW__RESIDENT_H

#include <stdbool.h>

/** Find the modules that stay. Called before anything is recorded, not on a hot path. */
void aw__resident_load(void);
/** Whether the module that is mapped at `start` stays. Any thread; takes no lock. */
bool aw__resident(const void *start);

#endif
