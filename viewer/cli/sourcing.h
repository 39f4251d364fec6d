/* SPDX-License-Identifier: MIT */
/*
 * --source-root: below it lines of source files are shown, and at it the paths begin that reports tell to services which
 * know the repository, and not this machine.
 * Without it, that is the nearest folder above the current one that has a .git; or else the current one.
 */
#ifndef AW__CLI_SOURCING_H
#define AW__CLI_SOURCING_H

#include <limits.h>
#include <sys/stat.h>

#include "viewer/cli/cli.h"

struct aw__sourcing {
	char root[PATH_MAX];   /* empty: unknown */
	char folder[PATH_MAX]; /* the current one; empty: unknown */
};

/** The option, as a child of a command's parser; its input is a struct aw__sourcing, which it fills. */
extern const struct argp aw__sourcing_argp;
/** An aw__source_judge: whether lines of a file are shown. `arg` is the session that it is for. */
bool aw__sourcing_judge(void *arg, const char *path, int fd, const struct stat *status);
/** How a report looks that goes to `fd` (-1: to a file). */
struct aw__report_options aw__sourcing_look(struct aw__sourcing *sourcing,
					    const struct aw__report_format *format, int fd);

#endif
