/* SPDX-License-Identifier: MIT */
/*
 * Files that are mapped for reading, and that others may cut short at any time.
 *
 * Reading behind a mapped file's end is a SIGBUS. Here a handler puts zeros in the place of each page that is gone, on whatever
 * thread that happens, and the read goes on: so whoever reads need only check what it read, as it has to anyway. Other
 * faults are passed on to the handler that was there before. For the viewer only: no program that is debugged has it.
 */
#ifndef AW__MAPPING_H
#define AW__MAPPING_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/** Map the first `bytes` of a file. NULL, and errno, if it cannot be mapped. */
const void *aw__mapping_open(int fd, size_t bytes);
void aw__mapping_close(const void *base, size_t bytes);
/** True if something was read that was gone: zeros were read in its place. */
bool aw__mapping_was_cut(const void *base);

/** For another handler of SIGBUS: true if it was a read of such a mapping, which can go on. */
bool aw__mapping_repair(const siginfo_t *info);

#endif
