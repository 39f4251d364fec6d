/* SPDX-License-Identifier: MIT */
/* The settings of the agent, from environment variables AWRY_…: read and checked once, for the recorder and the stream. */
#include "agent/control/settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"

extern char **environ;

struct variable {
	const char *name; /* after "AWRY_" */
	bool (*parse)(const char *value, struct aw__settings *settings);
	const char *allowed;
};

static void warn(const char *name, const char *value, const char *allowed)
{
	aw__complain("awry: AWRY_%s='%.200s' is ignored: %s", name, value, allowed);
}

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

static void warn_unknown(const char *entry, size_t name_length)
{
	char allowed[1024] = "there are";
	size_t length = strlen(allowed);

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		length += (size_t)snprintf(allowed + length, sizeof(allowed) - length, "%s AWRY_%s",
					   i > 0 ? "," : "", variables[i].name);
	aw__complain("awry: unknown variable AWRY_%.*s: %s",
		     name_length < 200 ? (int)name_length : 200, entry, allowed);
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

	*ret_allowed = variable->allowed;
	return set(variable, value, settings);
}

static void read_entry(const char *entry, struct aw__settings *settings, bool quiet)
{
	const size_t length = strcspn(entry, "=");
	const struct variable *variable = find(entry, length);

	if (variable == NULL) {
		if (!quiet)
			warn_unknown(entry, length);
	} else if (!set(variable, entry + length + 1, settings) && !quiet) {
		warn(variable->name, entry + length + 1, variable->allowed);
	}
}

bool aw__settings_wanted(void)
{
	const char *debug = secure_getenv("AWRY_DEBUG"), *trace = secure_getenv("AWRY_TRACE");

	if (debug != NULL && debug[0] != '\0')
		return strcmp(debug, "0") != 0;
	if (trace != NULL && trace[0] != '\0')
		aw__complain(
			"awry: AWRY_TRACE is ignored: nothing is recorded without AWRY_DEBUG=1");
	return false;
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

void aw__settings_read(struct aw__settings *ret, bool quiet)
{
	aw__settings_default(ret);
	if (getauxval(AT_SECURE) != 0)
		return;
	for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
		if (strncmp(*entry, "AWRY_", 5) == 0 && strchr(*entry, '=') != NULL)
			read_entry(*entry + 5, ret, quiet);
	aw__settings_complete(ret, quiet ? secure_getenv("AWRY_TRACE") : NULL);
}
