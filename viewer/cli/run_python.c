/* SPDX-License-Identifier: MIT */
/*
 * Python commands of `awry run`: preloads a library that waits in the interpreter for asyncio (agent/python/preload.c). Only
 * Python commands, and the processes that they start, get it: a program that was built with AddressSanitizer refuses to run
 * with another preloaded library.
 */
#include "viewer/cli/run_python.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "viewer/cli/installed.h"
#include "viewer/cli/program_file.h"

#ifndef AWRY_PYTHON_BUILT /* in a test that has only this file */
#define AWRY_PYTHON_BUILT     ""
#define AWRY_PYTHON_INSTALLED ""
#endif

#define MOST_ARGUMENTS 16u /* looked at */

/* "python", "python3", "python3.11", "python3-dbg" */
bool aw__python_is_name(const char *word, size_t length)
{
	const char *slash = memrchr(word, '/', length);
	const char *name = slash != NULL ? slash + 1 : word;
	const size_t rest = length - (size_t)(name - word);

	return rest >= 6 && strncmp(name, "python", 6) == 0 &&
	       (rest == 6 || memchr("0123456789-", name[6], 11) != NULL) &&
	       strspn(name + 6, "0123456789.-abcdefghijklmnopqrstuvwxyz") >= rest - 6;
}

bool aw__python_find_command(const char *command, char ret_path[4096])
{
	const char *at = getenv("PATH");

	if (strchr(command, '/') != NULL)
		return snprintf(ret_path, 4096, "%s", command) < 4096;
	for (size_t length; at != NULL; at = at[length] == ':' ? at + length + 1 : NULL) {
		length = strcspn(at, ":");
		if (snprintf(ret_path, 4096, "%.*s/%s", (int)length, at, command) < 4096 &&
		    access(ret_path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Whether a script's first line names Python: console scripts and programs. */
static bool is_script(const char *path)
{
	struct aw__program_file file;

	aw__program_file_look(path, &file);
	return file.kind == AW__PROGRAM_SCRIPT && strstr(file.interpreter, "python") != NULL;
}

bool aw__python_is(char *const *argv)
{
	char path[4096];

	for (unsigned i = 0; argv[i] != NULL && i < MOST_ARGUMENTS; i++)
		if (aw__python_is_name(argv[i], strlen(argv[i])))
			return true;
	return aw__python_find_command(argv[0], path) && is_script(path);
}

/* "-m module", and "-mmodule", which Python takes, too */
static bool is_module(char *const *argv)
{
	return strncmp(argv[0], "-m", 2) == 0 && (argv[0][2] != '\0' || argv[1] != NULL);
}

static bool ends_with(const char *path, const char *ending)
{
	const size_t length = strlen(path), rest = strlen(ending);

	return length > rest && strcmp(path + length - rest, ending) == 0;
}

/* A file of Python's that the kernel does not run, or a folder that Python runs as a program. */
static bool is_source(const char *path)
{
	char program[4096];
	struct stat status;

	if (stat(path, &status) != 0)
		return false;
	if (S_ISDIR(status.st_mode))
		return (size_t)snprintf(program, sizeof(program), "%s/__main__.py", path) <
			       sizeof(program) &&
		       access(program, R_OK) == 0;
	return (ends_with(path, ".py") || ends_with(path, ".pyz")) && access(path, R_OK) == 0 &&
	       access(path, X_OK) != 0;
}

char **aw__python_command(char **argv, char *interpreter)
{
	static char usual[] = "python3";
	size_t count = 0;
	char **longer;

	if (!is_module(argv) && !is_source(argv[0]))
		return argv;
	while (argv[count] != NULL)
		count++;
	longer = aw__alloc_must((count + 2) * sizeof(*longer));
	longer[0] = interpreter != NULL ? interpreter : usual;
	memcpy(longer + 1, argv, (count + 1) * sizeof(*longer));
	return longer;
}

bool aw__python_library(char ret_path[4096])
{
	return aw__installed_find(AWRY_PYTHON_INSTALLED, AWRY_PYTHON_BUILT, ret_path);
}

enum aw__python_part aw__python_part(char *const *argv, char ret_path[4096])
{
	if (!aw__python_is(argv))
		return AW__PYTHON_PART_UNWANTED;
	if (!aw__python_library(ret_path))
		return AW__PYTHON_PART_MISSING;
	return strpbrk(ret_path, " :") == NULL ? AW__PYTHON_PART_PRELOADED
					       : AW__PYTHON_PART_UNNAMEABLE;
}

void aw__python_preload(char *const *argv)
{
	const char *before = getenv("LD_PRELOAD");
	char path[4096], *value;

	if (aw__python_part(argv, path) != AW__PYTHON_PART_PRELOADED)
		return;
	if (before == NULL || before[0] == '\0') {
		setenv("LD_PRELOAD", path, 1);
		return;
	}
	if (strstr(before, path) != NULL)
		return;
	value = aw__alloc_must(strlen(path) + strlen(before) + 2);
	sprintf(value, "%s:%s", path, before);
	setenv("LD_PRELOAD", value, 1);
	aw__alloc_free(value);
}
