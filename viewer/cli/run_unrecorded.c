/* SPDX-License-Identifier: MIT */
/*
 * Finds out why nothing was recorded of the command of `awry run`, for its last line: looks at the kind of the file, and
 * whether awry's Python part was preloaded. If the reason is not certain, the possible ones are listed.
 */
#include "viewer/cli/run.h"

#include <string.h>

#include "viewer/cli/program_file.h"
#include "viewer/cli/run_python.h"

#define MOST_ARGUMENTS 64u /* looked at */

/* The reason that the file's kind gives; NULL if there is none. */
static const char *reason_of_file(const char *command)
{
	struct aw__program_file file;
	char path[4096];

	if (!aw__python_find_command(command, path))
		return NULL;
	aw__program_file_look(path, &file);
	if (file.set_user)
		return "it is a set-user-ID program, which ignores AWRY_ variables";
	if (file.set_group)
		return "it is a set-group-ID program, which ignores AWRY_ variables";
	if (file.has_capabilities)
		return "its file has capabilities, and such a program ignores AWRY_ variables";
	if (file.kind == AW__PROGRAM_STATIC)
		return "it is statically linked, and loads neither libawry nor awry's Python part";
	return NULL;
}

bool aw__run_names_python(char *const *argv)
{
	static const char between[] = " \t\n;|&(){}`'\"$<>";

	for (unsigned i = 0; argv[i] != NULL && i < MOST_ARGUMENTS; i++)
		for (const char *at = argv[i]; *at != '\0'; at += strspn(at, between)) {
			const size_t length = strcspn(at, between);

			if (aw__python_is_name(at, length))
				return true;
			at += length;
		}
	return false;
}

const char *aw__run_unrecorded_reason(char *const *argv)
{
	const char *reason = reason_of_file(argv[0]);
	char path[4096];

	if (reason != NULL)
		return reason;
	switch (aw__python_part(argv, path)) {
	case AW__PYTHON_PART_PRELOADED:
		return "awry's Python part was preloaded, and it saw no asyncio task: none was "
		       "made, the program's environment was changed, there is no adapter for its "
		       "Python version, or a line above says why";
	case AW__PYTHON_PART_MISSING:
		return "awry's Python part, awry-python.so, is not installed";
	case AW__PYTHON_PART_UNNAMEABLE:
		return "awry's Python part was not preloaded: LD_PRELOAD cannot name a path with a "
		       "space or a colon; install awry elsewhere";
	default:
		break;
	}
	if (aw__run_names_python(argv))
		return "awry's Python part was not preloaded, since python is not one of the "
		       "first words of the command; perhaps the command starts it: write awry run "
		       "-- python3 ... there";
	return "no awry runtime or adapter was started in it";
}
