/* SPDX-License-Identifier: MIT */
/*
 * A program that loads the plugins named by its arguments one after the other, runs and closes each, so that the next one is loaded
 * at the same address. Prints their addresses. An argument that ends in a slash is a folder to enter while the next plugin runs.
 */
#include <awry.h>

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef aw_error *start_fn(void);

static aw_error *run_plugin(const char *path, const char *folder)
{
	void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	aw_error *error;
	start_fn *start;

	if (plugin == NULL)
		return aw_raise(aw_OSError, "%s", dlerror());
	if (folder != NULL && chdir(folder) != 0)
		return aw_raise(aw_OSError, "%s", folder);
	*(void **)&start = dlsym(plugin, "start");
	printf("%p\n", *(void **)&start);
	error = start();
	dlclose(plugin);
	return error;
}

static aw_error *amain(void *arg, void **ret)
{
	const char *folder = NULL;

	for (char **path = (char **)arg + 1; *path != NULL; path++) {
		if ((*path)[strlen(*path) - 1] == '/') {
			folder = *path;
			continue;
		}
		AW_TRY(run_plugin(*path, folder));
		folder = NULL;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	return argc > 1 ? aw_exit_status(aw_run(amain, argv, NULL)) : 2;
}
