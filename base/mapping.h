/* SPDX-License-Identifier: MIT */
/*
 * Files that are mapped for reading, and that another process may truncate at any time.
 *
 * A read beyond the end of a mapped file raises SIGBUS. The signal handler here maps a page of zeros in place of the missing page,
 * on any thread, and the read goes on. A reader needs no other check than that of its data, which is untrusted anyway. Other
 * faults are passed on to the previous handler. For the viewer only: it is never part of a debugged program.
 */
#ifndef AW__MAPPING_H
#define AW__MAPPING_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/** Map the first `bytes` of a file. Returns NULL and sets errno if it cannot be mapped. */
const void *aw__mapping_open(int fd, size_t bytes);
void aw__mapping_close(const void *base, size_t bytes);
/** True if a read found a page missing, and got zeros. */
bool aw__mapping_was_cut(const void *base);

/** For another handler of SIGBUS: repair the fault if it was a read of such a mapping. True: the read can go on. */
bool aw__mapping_repair(const siginfo_t *info);

#endif
