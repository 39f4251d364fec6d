/* SPDX-License-Identifier: MIT */
/*
 * Files that are the kernel's own. They look regular and empty, but what is written to one is a command (/proc/sysrq-trigger,
 * /sys/power/state), or memory of a process (/proc/self/mem). Nothing that awry writes may go there.
 */
#ifndef AW__KERNEL_FILES_H
#define AW__KERNEL_FILES_H

#include <stdbool.h>

/** Whether the file of that path is one; it is not opened. False also if there is no such file. */
bool aw__kernel_files_has(const char *path);

#endif
