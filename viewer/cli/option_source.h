/* SPDX-License-Identifier: MIT */
/*
 * The option --source-root: lines of source files below it are shown, and paths are relative to it in reports for services
 * that know the repository but not this machine.
 * The default is the nearest folder that has a .git, from the current one upwards; or else the current one.
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
/** An aw__source_judge: whether lines of a file are shown. `arg` is the session. */
bool aw__option_source_judge(void *arg, const char *path, int fd, const struct stat *status);
/** The look of a report that is written to `fd` (-1: to a file). */
struct aw__report_options aw__option_source_look(struct aw__option_source *option,
						 const struct aw__report_format *format, int fd);

/*
 * The policy for which source files lines are shown. A recording may come from anybody, and refer to any file of the reader: so only
 * files below --source-root are shown, and other files only if the debug information of the recorded program refers to
 * them, and they have not changed since.
 */
struct aw__source_policy {
	enum aw__symbols_claim claim;
	bool below_root;
	uint64_t changed_ns;  /* mtime of the file; realtime */
	uint64_t recorded_ns; /* when the recording began; realtime, 0: unknown */
};

bool aw__source_policy_allows(const struct aw__source_policy *policy);

#endif
