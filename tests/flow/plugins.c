/* SPDX-License-Identifier: MIT */
/*
 * A program that loads each of the plugins that its arguments name, runs it, and closes it again, so that the next one is loaded
 * at its place. Prints where each one was.
 */
#include <awry.h>

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

typedef aw_error *start_fn(void);

static aw_error *run_plugin(const char *path)
{
	void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	aw_error *error;
	start_fn *start;

	if (plugin == NULL)
		return aw_raise(aw_OSError, "%s", dlerror());
	*(void **)&start = dlsym(plugin, "start");
	printf("%p\n", *(void **)&start);
	error = start();
	dlclose(plugin);
	return error;
}

static aw_error *amain(void *arg, void **ret)
{
	for (char **path = (char **)arg + 1; *path != NULL; path++)
		AW_TRY(run_plugin(*path));
	return NULL;
}

int main(int argc, char **argv)
{
	return argc > 1 ? aw_exit_status(aw_run(amain, argv, NULL)) : 2;
}
