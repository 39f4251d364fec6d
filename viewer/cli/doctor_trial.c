/* SPDX-License-Identifier: MIT */
/*
 * A check of `awry doctor`: records nothing in particular in a child, and reads it back. The child loads the recorder's library as a program does, in
 * a folder of its own inside the runtime folder: a process that starts in the runtime folder itself would remove stale boxes there.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/cli/doctor.h"
#include "viewer/source/source.h"

#define START_MS 10000 /* the agent's thread may be late on a busy machine */

extern char **environ;

enum { RECORDED, NO_LIBRARY, NOT_STARTED, NOT_READ, TOO_LONG };

struct trial {
	char library[4096];
	char folder[AW__LOCATION_PATH_BYTES]; /* of the child's box */
};

/* Of the variables only the sizes matter here; the others are checked elsewhere, and could write files or connect. */
static void set_environment(const struct trial *trial)
{
	static const char *const kept[] = { "AWRY_MEMORY_BYTES=", "AWRY_RING_BYTES=" };
	char name[64];

	for (size_t i = 0; environ != NULL && environ[i] != NULL;) {
		bool keep = strncmp(environ[i], "AWRY_", 5) != 0;

		for (size_t k = 0; k < sizeof(kept) / sizeof(kept[0]); k++)
			keep = keep || strncmp(environ[i], kept[k], strlen(kept[k])) == 0;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(environ[i], "="), environ[i]);
		/* a name that is cut is not set, and stays */
		if (keep || getenv(name) == NULL || unsetenv(name) != 0)
			i++;
	}
	setenv("AWRY_DEBUG", "1", 1);
	setenv("AWRY_LISTEN", "off", 1);
	setenv("AWRY_STDERR", "none", 1);
	setenv("AWRY_RUNTIME_DIR", trial->folder, 1);
}

static void remove_folder(const struct trial *trial)
{
	char path[AW__LOCATION_PATH_BYTES + 256 + 2];
	DIR *stream = opendir(trial->folder);
	const struct dirent *entry;

	while (stream != NULL && (entry = readdir(stream)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", trial->folder, entry->d_name);
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlink(path);
	}
	if (stream != NULL)
		closedir(stream);
	rmdir(trial->folder);
}

static int read_back(void)
{
	struct aw__source_box *boxes;
	struct aw__problem problem = { "no black box" };
	struct aw__source *source = NULL;
	struct aw__item item;
	size_t count;

	if (aw__source_list(&boxes, &count, &problem) && count > 0)
		source = aw__source_open(boxes[0].path, AW__SOURCE_BRIEF, &problem);
	if (source != NULL && aw__source_next(source, &item, &problem) == AW__SOURCE_GOT)
		return RECORDED;
	fprintf(stderr, "%s\n", problem.text);
	return NOT_READ;
}

static int record(void *argument)
{
	const struct trial *trial = argument;
	bool (*start)(const char *runtime);
	void (*stop)(void);
	char folder[AW__LOCATION_PATH_BYTES];
	struct aw__problem problem;
	void *library;
	int result;

	set_environment(trial);
	/* the folder of the trial has a longer path than that of recordings, which may have the longest that is allowed */
	if (!aw__location_folder(folder, &problem)) {
		fprintf(stderr, "%s\n", problem.text);
		return TOO_LONG;
	}
	library = dlopen(trial->library, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return NO_LIBRARY;
	}
	*(void **)&start = dlsym(library, "aw_agent_start");
	*(void **)&stop = dlsym(library, "aw_agent_stop");
	if (start == NULL || stop == NULL)
		return NO_LIBRARY;
	if (!start("doctor"))
		return NOT_STARTED;
	result = read_back();
	stop();
	remove_folder(trial); /* awry itself may have been interrupted */
	return result;
}

/* A folder in the runtime folder or, where the first recorded program makes that, beside it. */
static bool make_folder(struct trial *trial, struct aw__problem *problem)
{
	char base[AW__LOCATION_PATH_BYTES];
	struct stat status;

	if (!aw__location_folder(base, problem))
		return false;
	if (lstat(base, &status) != 0)
		*strrchr(base, '/') = '\0';
	else if (!aw__location_check_folder(base, problem))
		return false;
	if (snprintf(trial->folder, sizeof(trial->folder), "%s/doctor-XXXXXX", base) >=
	    (int)sizeof(trial->folder))
		return aw__problem_set(problem, "%.100s…: too long", base);
	return mkdtemp(trial->folder) != NULL ||
	       aw__problem_set(problem, "no folder can be made in %s: %s", base, strerror(errno));
}

static void tell(struct aw__check *check, const struct aw__probe *probe)
{
	static const char prefix[] = "awry: nothing is recorded: ";
	const char *said = aw__buffer_string(&probe->said);
	const char *line =
		strncmp(said, prefix, strlen(prefix)) == 0 ? said + strlen(prefix) : said;
	char reason[96];

	if (probe->end != AW__PROBE_ENDED)
		line = aw__probe_reason(probe, reason);
	else if (line[0] == '\0')
		line = "the recorder does not say why";
	if (probe->end == AW__PROBE_ENDED && probe->result == TOO_LONG) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "not tried: %s", line);
		return;
	}
	aw__check_fact(check, "failed");
	if (probe->end == AW__PROBE_LATE) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN,
				 "the recorder did not start within %d s", START_MS / 1000);
	} else if (probe->end == AW__PROBE_ENDED && probe->result == NOT_READ) {
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "a black box was made, and cannot be read: %s", line);
		aw__check_mend(check, "install libawry-agent and awry of one version");
	} else {
		aw__check_remark(check, AW__HEALTH_MISSING, "nothing is recorded: %s", line);
	}
}

void aw__doctor_trial(const struct aw__doctor *doctor, struct aw__check *check)
{
	struct aw__problem problem;
	struct aw__probe probe;
	struct trial trial;

	(void)doctor;
	if (!aw__doctor_recorder_library(trial.library)) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "not tried: there is no libawry-agent");
		return;
	}
	if (!make_folder(&trial, &problem)) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "not tried: %s", problem.text);
		return;
	}
	if (aw__probe_run(record, &trial, START_MS, &probe))
		aw__check_fact(check, "a black box was made in %s, and read", trial.folder);
	else
		tell(check, &probe);
	aw__probe_finish(&probe);
	remove_folder(&trial);
}
