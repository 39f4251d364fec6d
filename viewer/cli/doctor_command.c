/* SPDX-License-Identifier: MIT */
/*
 * Checks of `awry doctor -- CMD`: which file the command is, whether awry can be loaded into it, and whether it brings awry's runtime. The command is
 * not run. If it is Python, doctor_python.c asks its interpreter.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "viewer/cli/doctor.h"
#include "viewer/cli/run.h"
#include "viewer/cli/run_python.h"

#define MOST_WORDS 64u

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#else
#define OWN_MACHINE EM_NONE /* not compared */
#endif

/* Texts that are in the files of libraries, also when they are linked in statically and without symbols. */
static const char agents_text[] = "awry: nothing is recorded: ";
static const char libuvs_text[] = "UV_THREADPOOL_SIZE";

/* ---- what it is ---- */

static bool find_path(const char *command, char ret_path[4096])
{
	return aw__python_find_command(command, ret_path) && access(ret_path, F_OK) == 0;
}

/* The interpreter that a script's first line names; behind env, options and variables are skipped. */
static void find_of_script(struct aw__doctor_command *command)
{
	char line[sizeof(command->file.interpreter)];
	const char *name, *words[2];
	char *rest = NULL;
	size_t count = 0;

	snprintf(line, sizeof(line), "%s", command->file.interpreter);
	name = strtok_r(line, " \t", &rest);
	if (name != NULL &&
	    strcmp(strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name, "env") == 0)
		do
			name = strtok_r(NULL, " \t", &rest);
		while (name != NULL && (name[0] == '-' || strchr(name, '=') != NULL));
	if (name == NULL || !find_path(name, command->interpreter))
		command->interpreter[0] = '\0';
	/* the kernel passes the rest of the line as one word */
	if (rest != NULL && *rest != '\0')
		words[count++] = rest;
	words[count++] = command->path;
	aw__python_words_read(words, count, &command->python);
}

static void find_interpreter(struct aw__doctor_command *command)
{
	for (size_t i = 0; command->words[i] != NULL && i < MOST_WORDS; i++) {
		const char *word = command->words[i];
		size_t count = 0;

		if (!aw__python_is_name(word, strlen(word)))
			continue;
		if (!find_path(word, command->interpreter))
			command->interpreter[0] = '\0';
		while (command->words[i + 1 + count] != NULL)
			count++;
		aw__python_words_read((const char *const *)command->words + i + 1, count,
				      &command->python);
		return;
	}
	find_of_script(command);
}

void aw__doctor_find(struct aw__doctor_command *command)
{
	if (!find_path(command->words[0], command->path))
		command->path[0] = '\0';
	else
		aw__program_file_look(command->path, &command->file);
	command->is_python = command->path[0] != '\0' && aw__python_is(command->words);
	if (!command->is_python)
		return;
	find_interpreter(command);
	if (command->interpreter[0] != '\0')
		aw__doctor_ask(command->interpreter, &command->answer);
}

/* ---- the file ---- */

static void check_rights(struct aw__check *check, const struct aw__program_file *file)
{
	const char *what = file->set_user	    ? "it is a set-user-ID program"
			   : file->set_group	    ? "it is a set-group-ID program"
			   : file->has_capabilities ? "its file has capabilities"
						    : NULL;

	if (what == NULL)
		return;
	aw__check_remark(
		check, AW__HEALTH_MISSING,
		"nothing is recorded: %s, so it ignores AWRY_ variables, and nothing is preloaded",
		what);
	aw__check_mend(check,
		       "run a copy of the file without these rights, as the user that needs them");
}

static void check_static(struct aw__check *check, const char *path)
{
	if (aw__program_file_has(path, agents_text))
		return;
	aw__check_remark(check, AW__HEALTH_MISSING,
			 "nothing is recorded: it is linked statically, and loads neither libawry "
			 "nor awry's "
			 "Python part");
	aw__check_mend(check,
		       "link it with the archives of awry (cmake -DBUILD_SHARED_LIBS=OFF), or "
		       "dynamically");
}

static void check_machine(struct aw__check *check, const struct aw__program_file *file)
{
	if (OWN_MACHINE == EM_NONE || (file->is_64 && file->machine == OWN_MACHINE))
		return;
	aw__check_remark(check, AW__HEALTH_MISSING,
			 "nothing is recorded: it is for another processor (ELF machine %u, %d "
			 "bits) than this "
			 "awry (%d)",
			 file->machine, file->is_64 ? 64 : 32, OWN_MACHINE);
	aw__check_mend(check, "use awry and the program of one processor");
}

void aw__doctor_check_loading(struct aw__check *check, const char *path,
			      const struct aw__program_file *file)
{
	if (file->kind != AW__PROGRAM_DYNAMIC && file->kind != AW__PROGRAM_STATIC)
		return;
	check_machine(check, file);
	check_rights(check, file);
	if (file->kind == AW__PROGRAM_STATIC)
		check_static(check, path);
	if (!file->is_musl)
		return;
	aw__check_remark(
		check, AW__HEALTH_MISSING,
		"nothing is recorded: its C library is musl, and awry's libraries need glibc");
	aw__check_mend(check, "run it in an image with glibc, such as Debian's");
}

void aw__doctor_file(const struct aw__doctor *doctor, struct aw__check *check)
{
	const struct aw__doctor_command *command = &doctor->command;
	const struct aw__program_file *file = &command->file;

	if (command->path[0] == '\0') {
		aw__check_fact(check, "%s", command->words[0]);
		aw__check_remark(check, AW__HEALTH_MISSING, "there is no such command%s",
				 strchr(command->words[0], '/') == NULL ? " in PATH" : "");
		return;
	}
	aw__check_fact(check, "%s", command->path);
	if (access(command->path, X_OK) != 0) {
		aw__check_remark(check, AW__HEALTH_MISSING, "it cannot be run: %s",
				 strerror(errno));
		aw__check_mend(check, "chmod +x '%s'", command->path);
		return;
	}
	switch (file->kind) {
	case AW__PROGRAM_SCRIPT:
		aw__check_fact(check, "a script of %s", file->interpreter);
		return;
	case AW__PROGRAM_DYNAMIC:
	case AW__PROGRAM_STATIC:
		aw__check_fact(check, "linked %s",
			       file->kind == AW__PROGRAM_STATIC ? "statically" : "dynamically");
		aw__doctor_check_loading(check, command->path, file);
		return;
	case AW__PROGRAM_UNREADABLE:
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "its file cannot be read by this user");
		return;
	default:
		aw__check_fact(check, "neither an ELF file nor a script");
	}
}

/* ---- awry's runtime in it ---- */

static void check_script(const struct aw__doctor_command *command, struct aw__check *check)
{
	aw__check_fact(check, "programs that it starts are recorded if they are linked with awry");
	if (!aw__run_names_python(command->words))
		return;
	aw__check_remark(
		check, AW__HEALTH_WARNING,
		"Python programs that it starts are not recorded: awry's Python part is preloaded "
		"only if python is one of the first words of the command");
	aw__check_mend(check, "write awry run -- python3 ... where the command starts it");
}

static void tell_about_libuv(const struct aw__doctor_command *command, bool has_awry,
			     struct aw__check *check)
{
	const bool shared = command->file.needs_uv;

	if (!shared && !aw__program_file_has(command->path, libuvs_text))
		return;
	aw__check_fact(check, "libuv is linked %s", shared ? "dynamically" : "statically");
	if (has_awry && !shared)
		aw__check_remark(
			check, AW__HEALTH_OK,
			"libawry uses libuv.so.1: if the program gives its own loop to "
			"aw_loop_from_uv(), both copies of libuv must have the same version");
	if (has_awry)
		return;
	aw__check_remark(
		check, AW__HEALTH_OK,
		"a program that uses libuv alone is not recorded: there is no adapter for it");
	aw__check_mend(check, "link it with -lawry, and call aw_loop_from_uv() with its loop");
}

void aw__doctor_library(const struct aw__doctor *doctor, struct aw__check *check)
{
	const struct aw__doctor_command *command = &doctor->command;
	const struct aw__program_file *file = &command->file;
	bool has_awry = file->needs_awry;

	if (command->path[0] == '\0' || file->kind == AW__PROGRAM_UNREADABLE) {
		aw__check_remark(check, AW__HEALTH_UNKNOWN, "the command's file cannot be read");
		return;
	}
	if (command->is_python) {
		aw__check_fact(check, "Python: awry's Python part is preloaded by awry run");
		return;
	}
	if (file->kind == AW__PROGRAM_SCRIPT || file->kind == AW__PROGRAM_OTHER ||
	    aw__run_names_python(command->words)) {
		check_script(command, check);
		return;
	}
	if (has_awry) {
		aw__check_fact(check, "it is linked with awry");
	} else if (aw__program_file_has(command->path, agents_text)) {
		has_awry = true;
		aw__check_fact(check, "it is linked with awry's archives");
	} else if (file->kind == AW__PROGRAM_STATIC) {
		aw__check_fact(check, "it is not linked with awry");
	} else {
		aw__check_fact(check, "its file is not linked with awry");
		aw__check_remark(check, AW__HEALTH_WARNING,
				 "nothing of it is recorded, unless a library or a plug-in of it "
				 "brings awry's "
				 "runtime, or it starts programs that have it");
		aw__check_mend(check, "link it with -lawry");
	}
	tell_about_libuv(command, has_awry, check);
}
