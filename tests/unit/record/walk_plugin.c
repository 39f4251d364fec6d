/* SPDX-License-Identifier: MIT */
void walk_plugin_call(void (*callback)(void *), void *arg);

__attribute__((visibility("default"))) void walk_plugin_call(void (*callback)(void *), void *arg)
{
	volatile int space[16];

	space[0] = 1;
	callback(arg);
	space[1] = space[0];
}
