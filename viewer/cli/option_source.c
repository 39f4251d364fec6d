/* SPDX-License-Identifier: MIT */
/*
 * The options --source-root and --no-source: finds the root of the sources, maps recorded paths to files below it,
 * and decides whether lines of a file are shown, for reports and the viewer alike.
 */
#include "viewer/cli/option_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { OPTION_SOURCE_ROOT = 2200, OPTION_NO_SOURCE };

static const struct argp_option options[] = {
	{ "source-root", OPTION_SOURCE_ROOT, "DIR", 0,
	  "Show lines of source files below DIR, to which paths in sarif, junit, github and html "
	  "are relative, too; without it, DIR is the folder with .git, or the current one",
	  0 },
	{ "no-source", OPTION_NO_SOURCE, NULL, 0, "Show no lines of source files", 0 },
	{ 0 },
};

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* Normalise a path as text: "/a/./b//../c" -> "/a/c". False if it is too long. */
static bool join(const char *folder, const char *path, char ret_path[PATH_MAX])
{
	char whole[2 * PATH_MAX], *rest = NULL;
	size_t length = 0;

	if (snprintf(whole, sizeof(whole), "%s/%s", path[0] == '/' ? "" : folder, path) >=
	    (int)sizeof(whole))
		return false;
	ret_path[0] = '\0';
	for (char *part = strtok_r(whole, "/", &rest); part != NULL;
	     part = strtok_r(NULL, "/", &rest)) {
		if (strcmp(part, ".") == 0)
			continue;
		if (strcmp(part, "..") == 0) {
			char *slash = strrchr(ret_path, '/');

			length = slash != NULL ? (size_t)(slash - ret_path) : 0;
			ret_path[length] = '\0';
			continue;
		}
		if (length + strlen(part) + 2 > PATH_MAX)
			return false;
		length += (size_t)sprintf(ret_path + length, "/%s", part);
	}
	return length > 0;
}

/* A worktree's .git is a file. */
static void find_root(struct aw__option_source *option)
{
	char git[PATH_MAX + 8], *slash;

	strcpy(option->root, option->folder);
	do {
		snprintf(git, sizeof(git), "%s/.git", option->root);
		if (exists(git))
			return;
		slash = strrchr(option->root, '/');
		if (slash != NULL)
			*slash = '\0';
	} while (slash != NULL && slash != option->root);
	strcpy(option->root, option->folder);
}

/* The folder of --source-root, or the default for the current folder. */
static struct {
	char root[PATH_MAX];
	bool off, chosen;
} shown;

static void find_folder(struct aw__option_source *option)
{
	if (getcwd(option->folder, sizeof(option->folder)) == NULL)
		option->folder[0] = '\0';
}

/* If the default root is /, every file would be shown: then none is. */
static void remember(struct aw__option_source *option)
{
	const bool asked = option->root[0] != '\0';

	if (!asked)
		find_root(option);
	shown.chosen = true;
	if ((!asked && strcmp(option->root, "/") == 0) ||
	    realpath(option->root, shown.root) == NULL)
		shown.root[0] = '\0';
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct aw__option_source *option = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		find_folder(option);
		return 0;
	case OPTION_NO_SOURCE:
		shown.off = true;
		return 0;
	case OPTION_SOURCE_ROOT:
		if (realpath(arg, option->root) == NULL)
			aw__cli_usage(state, "--source-root: %s: %s", arg, strerror(errno));
		if (!is_folder(option->root))
			aw__cli_usage(state, "--source-root: %s: not a directory", arg);
		return 0;
	case ARGP_KEY_END:
		remember(option);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp aw__option_source_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };

/* Look for a file in the current folder, and in those above it up to the root. */
static bool find_above(const struct aw__option_source *option, const char *file,
		       char ret_path[PATH_MAX])
{
	char folder[PATH_MAX], *slash;

	strcpy(folder, option->folder);
	do {
		if (join(folder, file, ret_path) && exists(ret_path))
			return true;
		if (strcmp(folder, option->root) == 0)
			return false;
		slash = strrchr(folder, '/');
		if (slash != NULL)
			*slash = '\0';
	} while (slash != NULL && slash != folder);
	return false;
}

/*
 * A relative path is relative to the folder in which the compiler ran: this one, one above it, or one below the root.
 * The first file that exists is taken.
 */
static bool find_file(const struct aw__option_source *option, const char *file,
		      char ret_path[PATH_MAX])
{
	const char *below = file;

	if (file[0] == '/')
		return join("", file, ret_path);
	if (find_above(option, file, ret_path))
		return true;
	while (strncmp(below, "../", 3) == 0)
		below += 3;
	if (join(option->root, below, ret_path) && exists(ret_path))
		return true;
	return below != file && join(option->folder, file, ret_path);
}

static const char *locate(void *arg, const char *file, char space[PATH_MAX])
{
	const struct aw__option_source *option = arg;
	char real[PATH_MAX];
	const char *below;

	if (!find_file(option, file, space))
		return file;
	below = aw__text_below(space, option->root);
	if (below != space)
		return below;
	if (realpath(space, real) != NULL && aw__text_below(real, option->root) != real)
		snprintf(space, PATH_MAX, "%s", aw__text_below(real, option->root));
	return space;
}

struct aw__report_options aw__option_source_look(struct aw__option_source *option,
						 const struct aw__report_format *format, int fd)
{
	struct aw__report_options look = aw__cli_options(fd);

	if (format->rooted && option->root[0] != '\0') {
		look.folder = option->root;
		look.locate = locate;
		look.locate_arg = option;
	}
	return look;
}

static bool is_below_root(int fd)
{
	char link[64], path[PATH_MAX];
	ssize_t length;

	if (!shown.chosen) {
		struct aw__option_source here = { .root = "" };

		find_folder(&here);
		remember(&here);
	}
	if (strcmp(shown.root, "/") == 0)
		return true;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length <= 0 || shown.root[0] == '\0')
		return false;
	path[length] = '\0';
	return aw__text_below(path, shown.root) != path;
}

bool aw__source_policy_allows(const struct aw__source_policy *policy)
{
	if (policy->claim == AW__SOURCE_CONTRADICTED)
		return false;
	return policy->below_root ||
	       (policy->claim == AW__SOURCE_NAMED && policy->changed_ns <= policy->recorded_ns);
}

bool aw__option_source_judge(void *arg, const char *path, int fd, const struct stat *status)
{
	const struct aw__session *session = arg;
	const uint64_t first_ns = aw__model_counts(session->model)->first_ns;

	if (shown.off)
		return false;
	return aw__source_policy_allows(&(struct aw__source_policy){
		.claim = aw__symbols_claim(session->symbols, path),
		.below_root = is_below_root(fd),
		.changed_ns = (uint64_t)status->st_mtim.tv_sec * 1000000000u +
			      (uint64_t)status->st_mtim.tv_nsec,
		.recorded_ns = aw__model_realtime_ns(session->model, first_ns),
	});
}
