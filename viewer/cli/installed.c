/* SPDX-License-Identifier: MIT */
/* Finds the other parts of awry beside this program, for `awry run` and `awry doctor`. */
#include "viewer/cli/installed.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Without /proc by the name that the kernel started, which was relative to the folder in which awry was started: it does not change its folder. */
bool aw__installed_program(char ret_path[4096])
{
	const ssize_t length = readlink("/proc/self/exe", ret_path, 4095);
	const char *started;

	if (length > 0) {
		ret_path[length] = '\0';
		return true;
	}
	started = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	return started != NULL && realpath(started, ret_path) != NULL;
}

bool aw__installed_find(const char *installed, const char *built, char ret_path[4096])
{
	const char *const places[] = { installed, built };
	char folder[PATH_MAX], path[2 * PATH_MAX];

	if (!aw__installed_program(folder))
		return false;
	*strrchr(folder, '/') = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, places[i]);
		/* an interpreter may change its folder before it loads the library */
		if (places[i][0] != '\0' && access(path, R_OK) == 0 &&
		    realpath(path, ret_path) != NULL)
			return true;
	}
	return false;
}
