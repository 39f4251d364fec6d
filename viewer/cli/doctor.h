/* SPDX-License-Identifier: MIT */
/*
 * The checks of `awry doctor`. Each asks what one part of awry needs, by doing what that part does, and says what is lost without it and
 * how to mend it.
 *
 * A check changes nothing: files that it makes are removed, and calls that could harm this process are made in a child (doctor_probe.c).
 * A check that cannot find something out says so: it never fails.
 */
#ifndef AW__DOCTOR_H
#define AW__DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/control/settings.h"
#include "base/buffer.h"
#include "viewer/cli/program_file.h"
#include "viewer/cli/python_words.h"

enum aw__health {
	AW__HEALTH_OK,
	AW__HEALTH_UNKNOWN, /* it could not be found out */
	AW__HEALTH_WARNING, /* a part of awry is lost, or may be */
	AW__HEALTH_MISSING, /* nothing is recorded without it */
};

#define AW__MOST_REMARKS 12u

struct aw__remark {
	struct aw__buffer text; /* what it means */
	struct aw__buffer mend; /* a command, or what to do; empty: nothing */
};

/* One line of the report, and what stands below it. */
struct aw__check {
	enum aw__health health;
	struct aw__buffer fact;
	struct aw__remark remarks[AW__MOST_REMARKS];
	size_t remark_count;
};

/* What an interpreter says about itself. */
struct aw__doctor_answer {
	bool is_known;
	char problem[512]; /* why it is not known */
	char implementation[32], version[32], tag[128];
	unsigned major, minor;
	bool free_threaded, debug;
	char package
		[4096]; /* the folder in which the packages of awry are; "" if they are not installed */
	bool has_bundle;  /* they are those of a wheel, with adapters of their own */
	bool has_adapter; /* … one of this version */
	bool has_uvloop;
};

/* The command that is checked. */
struct aw__doctor_command {
	char **words;	 /* as awry run would start it: app.py begins with python3. NULL: none */
	char path[4096]; /* of the command's file; "" if there is none */
	struct aw__program_file file;
	bool is_python;
	char interpreter[4096]; /* of a Python command; "" if it could not be found */
	struct aw__python_words python;
	struct aw__doctor_answer answer;
};

struct aw__doctor {
	struct aw__settings settings; /* what the environment says, as far as it is allowed */
	struct aw__doctor_command command;
};

typedef void aw__check_function(const struct aw__doctor *doctor, struct aw__check *check);

/* What is found, for the line. Several parts are separated by semicolons. */
__attribute__((format(printf, 2, 3))) void aw__check_fact(struct aw__check *check,
							  const char *format, ...);
/* A line below: what it means. The check's health becomes at least this bad. */
__attribute__((format(printf, 3, 4))) void
aw__check_remark(struct aw__check *check, enum aw__health health, const char *format, ...);
/* What mends the last remark. */
__attribute__((format(printf, 2, 3))) void aw__check_mend(struct aw__check *check,
							  const char *format, ...);

/* ---- doctor_probe.c ---- */

enum aw__probe_end {
	AW__PROBE_ENDED,  /* `result` is set */
	AW__PROBE_KILLED, /* `result` is the signal */
	AW__PROBE_LATE,	  /* it took too long, and was killed */
	AW__PROBE_FAILED, /* it could not be started; `result` is errno */
};

struct aw__probe {
	enum aw__probe_end end;
	int result;
	struct aw__buffer said; /* the beginning of what it wrote to stdout and stderr */
};

#define AW__PROBE_MS 5000

/**
 * Run a function in a child, with stdin from /dev/null. What the function returns is the child's exit status.
 *
 * Returns true if it returned 0 in time. aw__probe_finish() frees what it said.
 */
bool aw__probe_run(int (*function)(void *argument), void *argument, unsigned most_ms,
		   struct aw__probe *ret);
void aw__probe_finish(struct aw__probe *probe);
/** Why a probe of a system call did not return 0: "Operation not permitted", "killed by SIGSYS", "took longer than 5 s". */
const char *aw__probe_reason(const struct aw__probe *probe, char ret_text[96]);

/* ---- the checks ---- */

aw__check_function aw__doctor_program; /* doctor_installation.c */
aw__check_function aw__doctor_recorder;
aw__check_function aw__doctor_adapters;
aw__check_function aw__doctor_symbols;
aw__check_function aw__doctor_kernel; /* doctor_kernel.c */
aw__check_function aw__doctor_calls;
aw__check_function aw__doctor_filter;
aw__check_function aw__doctor_ptrace;
aw__check_function aw__doctor_proc;
aw__check_function aw__doctor_folder; /* doctor_memory.c */
aw__check_function aw__doctor_memory;
aw__check_function aw__doctor_limits;
aw__check_function aw__doctor_variables;  /* doctor_variables.c */
aw__check_function aw__doctor_trial;	  /* doctor_trial.c */
aw__check_function aw__doctor_recordings; /* doctor_recordings.c */
aw__check_function aw__doctor_file;	  /* doctor_command.c */
aw__check_function aw__doctor_library;
aw__check_function aw__doctor_interpreter; /* doctor_python.c */
aw__check_function aw__doctor_package;

/** Find out what a command is, by `words`: its file and, if it is Python, its interpreter, which is asked. doctor_command.c */
void aw__doctor_find(struct aw__doctor_command *command);
/** Check whether anything can be loaded into a program with this file. doctor_command.c */
void aw__doctor_check_loading(struct aw__check *check, const char *path,
			      const struct aw__program_file *file);
/** Run an interpreter with -I -S -c, so that it runs no code but awry's question. doctor_python.c */
void aw__doctor_ask(const char *interpreter, struct aw__doctor_answer *ret);
/** The versions of the adapters beside the preloaded library, like "3.11, 3.12". False: there is no library. doctor_installation.c */
bool aw__doctor_list_adapters(struct aw__buffer *out);
/** The path of libawry-agent. doctor_installation.c */
bool aw__doctor_recorder_library(char ret_path[4096]);
/** Whether there is an adapter for a version. */
bool aw__doctor_has_adapter(unsigned major, unsigned minor);

#endif
