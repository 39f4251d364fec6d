/* SPDX-License-Identifier: MIT */
/*
 * Reads and keeps the options of aw_agent_start_with(). Each has an environment variable of the same meaning, and is checked and read by its rules.
 */
#include "agent/control/options.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "agent/stream/stream_internal.h"

enum type { TEXT, NUMBER, DEPTH, FLAG };

struct option {
	const char *name;
	const char *variable; /* after "AWRY_" */
	size_t offset;
	enum type type;
	const char *value;   /* of a FLAG that is set */
	const char *allowed; /* NULL: as for the variable */
};

/* clang-format off */
#define OPTION(field, variable, type) { #field, variable, offsetof(struct aw_agent_options, field), type, NULL, NULL }
#define FLAG(field, variable, value)  { #field, variable, offsetof(struct aw_agent_options, field), FLAG, value, NULL }

static const struct option table[] = {
	OPTION(trace, "TRACE", TEXT),
	OPTION(listen, "LISTEN", TEXT),
	OPTION(connect, "CONNECT", TEXT),
	OPTION(memory_bytes, "MEMORY_BYTES", NUMBER),
	OPTION(ring_bytes, "RING_BYTES", NUMBER),
	OPTION(blocked_ms, "BLOCKED_MS", NUMBER),
	OPTION(cancel_ms, "CANCEL_MS", NUMBER),
	OPTION(deadlock_ms, "DEADLOCK_MS", NUMBER),
	OPTION(orphan_ms, "ORPHAN_MS", NUMBER),
	OPTION(starved_ms, "STARVED_MS", NUMBER),
	OPTION(busy_ms, "BUSY_MS", NUMBER),
	OPTION(busy_percent, "BUSY_PERCENT", NUMBER),
	OPTION(leaked_s, "LEAKED_S", NUMBER),
	OPTION(held_s, "HELD_S", NUMBER),
	{ "stack_depth", "STACK_DEPTH", offsetof(struct aw_agent_options, stack_depth), DEPTH, NULL,
		"1 to 64 frames, or AW_AGENT_NO_STACKS, are allowed" },
	FLAG(steps, "DETAIL", "steps"),
	FLAG(no_wait_stacks, "WAIT_STACKS", "0"),
	FLAG(no_stderr, "STDERR", "none"),
};
/* clang-format on */

static struct aw_agent_options kept; /* its texts point to the arrays below */
static char trace[4096];
static char listen_at[AW__LOCATION_PATH_BYTES + 8], connect_to[AW__LOCATION_PATH_BYTES + 8];

/* The option's value as its environment variable would have it; NULL: not set. */
static const char *text_of(const struct aw_agent_options *options, const struct option *option,
			   char space[32])
{
	const void *at = (const char *)options + option->offset;
	const char *text;
	uint64_t number = 0;
	uint32_t depth;
	bool flag;

	switch (option->type) {
	case TEXT:
		memcpy(&text, at, sizeof(text));
		return text;
	case FLAG:
		memcpy(&flag, at, sizeof(flag));
		return flag ? option->value : NULL;
	case DEPTH:
		memcpy(&depth, at, sizeof(depth));
		if (depth == 0)
			return NULL;
		number = depth != AW_AGENT_NO_STACKS ? depth : 0;
		break;
	default:
		memcpy(&number, at, sizeof(number));
		if (number == 0)
			return NULL;
	}
	snprintf(space, 32, "%" PRIu64, number);
	return space;
}

static bool read_option(const struct aw_agent_options *options, const struct option *option,
			struct aw__settings *settings)
{
	char space[32];
	const char *text = text_of(options, option, space), *allowed;

	if (text == NULL || aw__settings_set(settings, option->variable, text, &allowed))
		return true;
	aw__complain("awry: nothing is recorded: aw_agent_start_with(): %s='%.200s': %s",
		     option->name, text, option->allowed != NULL ? option->allowed : allowed);
	return false;
}

static bool read_all(const struct aw_agent_options *options, struct aw__settings *settings)
{
	aw__settings_default(settings);
	settings->debug = true;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!read_option(options, &table[i], settings))
			return false;
	return true;
}

/* The program may have been built with an older or a newer header: fields that this library does not know must be 0. */
static bool copy_options(const struct aw_agent_options *given, struct aw_agent_options *ret)
{
	const unsigned char *bytes = (const unsigned char *)given;
	const size_t size = given != NULL ? given->size : 0;

	memset(ret, 0, sizeof(*ret));
	if (given == NULL)
		return true;
	if (size < offsetof(struct aw_agent_options, trace) || size > 4096) {
		aw__complain("awry: nothing is recorded: aw_agent_start_with(): size=%zu: "
			     "sizeof(struct aw_agent_options) is allowed",
			     size);
		return false;
	}
	for (size_t i = sizeof(*ret); i < size; i++)
		if (bytes[i] != 0) {
			aw__complain(
				"awry: nothing is recorded: aw_agent_start_with(): an option "
				"at byte %zu is not known to this libawry-agent: only 0 is allowed",
				i);
			return false;
		}
	memcpy(ret, given, size < sizeof(*ret) ? size : sizeof(*ret));
	return true;
}

/* Only this path needs the check: read_all() refuses other texts that are too long. */
static bool trace_fits(const char *path)
{
	if (path == NULL || strnlen(path, sizeof(trace)) < sizeof(trace))
		return true;
	aw__complain("awry: nothing is recorded: aw_agent_start_with(): trace='%.200s…': "
		     "%zu bytes are allowed",
		     path, sizeof(trace) - 1);
	return false;
}

static const char *keep_text(char *space, size_t size, const char *text)
{
	if (text == NULL)
		return NULL;
	snprintf(space, size, "%s", text);
	return space;
}

bool aw__options_keep(const struct aw_agent_options *given)
{
	static struct aw__settings scratch; /* too large for a small stack */
	struct aw_agent_options options;

	if (!copy_options(given, &options) || !trace_fits(options.trace) ||
	    !read_all(&options, &scratch))
		return false;
	kept = options;
	kept.trace = keep_text(trace, sizeof(trace), options.trace);
	kept.listen = keep_text(listen_at, sizeof(listen_at), options.listen);
	kept.connect = keep_text(connect_to, sizeof(connect_to), options.connect);
	kept.runtime = NULL; /* aw_agent_start_with() copies it */
	return true;
}

void aw__options_read(struct aw__settings *ret, bool is_child)
{
	(void)read_all(&kept, ret);
	aw__settings_complete(ret, is_child ? kept.trace : NULL);
}
