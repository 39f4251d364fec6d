/* SPDX-License-Identifier: MIT */
/*
 * --source-root: below it lines of source files are shown, and at it the paths begin that reports tell to services which
 * know the repository, and not this machine.
 * Without it, that is the nearest folder above the current one that has a .git; or else the current one.
 */
#ifndef AW__CLI_OPTION_SOURCE_H
#define AW__CLI_OPTION_SOURCE_H

#include <limits.h>
#include <sys/stat.h>

#include "viewer/cli/cli.h"

struct aw__option_source {
	char root[PATH_MAX];   /* empty: unknown */
	char folder[PATH_MAX]; /* the current one; empty: unknown */
};

/** The option, as a child of a command's parser; its input is a struct aw__option_source, which it fills. */
extern const struct argp aw__option_source_argp;
/** An aw__source_judge: whether lines of a file are shown. `arg` is the session that it is for. */
bool aw__option_source_judge(void *arg, const char *path, int fd, const struct stat *status);
/** How a report looks that goes to `fd` (-1: to a file). */
struct aw__report_options aw__option_source_look(struct aw__option_source *option,
						 const struct aw__report_format *format, int fd);

/*
 * Of which files a viewer shows lines. A recording may come from anybody, and name any file of the reader's: so it may
 * only name what lies below --source-root; elsewhere, only what the debug information of the program that ran names,
 * and that has not changed since.
 */
struct aw__source_policy {
	enum aw__symbols_claim claim;
	bool below_root;
	uint64_t changed_ns;  /* the file; realtime */
	uint64_t recorded_ns; /* when the recording began; realtime, 0: unknown */
};

bool aw__source_policy_allows(const struct aw__source_policy *policy);

#endif
