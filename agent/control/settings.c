/* SPDX-License-Identifier: MIT */
/*
 * The table of the settings, of their defaults and of their allowed values. It is also part of the viewer, where `awry doctor` checks
 * an environment by it; so it needs nothing else of the agent.
 */
#include "agent/control/settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_NAME 32u /* of a variable, and of a name that could be meant to be one */

struct variable {
	const char *name; /* after "AWRY_" */
	bool (*parse)(const char *value, struct aw__settings *settings);
	const char *allowed;
};

/* A whole number, and for sizes a unit behind it. */
static bool parse_number(const char *value, bool is_size, uint64_t least, uint64_t most,
			 uint64_t *ret)
{
	static const struct {
		const char *name;
		unsigned shift;
	} units[] = { { "", 0 },     { "K", 10 }, { "KiB", 10 }, { "M", 20 },
		      { "MiB", 20 }, { "G", 30 }, { "GiB", 30 } };
	unsigned long long number;
	char *end;

	if (!isdigit((unsigned char)value[0]))
		return false;
	errno = 0;
	number = strtoull(value, &end, 10);
	if (errno != 0)
		return false;
	for (size_t i = 0; i < (is_size ? sizeof(units) / sizeof(units[0]) : 1); i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		if (number > UINT64_MAX >> units[i].shift)
			return false;
		number <<= units[i].shift;
		if (number < least || number > most)
			return false;
		*ret = number;
		return true;
	}
	return false;
}

static bool parse_debug(const char *value, struct aw__settings *settings)
{
	settings->debug = strcmp(value, "1") == 0;
	return settings->debug || strcmp(value, "0") == 0 || value[0] == '\0';
}

static bool parse_ring_bytes(const char *value, struct aw__settings *settings)
{
	uint64_t bytes, rounded = 64u << 10;

	if (!parse_number(value, true, 64u << 10, 1u << 30, &bytes))
		return false;
	while (rounded < bytes)
		rounded *= 2;
	settings->record.ring_bytes = rounded;
	return true;
}

static bool parse_memory_bytes(const char *value, struct aw__settings *settings)
{
	return parse_number(value, true, 4u << 20, UINT64_C(64) << 30,
			    &settings->record.memory_bytes);
}

static bool parse_stack_depth(const char *value, struct aw__settings *settings)
{
	uint64_t depth;

	if (!parse_number(value, false, 0, 64, &depth))
		return false;
	settings->record.stack_depth = (uint32_t)depth;
	return true;
}

static bool parse_wait_stacks(const char *value, struct aw__settings *settings)
{
	settings->record.wait_stacks = strcmp(value, "1") == 0;
	return settings->record.wait_stacks || strcmp(value, "0") == 0;
}

static bool parse_detail(const char *value, struct aw__settings *settings)
{
	settings->record.steps = strcmp(value, "steps") == 0;
	return settings->record.steps || strcmp(value, "tasks") == 0;
}

#define MS_NS UINT64_C(1000000)

static bool parse_ms(const char *value, uint64_t *ret_ns)
{
	uint64_t ms;

	if (!parse_number(value, false, 1, 86400000, &ms))
		return false;
	*ret_ns = ms * MS_NS;
	return true;
}

static bool parse_blocked_ms(const char *value, struct aw__settings *settings)
{
	return parse_ms(value, &settings->stream.thresholds.blocked_ns);
}

static bool parse_cancel_ms(const char *value, struct aw__settings *settings)
{
	return parse_ms(value, &settings->stream.thresholds.cancel_ns);
}

static bool parse_deadlock_ms(const char *value, struct aw__settings *settings)
{
	return parse_ms(value, &settings->stream.thresholds.deadlock_ns);
}

static bool parse_orphan_ms(const char *value, struct aw__settings *settings)
{
	return parse_ms(value, &settings->stream.thresholds.orphan_ns);
}

static bool parse_starved_ms(const char *value, struct aw__settings *settings)
{
	const bool right = parse_ms(value, &settings->stream.thresholds.starved_ns);

	settings->record.starved_ns = settings->stream.thresholds.starved_ns;
	return right;
}

static bool parse_busy_ms(const char *value, struct aw__settings *settings)
{
	return parse_ms(value, &settings->stream.thresholds.busy_ns);
}

static bool parse_busy_percent(const char *value, struct aw__settings *settings)
{
	return parse_number(value, false, 1, 100, &settings->stream.thresholds.busy_percent);
}

static bool parse_s(const char *value, uint64_t *ret_ns)
{
	uint64_t s;

	if (!parse_number(value, false, 1, 8640000, &s))
		return false;
	*ret_ns = s * 1000000000;
	return true;
}

static bool parse_leaked_s(const char *value, struct aw__settings *settings)
{
	return parse_s(value, &settings->stream.thresholds.leaked_ns);
}

static bool parse_held_s(const char *value, struct aw__settings *settings)
{
	return parse_s(value, &settings->record.held_ns);
}

/* Only checked here: the adapter for CPython reads it (agent/python/origin.c). */
static bool parse_python_origin(const char *value, struct aw__settings *settings)
{
	uint64_t depth;

	(void)settings;
	return parse_number(value, false, 0, 64, &depth);
}

static bool parse_stderr(const char *value, struct aw__settings *settings)
{
	settings->stream.findings_on_stderr = strcmp(value, "findings") == 0;
	return settings->stream.findings_on_stderr || strcmp(value, "none") == 0;
}

static bool copy_path(char *ret, size_t size, const char *path)
{
	return path[0] != '\0' && (size_t)snprintf(ret, size, "%s", path) < size;
}

static bool parse_listen(const char *value, struct aw__settings *settings)
{
	if (strcmp(value, "off") == 0) {
		settings->listen = false;
		return true;
	}
	return strncmp(value, "unix:/", 6) == 0 &&
	       copy_path(settings->stream.listen_path, sizeof(settings->stream.listen_path),
			 value + 5);
}

static bool parse_connect(const char *value, struct aw__settings *settings)
{
	return strncmp(value, "unix:/", 6) == 0 &&
	       copy_path(settings->stream.connect_path, sizeof(settings->stream.connect_path),
			 value + 5);
}

/* %p is the process id, %% a percent sign. */
static bool parse_trace(const char *value, struct aw__settings *settings)
{
	char *to = settings->stream.trace_path;
	const char *end = to + sizeof(settings->stream.trace_path) - 24;

	if (value[0] == '\0' || strcmp(value, "-") == 0)
		return false;
	for (; *value != '\0' && to < end; value++) {
		if (*value != '%') {
			*to++ = *value;
		} else if (value[1] == 'p') {
			to += sprintf(to, "%ld", (long)getpid());
			value++;
		} else if (value[1] == '%') {
			*to++ = '%';
			value++;
		} else {
			break;
		}
	}
	*to = '\0';
	if (*value == '\0')
		return true;
	settings->stream.trace_path[0] = '\0';
	return false;
}

#define ALLOWED_MS "1 to 86400000 milliseconds are allowed"

/* clang-format off */
static const struct variable variables[] = {
	{ "DEBUG", parse_debug, "1 (on) or 0 (off) are allowed" },
	{ "TRACE", parse_trace, "a file's path is allowed, in which %p is the process id and %% a percent sign; ./- for a file named -" },
	{ "LISTEN", parse_listen, "unix:/ABSOLUTE/PATH or off are allowed" },
	{ "CONNECT", parse_connect, "unix:/ABSOLUTE/PATH is allowed" },
	{ "STACK_DEPTH", parse_stack_depth, "0 to 64 frames are allowed" },
	{ "WAIT_STACKS", parse_wait_stacks, "0 or 1 are allowed" },
	{ "DETAIL", parse_detail, "tasks or steps are allowed" },
	{ "RING_BYTES", parse_ring_bytes, "64KiB to 1GiB are allowed" },
	{ "MEMORY_BYTES", parse_memory_bytes, "4MiB to 64GiB are allowed" },
	{ "BLOCKED_MS", parse_blocked_ms, ALLOWED_MS },
	{ "CANCEL_MS", parse_cancel_ms, ALLOWED_MS },
	{ "DEADLOCK_MS", parse_deadlock_ms, ALLOWED_MS },
	{ "ORPHAN_MS", parse_orphan_ms, ALLOWED_MS },
	{ "LEAKED_S", parse_leaked_s, "1 to 8640000 seconds are allowed" },
	{ "HELD_S", parse_held_s, "1 to 8640000 seconds are allowed" },
	{ "STARVED_MS", parse_starved_ms, ALLOWED_MS },
	{ "BUSY_MS", parse_busy_ms, ALLOWED_MS },
	{ "BUSY_PERCENT", parse_busy_percent, "1 to 100 percent are allowed" },
	{ "PYTHON_ORIGIN", parse_python_origin, "0 to 64 frames are allowed" },
	{ "STDERR", parse_stderr, "findings or none are allowed" },
	/* listed so that it is not unknown: proto/location.c reads it, for the agent and the viewer, and reports what is wrong with it */
	{ "RUNTIME_DIR", NULL, NULL },
	/* the same: the viewer reads it (viewer/cli/output.c) */
	{ "PAGER", NULL, NULL },
};
/* clang-format on */

void aw__settings_default(struct aw__settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->listen = true;
	settings->stream.thresholds = (struct aw__thresholds){
		.blocked_ns = 100 * MS_NS,
		.cancel_ns = 10000 * MS_NS,
		.deadlock_ns = 1000 * MS_NS,
		.orphan_ns = 1000 * MS_NS,
		.leaked_ns = 60000 * MS_NS,
		.starved_ns = 1000 * MS_NS,
		.busy_ns = 5000 * MS_NS,
		.busy_percent = 80,
	};
	settings->record.stack_depth = 16;
	settings->record.wait_stacks = true;
	settings->record.held_ns = 10000 * MS_NS;
	settings->record.starved_ns = settings->stream.thresholds.starved_ns;
	settings->record.ring_bytes = 4u << 20;
	settings->record.memory_bytes = 256u << 20;
	settings->stream.findings_on_stderr = true;
}

/* NULL: there is no variable of that name. */
static const struct variable *find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (strlen(variables[i].name) == length &&
		    memcmp(variables[i].name, name, length) == 0)
			return &variables[i];
	return NULL;
}

static bool set(const struct variable *variable, const char *value, struct aw__settings *settings)
{
	const struct aw__settings before = *settings;

	if (variable->parse == NULL || variable->parse(value, settings))
		return true;
	*settings = before;
	return false;
}

bool aw__settings_set(struct aw__settings *settings, const char *name, const char *value,
		      const char **ret_allowed)
{
	const struct variable *variable = find(name, strlen(name));

	*ret_allowed = variable != NULL ? variable->allowed : NULL;
	return variable != NULL && set(variable, value, settings);
}

const char *aw__settings_name(size_t index)
{
	return index < sizeof(variables) / sizeof(variables[0]) ? variables[index].name : NULL;
}

/* The number of characters to insert, remove or replace, or of neighbours to swap, until one name is the other. */
static size_t distance(const char *left, const char *right)
{
	const size_t width = strlen(right) + 1;
	size_t before[LONGEST_NAME + 1], last[LONGEST_NAME + 1], now[LONGEST_NAME + 1];

	memset(before, 0, sizeof(before));
	for (size_t j = 0; j < width; j++)
		last[j] = j;
	for (size_t i = 1; left[i - 1] != '\0'; i++) {
		now[0] = i;
		for (size_t j = 1; j < width; j++) {
			const bool same = left[i - 1] == right[j - 1];
			size_t best = last[j - 1] + !same;

			best = last[j] + 1 < best ? last[j] + 1 : best;
			best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
			if (i > 1 && j > 1 && left[i - 1] == right[j - 2] &&
			    left[i - 2] == right[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		memcpy(before, last, sizeof(before));
		memcpy(last, now, sizeof(last));
	}
	return last[width - 1];
}

const char *aw__settings_nearest(const char *name)
{
	const size_t length = strlen(name);
	size_t least = length / 3 + 1;
	const char *nearest = NULL;

	if (length > LONGEST_NAME)
		return NULL;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const size_t now = distance(name, variables[i].name);

		if (now > least || (nearest != NULL && now == least))
			continue;
		least = now;
		nearest = variables[i].name;
	}
	return nearest;
}

/* For a path that parse_trace() accepted: a character follows each percent sign. */
static bool names_process(const char *path)
{
	for (const char *at = strchr(path, '%'); at != NULL; at = strchr(at + 2, '%'))
		if (at[1] == 'p')
			return true;
	return false;
}

/* A child writes its own trace file, even if its parent has ended and no longer uses the name. */
static void name_trace_of_child(struct aw__settings *settings, const char *asked)
{
	char *path = settings->stream.trace_path;
	const size_t length = strlen(path);

	if (length > 0 && asked != NULL && !names_process(asked))
		snprintf(path + length, sizeof(settings->stream.trace_path) - length, ".%ld",
			 (long)getpid());
}

void aw__settings_complete(struct aw__settings *settings, const char *asked_of_parent)
{
	struct aw__record_options *record = &settings->record;

	/* A thread's rings must fit into the part of the box that is for rings. */
	while (record->ring_bytes > (64u << 10) &&
	       record->ring_bytes + record->ring_bytes / 2 > record->memory_bytes / 8 * 3)
		record->ring_bytes /= 2;
	name_trace_of_child(settings, asked_of_parent);
	record->lossless = settings->stream.trace_path[0] != '\0';
	settings->stream.steps = record->steps;
	settings->stream.thresholds.held_ns = record->held_ns;
}
