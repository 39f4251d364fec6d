/* SPDX-License-Identifier: MIT */
/* A check of `awry doctor`: the AWRY_ variables of the environment, by the agent's own table (agent/control/settings.c). */
#include <stdio.h>
#include <string.h>

#include "viewer/cli/doctor.h"

extern char **environ;

#define LONGEST_NAME 64u

/* In C programs and in Python the agent says the same on stderr, in each process that is recorded. */
static void check_entry(struct aw__check *check, const char *entry, size_t *count)
{
	struct aw__settings settings;
	const size_t length = strcspn(entry, "=");
	const char *value = entry + length + 1, *allowed, *nearest;
	char name[LONGEST_NAME] = "";

	if (entry[length] == '\0')
		return;
	++*count;
	if (length < sizeof(name))
		memcpy(name, entry, length);
	aw__settings_default(&settings);
	if (aw__settings_set(&settings, name, value, &allowed))
		return;
	if (allowed != NULL) {
		aw__check_remark(check, AW__HEALTH_WARNING, "AWRY_%s='%.200s' is ignored: %s", name,
				 value, allowed);
		if (strcmp(name, "DEBUG") == 0)
			aw__check_mend(check, "export AWRY_DEBUG=1 to record, or unset AWRY_DEBUG");
		else
			aw__check_mend(check, "unset AWRY_%s", name);
		return;
	}
	nearest = aw__settings_nearest(name);
	aw__check_remark(check, AW__HEALTH_WARNING,
			 "there is no variable AWRY_%.200s: it is ignored",
			 length < sizeof(name) ? name : entry);
	if (nearest != NULL)
		aw__check_mend(check, "AWRY_%s, if that is meant", nearest);
}

void aw__doctor_variables(const struct aw__doctor *doctor, struct aw__check *check)
{
	const char *trace = NULL;
	size_t count = 0;

	for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
		if (strncmp(*entry, "AWRY_", 5) != 0)
			continue;
		check_entry(check, *entry + 5, &count);
		if (strncmp(*entry, "AWRY_TRACE=", 11) == 0 && (*entry)[11] != '\0')
			trace = *entry + 11;
	}
	if (count == 0)
		aw__check_fact(check, "none is set");
	else
		aw__check_fact(check, "%zu %s set", count, count == 1 ? "is" : "are");
	if (doctor->settings.debug)
		aw__check_fact(check, "AWRY_DEBUG=1 records programs that are started here");
	else if (trace != NULL)
		aw__check_remark(check, AW__HEALTH_WARNING,
				 "AWRY_TRACE is ignored: nothing is recorded without AWRY_DEBUG=1");
}
