/* SPDX-License-Identifier: MIT */
/* --allow: a file of findings that are tolerated. */
#ifndef AW__CLI_ALLOWING_H
#define AW__CLI_ALLOWING_H

#include "viewer/cli/cli.h"
#include "viewer/report/allow.h"

/** The option, as a child of a command's parser; its input is a struct aw__allow_list *, which becomes the list. */
extern const struct argp aw__allowing_argp;
/** Say on stderr which entries are out of date, and which were of no use. True if one is out of date. */
bool aw__allowing_tell(const struct aw__allow_list *list);

#endif
