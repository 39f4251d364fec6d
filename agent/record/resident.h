/* SPDX-License-Identifier: MIT */
/*
 * Which modules stay: the program and what it was started with are never unloaded, so what was read of their
 * code once is true for good. Of what dlopen() brought that cannot be said.
 */
#ifndef AW__RESIDENT_H
#define AW__RESIDENT_H

#include <stdbool.h>

/** Look which modules there are. Once, before anything is recorded; not on a hot path. */
void aw__resident_load(void);
/** Tell whether the module that is mapped at `start` stays. Any thread; takes no lock. */
bool aw__resident(const void *start);

#endif
