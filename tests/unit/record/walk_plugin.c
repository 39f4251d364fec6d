/* SPDX-License-Identifier: MIT */
/* A library that test_walk.c loads and unloads, so that a stack leads through code that may be unloaded. */
void walk_plugin_call(void (*callback)(void *), void *arg);

__attribute__((visibility("default"))) void walk_plugin_call(void (*callback)(void *), void *arg)
{
	volatile int space[16];

	space[0] = 1;
	callback(arg);
	space[1] = space[0];
}
