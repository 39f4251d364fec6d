/* SPDX-License-Identifier: MIT */
/* Reads the agent's settings from the environment, for control.c: once, and with a line on stderr for each value that is not allowed. */
#include "agent/control/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"

extern char **environ;

static void warn_unknown(const char *entry, size_t name_length, const char *nearest)
{
	char allowed[1024] = "there are";
	size_t length = strlen(allowed);
	const char *name;

	if (nearest != NULL)
		length = (size_t)snprintf(allowed, sizeof(allowed),
					  "AWRY_%s is the most similar; there are", nearest);
	for (size_t i = 0; (name = aw__settings_name(i)) != NULL; i++)
		length += (size_t)snprintf(allowed + length, sizeof(allowed) - length, "%s AWRY_%s",
					   i > 0 ? "," : "", name);
	aw__complain("awry: unknown variable AWRY_%.*s: %s",
		     name_length < 200 ? (int)name_length : 200, entry, allowed);
}

#define MOST_NAME_BYTES 32u /* longer ones are unknown */

static void read_entry(const char *entry, struct aw__settings *settings, bool quiet)
{
	const size_t length = strcspn(entry, "=");
	char name[MOST_NAME_BYTES] = "";
	const char *allowed;

	if (length < sizeof(name))
		memcpy(name, entry, length);
	if (aw__settings_set(settings, name, entry + length + 1, &allowed) || quiet)
		return;
	if (allowed == NULL)
		warn_unknown(entry, length, name[0] != '\0' ? aw__settings_nearest(name) : NULL);
	else
		aw__complain("awry: AWRY_%s='%.200s' is ignored: %s", name, entry + length + 1,
			     allowed);
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
