/* SPDX-License-Identifier: MIT */
/*
 * A recorder that replaces the real one in the tests of errors: keeps what the hooks report about errors, types
 * and stacks.
 */
#include "tests/unit/runtime/error_probe.h"

#include <stdio.h>
#include <string.h>

struct probe probe;

void probe_start(void)
{
	probe.error_count = 0;
	probe.stack_count = 0;
	probe.stack_link = AW_NONE;
	probe.full = false;
	aw_agent_switch = 1;
}

void probe_stop(void)
{
	aw_agent_switch = 0;
}

const struct probe_error *probe_find(const char *message)
{
	for (size_t i = 0; i < probe.error_count; i++)
		if (strcmp(probe.errors[i].message, message) == 0)
			return &probe.errors[i];
	return NULL;
}

aw_intern aw_agent_type(const char *name, aw_intern base)
{
	if (probe.full || probe.type_count == PROBE_TYPES_MAX)
		return AW_NONE;
	snprintf(probe.types[probe.type_count].name, sizeof(probe.types[0].name), "%s", name);
	probe.types[probe.type_count].base = base;
	return (aw_intern)++probe.type_count;
}

aw_intern aw_agent_place(const char *function, const char *file, uint32_t line, const void *address)
{
	snprintf(probe.function, sizeof(probe.function), "%s", function);
	probe.line = line;
	return 7000 + line;
}

aw_intern aw_agent_stack(aw_intern link)
{
	probe.stack_link = link;
	return (aw_intern)(9000 + ++probe.stack_count);
}

static void attribute(struct probe_error *to, const struct aw_agent_attribute *from)
{
	size_t used = strlen(to->attributes);

	snprintf(to->attributes + used, sizeof(to->attributes) - used, "%s=%.*s; ", from->key,
		 (int)from->value_length, from->value);
}

void aw_agent_error(const struct aw_agent_error *error)
{
	struct probe_error *to = &probe.errors[probe.error_count];

	if (probe.error_count == PROBE_ERRORS_MAX)
		return;
	probe.error_count++;
	memset(to, 0, sizeof(*to));
	to->told = *error;
	snprintf(to->message, sizeof(to->message), "%.*s", (int)error->message_length,
		 error->message);
	if (error->note_count > 0)
		snprintf(to->note, sizeof(to->note), "%s", error->notes[0]);
	for (size_t i = 0; i < error->attribute_count; i++)
		attribute(to, &error->attributes[i]);
	for (size_t i = 0; i < error->child_count && i < 8; i++)
		to->children[i] = error->children[i];
}
