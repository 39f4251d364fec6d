/* SPDX-License-Identifier: MIT */
#ifndef AW__CLI_CHOOSE_H
#define AW__CLI_CHOOSE_H

#include "viewer/cli/cli.h"

/**
 * The target of a command that was given none: the only process that is alive; otherwise, on a terminal, one that
 * the user chooses from a list, dead ones too.
 *
 * @param ret_target  a process id or a box's path; "" if the user chose none of them
 *
 * Returns AW__EXIT_DONE, or another exit status, and then it was told why.
 */
int aw__choose_target(char ret_target[AW__LOCATION_PATH_BYTES]);

#endif
