/* SPDX-License-Identifier: MIT */
/* Checks of `awry doctor`: the parts of awry itself, whether they are of one version, and whether what they need can be loaded. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <awry/version.h>

#include "viewer/cli/doctor.h"
#include "viewer/cli/installed.h"
#include "viewer/cli/run_python.h"

#define LOWEST_MINOR  11u
#define HIGHEST_MINOR 15u

void aw__doctor_program(const struct aw__doctor *doctor, struct aw__check *check)
{
	char path[4096];

	(void)doctor;
	aw__check_fact(check, "version %s", AW_VERSION_STRING);
	if (aw__installed_program(path))
		aw__check_fact(check, "%s", path);
	else
		aw__check_remark(
			check, AW__HEALTH_UNKNOWN,
			"where this program is cannot be found out without /proc: its other "
			"parts are not found, and Python programs are not recorded");
}

bool aw__doctor_recorder_library(char ret_path[4096])
{
	return aw__installed_find(AWRY_AGENT_INSTALLED, AWRY_AGENT_BUILT, ret_path);
}

/* Returns 1, and says why, if a library cannot be loaded. */
static int load(void *path)
{
	if (dlopen(path, RTLD_NOW | RTLD_LOCAL) != NULL)
		return 0;
	fputs(dlerror(), stderr);
	return 1;
}

/* The version behind ".so." in a library's name; NULL if there is none, as in a wheel. */
static const char *version_in(const char *path)
{
	const char *ending = strstr(path, ".so.");

	return ending != NULL && strchr(ending + 4, '.') != NULL ? ending + 4 : NULL;
}

static void tell_failure(struct aw__check *check, enum aw__health health, const char *lost,
			 const struct aw__probe *probe)
{
	char reason[96];

	aw__check_remark(check, health, "%s: %s", lost,
			 probe->said.length > 0 ? aw__buffer_string(&probe->said)
						: aw__probe_reason(probe, reason));
	aw__check_mend(check, "install the library that is named, or install awry again");
}

void aw__doctor_recorder(const struct aw__doctor *doctor, struct aw__check *check)
{
	const char *version;
	struct aw__probe probe;
	char path[4096];

	(void)doctor;
	if (!aw__doctor_recorder_library(path)) {
		aw__check_fact(check, "libawry-agent is not beside this program");
		aw__check_remark(
			check, AW__HEALTH_WARNING,
			"Python programs are not recorded; programs in C are, with the library "
			"that they are linked with");
		aw__check_mend(check,
			       "install awry again, with its libraries below the same prefix");
		return;
	}
	aw__check_fact(check, "%s", path);
	if (!aw__probe_run(load, path, AW__PROBE_MS, &probe))
		tell_failure(check, AW__HEALTH_MISSING, "it cannot be loaded", &probe);
	aw__probe_finish(&probe);
	version = version_in(path);
	if (version == NULL || strcmp(version, AW_VERSION_STRING) == 0)
		return;
	aw__check_remark(
		check, AW__HEALTH_WARNING,
		"it is of version %s, and this program of version %s: it may not read what the "
		"library records",
		version, AW_VERSION_STRING);
	aw__check_mend(check, "install both of one version");
}

/* ---- adapters for CPython ---- */

static bool find_adapter(unsigned major, unsigned minor, char ret_path[4096])
{
	char library[4096];

	if (!aw__python_library(library))
		return false;
	*strrchr(library, '/') = '\0';
	return snprintf(ret_path, 4096, "%s/awry-python-%u.%u.so", library, major, minor) < 4096 &&
	       access(ret_path, R_OK) == 0;
}

bool aw__doctor_has_adapter(unsigned major, unsigned minor)
{
	char path[4096];

	return find_adapter(major, minor, path);
}

bool aw__doctor_list_adapters(struct aw__buffer *out)
{
	char path[4096];

	for (unsigned minor = LOWEST_MINOR; minor <= HIGHEST_MINOR; minor++)
		if (find_adapter(3, minor, path))
			aw__buffer_format(out, "%s3.%u", out->length > 0 ? ", " : "", minor);
	return out->length > 0;
}

/*
 * Load an adapter outside of an interpreter. That cannot succeed: the interpreter's own functions are missing. They are looked for after the
 * libraries, so another reason is a library that is missing.
 */
static int load_adapter(void *path)
{
	const char *error;

	if (dlopen(path, RTLD_NOW | RTLD_LOCAL) != NULL)
		return 0;
	error = dlerror();
	if (strstr(error, "undefined symbol: Py") != NULL ||
	    strstr(error, "undefined symbol: _Py") != NULL)
		return 0;
	fputs(error, stderr);
	return 1;
}

static void check_adapter(struct aw__check *check, unsigned minor)
{
	struct aw__probe probe;
	char path[4096], lost[64];

	if (!find_adapter(3, minor, path))
		return;
	snprintf(lost, sizeof(lost), "that for 3.%u cannot be loaded", minor);
	if (!aw__probe_run(load_adapter, path, AW__PROBE_MS, &probe))
		tell_failure(check, AW__HEALTH_WARNING, lost, &probe);
	aw__probe_finish(&probe);
}

void aw__doctor_adapters(const struct aw__doctor *doctor, struct aw__check *check)
{
	struct aw__buffer versions = AW__BUFFER_EMPTY;
	char path[4096];

	(void)doctor;
	if (!aw__python_library(path)) {
		aw__check_fact(check, "awry-python.so is not installed");
		aw__check_remark(check, AW__HEALTH_WARNING, "Python programs are not recorded");
		aw__check_mend(check, "apt install awry-python3, or pip install awry's wheel");
		return;
	}
	if (aw__doctor_list_adapters(&versions)) {
		aw__check_fact(check, "CPython %s", aw__buffer_string(&versions));
	} else {
		aw__check_fact(check, "none");
		aw__check_remark(check, AW__HEALTH_WARNING, "Python programs are not recorded");
		aw__check_mend(
			check,
			"build awry with -DAWRY_PYTHON_INCLUDES=FOLDER, which has Python.h of "
			"CPython 3.11 to 3.15");
	}
	if (strpbrk(path, " :") != NULL) {
		aw__check_remark(
			check, AW__HEALTH_WARNING,
			"awry run cannot preload them: LD_PRELOAD cannot name a path with a space "
			"or a colon: %s",
			path);
		aw__check_mend(check, "install awry in another folder");
	}
	for (unsigned minor = LOWEST_MINOR; minor <= HIGHEST_MINOR; minor++)
		check_adapter(check, minor);
	aw__buffer_finish(&versions);
}

/* ---- awry-symbolize ---- */

/* It ends at once, since its socket, descriptor 0, has nothing to read. */
static int start_symbolizer(void *path)
{
	execl(path, path, (char *)NULL);
	fputs(strerror(errno), stderr);
	fflush(stderr);
	return 127;
}

void aw__doctor_symbols(const struct aw__doctor *doctor, struct aw__check *check)
{
	struct aw__probe probe;
	char path[4096];

	(void)doctor;
	if (!aw__installed_find(AWRY_SYMBOLIZE_INSTALLED, AWRY_SYMBOLIZE_BUILT, path)) {
		aw__check_fact(check, "awry-symbolize is not installed");
		aw__check_remark(
			check, AW__HEALTH_WARNING,
			"findings on a program's stderr show modules and offsets instead of "
			"functions and lines");
		aw__check_mend(check,
			       "install awry again, with its libraries below the same prefix");
		return;
	}
	aw__check_fact(check, "%s", path);
	if (!aw__probe_run(start_symbolizer, path, AW__PROBE_MS, &probe))
		tell_failure(
			check, AW__HEALTH_WARNING,
			"it does not start, and findings on a program's stderr show modules and "
			"offsets",
			&probe);
	aw__probe_finish(&probe);
}
