/* SPDX-License-Identifier: MIT */
/* Where the other parts of awry are, seen from this program: installed below one prefix, or in the folders of a build. */
#ifndef AW__INSTALLED_H
#define AW__INSTALLED_H

#include <stdbool.h>

/** The path of this program, without links. False: the kernel does not say. */
bool aw__installed_program(char ret_path[4096]);
/**
 * Find a part. Both paths are relative to this program's folder.
 *
 * @param ret_path  absolute, without links
 */
bool aw__installed_find(const char *installed, const char *built, char ret_path[4096]);

#endif
