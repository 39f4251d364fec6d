/* SPDX-License-Identifier: MIT */
/*
 * Files of the kernel's file systems. They look like empty regular files, but a write to one is a command (/proc/sysrq-trigger,
 * /sys/power/state) or changes a process's memory (/proc/self/mem). So awry writes no output file there.
 */
#ifndef AW__KERNEL_FILES_H
#define AW__KERNEL_FILES_H

#include <stdbool.h>

/** True if `path` names a file of the kernel. The file is not opened. False if there is no such file. */
bool aw__kernel_files_has(const char *path);

#endif
