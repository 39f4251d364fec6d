/* SPDX-License-Identifier: MIT */
#include "agent/stream/symbolize.h"

#include <backtrace.h>
#include <stdbool.h>
#include <stddef.h>

struct request {
	void (*each)(void *arg, const struct aw__source_place *place);
	void *arg;
	unsigned count;
	const char *name;
};

static struct backtrace_state *state;

/* No debug information is no error here: there is less to print. */
static void ignore(void *data, const char *message, int number)
{
	(void)data;
	(void)message;
	(void)number;
}

static int give_place(void *data, uintptr_t address, const char *file, int line, const char *function)
{
	struct request *request = data;
	const struct aw__source_place place = { function, file, line > 0 ? (uint32_t)line : 0 };

	(void)address;
	if (function == NULL && file == NULL)
		return 0;
	request->count++;
	request->each(request->arg, &place);
	return 0;
}

static void give_name(void *data, uintptr_t address, const char *name, uintptr_t value, uintptr_t size)
{
	(void)address;
	(void)value;
	(void)size;
	((struct request *)data)->name = name;
}

void aw__symbolize(uint64_t address, void (*each)(void *arg, const struct aw__source_place *place),
		   void *arg)
{
	struct request request = { .each = each, .arg = arg };
	struct aw__source_place place = { 0 };

	if (state == NULL)
		state = backtrace_create_state(NULL, 1, ignore, NULL);
	if (state == NULL)
		return;
	backtrace_pcinfo(state, (uintptr_t)address, give_place, ignore, &request);
	if (request.count > 0)
		return;
	backtrace_syminfo(state, (uintptr_t)address, give_name, ignore, &request);
	place.function = request.name;
	each(arg, &place);
}
