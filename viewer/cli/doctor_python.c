/* SPDX-License-Identifier: MIT */
/*
 * Checks of `awry doctor -- CMD` for a Python command: whether its tasks can be recorded, and whether the package of awry is installed in the
 * interpreter. The interpreter is asked with -I -S -c: so it runs neither a .pth file nor a module of the folder or of the user.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viewer/cli/doctor.h"
#include "viewer/cli/run_python.h"

#define ASK_MS 10000 /* an interpreter on a slow disk */

/* Prints lines of a word and its value. Any CPython 3 runs it. The folders of packages are found without the module site's main(), which would run .pth files. */
static const char question[] =
	"import glob, os, site, sys\n"
	"say = lambda *words: print(*words)\n"
	"say('implementation', sys.implementation.name)\n"
	"say('version', '%d.%d.%d' % sys.version_info[:3])\n"
	"say('free', int('free-threading' in sys.version))\n"
	"say('debug', int(hasattr(sys, 'gettotalrefcount')))\n"
	"own = '%d.%d' % sys.version_info[:2]\n"
	"here = os.path.dirname(os.path.abspath(sys.executable))\n"
	"folders, base = [], True\n"
	"for top in (here, os.path.dirname(here)):\n"
	"    settings = os.path.join(top, 'pyvenv.cfg')\n"
	"    if os.path.isfile(settings):\n"
	"        for library in 'lib', 'lib64':\n"
	"            folders.append(os.path.join(top, library, 'python' + own, 'site-packages'))\n"
	"        text = open(settings, errors='replace').read().lower().replace(' ', '')\n"
	"        base = 'include-system-site-packages=true' in text\n"
	"        break\n"
	"if base:\n"
	"    folders += [site.getusersitepackages()] + site.getsitepackages()\n"
	"for folder in folders:\n"
	"    if os.path.isdir(os.path.join(folder, 'uvloop')):\n"
	"        say('uvloop', 1)\n"
	"    if not (os.path.isfile(os.path.join(folder, 'awry.pth')) and "
	"os.path.isfile(os.path.join(folder, '_awry', 'startup.py'))):\n"
	"        continue\n"
	"    bundle = glob.escape(os.path.join(folder, '_awry', 'bundle'))\n"
	"    say('package', folder)\n"
	"    say('bundle', int(os.path.isdir(os.path.join(folder, '_awry', 'bundle'))))\n"
	"    say('adapter', int(bool(glob.glob(bundle + '/**/awry-python-' + own + '.so', "
	"recursive=True))))\n"
	"    break\n"
	"say('end', 1)\n";

static int run_question(void *interpreter)
{
	char isolated[] = "-I", no_site[] = "-S", code[] = "-c";
	char *const words[] = { interpreter, isolated, no_site, code, (char *)(uintptr_t)question,
				NULL };

	unsetenv("AWRY_DEBUG");
	execv(interpreter, words);
	fputs(strerror(errno), stderr);
	fflush(stderr);
	return 127;
}

static void read_flag(const char *value, bool *ret)
{
	*ret = strcmp(value, "1") == 0;
}

static void read_line(char *line, struct aw__doctor_answer *ret)
{
	char *value = strchr(line, ' ');

	if (value == NULL)
		return;
	*value++ = '\0';
	if (strcmp(line, "implementation") == 0)
		snprintf(ret->implementation, sizeof(ret->implementation), "%s", value);
	else if (strcmp(line, "version") == 0)
		snprintf(ret->version, sizeof(ret->version), "%s", value);
	else if (strcmp(line, "free") == 0)
		read_flag(value, &ret->free_threaded);
	else if (strcmp(line, "debug") == 0)
		read_flag(value, &ret->debug);
	else if (strcmp(line, "uvloop") == 0)
		read_flag(value, &ret->has_uvloop);
	else if (strcmp(line, "package") == 0)
		snprintf(ret->package, sizeof(ret->package), "%s", value);
	else if (strcmp(line, "bundle") == 0)
		read_flag(value, &ret->has_bundle);
	else if (strcmp(line, "adapter") == 0)
		read_flag(value, &ret->has_adapter);
	else if (strcmp(line, "end") == 0)
		ret->is_known = sscanf(ret->version, "%u.%u", &ret->major, &ret->minor) == 2;
}

void aw__doctor_ask(const char *interpreter, struct aw__doctor_answer *ret)
{
	struct aw__probe probe;
	char *rest = NULL, reason[96];

	memset(ret, 0, sizeof(*ret));
	if (aw__probe_run(run_question, (void *)(uintptr_t)interpreter, ASK_MS, &probe) &&
	    probe.said.length > 0) {
		for (char *line = strtok_r(probe.said.data, "\n", &rest); line != NULL;
		     line = strtok_r(NULL, "\n", &rest))
			read_line(line, ret);
		if (!ret->is_known)
			snprintf(ret->problem, sizeof(ret->problem),
				 "it does not answer as Python 3 does");
	} else if (probe.end == AW__PROBE_ENDED && probe.result != 0) {
		aw__buffer_cut(&probe.said, strcspn(aw__buffer_string(&probe.said), "\n"));
		snprintf(ret->problem, sizeof(ret->problem), "it exited with %d: %.400s",
			 probe.result, aw__buffer_string(&probe.said));
	} else {
		snprintf(ret->problem, sizeof(ret->problem), "%s",
			 aw__probe_reason(&probe, reason));
	}
	aw__probe_finish(&probe);
}

/* ---- the interpreter ---- */

static void check_version(const struct aw__doctor_answer *answer, struct aw__check *check)
{
	struct aw__buffer versions = AW__BUFFER_EMPTY;

	if (aw__doctor_has_adapter(answer->major, answer->minor))
		return;
	aw__doctor_list_adapters(&versions);
	aw__check_remark(
		check, AW__HEALTH_MISSING,
		"its tasks are not recorded: there is no adapter for this version; those that are "
		"installed are for: %s",
		versions.length > 0 ? aw__buffer_string(&versions) : "none");
	if (answer->major == 3 && answer->minor >= 11 && answer->minor <= 15)
		aw__check_mend(check, "build awry with -DAWRY_PYTHON_INCLUDES=FOLDER, which has "
				      "this version's Python.h, "
				      "or its wheel: scripts/build-wheel dist FOLDER");
	else
		aw__check_mend(check, "run the program with CPython 3.11 to 3.15");
	aw__buffer_finish(&versions);
}

static void check_build(const struct aw__doctor_answer *answer, struct aw__check *check)
{
	if (strcmp(answer->implementation, "cpython") != 0) {
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "its tasks are not recorded: awry has adapters for CPython only");
		aw__check_mend(check, "run the program with CPython 3.11 to 3.15");
		return;
	}
	if (answer->free_threaded || answer->debug) {
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "its tasks are not recorded: this is a %s build, for which there "
				 "is no adapter",
				 answer->free_threaded ? "free-threaded" : "debug");
		aw__check_mend(check, "run the program with the ordinary build of CPython %u.%u",
			       answer->major, answer->minor);
		return;
	}
	check_version(answer, check);
}

static void check_part(const struct aw__doctor_command *command, struct aw__check *check)
{
	char path[4096];

	switch (aw__python_part(command->words, path)) {
	case AW__PYTHON_PART_MISSING:
		aw__check_remark(
			check, AW__HEALTH_MISSING,
			"awry's Python part, awry-python.so, is not installed beside this program");
		aw__check_mend(check, "apt install awry-python3, or pip install awry's wheel");
		break;
	case AW__PYTHON_PART_UNNAMEABLE:
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "awry run cannot preload its Python part: LD_PRELOAD cannot name "
				 "a path with a "
				 "space or a colon: %s",
				 path);
		aw__check_mend(check, "install awry in another folder");
		break;
	default:
		break;
	}
}

void aw__doctor_interpreter(const struct aw__doctor *doctor, struct aw__check *check)
{
	const struct aw__doctor_command *command = &doctor->command;
	const struct aw__doctor_answer *answer = &command->answer;
	struct aw__program_file file;

	if (command->interpreter[0] == '\0') {
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "the interpreter of the command is not found");
		return;
	}
	aw__check_fact(check, "%s", command->interpreter);
	if (strcmp(command->interpreter, command->path) != 0) {
		aw__program_file_look(command->interpreter, &file);
		aw__doctor_check_loading(check, command->interpreter, &file);
	}
	if (!answer->is_known) {
		aw__check_remark(check, AW__HEALTH_MISSING,
				 "it does not say which Python it is, with -I -S -c: %s",
				 answer->problem);
		aw__check_mend(check, "run the program with CPython 3.11 to 3.15");
		return;
	}
	aw__check_fact(check, "%s %s%s%s",
		       strcmp(answer->implementation, "cpython") == 0 ? "CPython"
								      : answer->implementation,
		       answer->version, answer->free_threaded ? ", free-threaded" : "",
		       answer->debug ? ", debug build" : "");
	check_build(answer, check);
	check_part(command, check);
	if (answer->has_uvloop)
		aw__check_remark(check, AW__HEALTH_OK,
				 "uvloop is installed: a loop of it that is blocked by a plain "
				 "callback, or that "
				 "nothing can wake, is not reported");
}

/* ---- the package ---- */

void aw__doctor_package(const struct aw__doctor *doctor, struct aw__check *check)
{
	const struct aw__doctor_command *command = &doctor->command;
	const struct aw__doctor_answer *answer = &command->answer;
	/* then AWRY_DEBUG=1 alone should record the command */
	const enum aw__health health = doctor->settings.debug ? AW__HEALTH_WARNING : AW__HEALTH_OK;

	if (!answer->is_known) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "the interpreter could not be asked");
		return;
	}
	if (answer->package[0] == '\0') {
		aw__check_fact(check,
			       "not installed in this interpreter: awry run records the command, "
			       "AWRY_DEBUG=1 alone does not, and pytest has no option --awry");
		if (health == AW__HEALTH_OK)
			return;
		aw__check_remark(check, health,
				 "AWRY_DEBUG=1 is set, and does nothing in this interpreter");
		aw__check_mend(check, "'%s' -m pip install dist/awry-*.whl, or use awry run",
			       command->interpreter);
		return;
	}
	aw__check_fact(check, "in %s", answer->package);
	if (answer->has_bundle && !answer->has_adapter) {
		aw__check_remark(check, health,
				 "AWRY_DEBUG=1 alone does not record it: this wheel has no adapter "
				 "for %u.%u",
				 answer->major, answer->minor);
		aw__check_mend(
			check,
			"scripts/build-wheel with this interpreter's headers, and install that "
			"wheel");
		return;
	}
	if (command->python.no_site) {
		aw__check_remark(check, health,
				 "AWRY_DEBUG=1 alone does not record it: with -S no .pth file is "
				 "read; awry run "
				 "records it");
		aw__check_mend(check, "leave -S out, or use awry run");
		return;
	}
	aw__check_fact(check, "AWRY_DEBUG=1 records it without awry run");
}
