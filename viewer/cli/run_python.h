/* SPDX-License-Identifier: MIT */
/* Python commands of awry run: how the adapter for CPython's asyncio gets into them. */
#ifndef AW__CLI_PYTHON_H
#define AW__CLI_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Complete a command as a shell would understand it: "app.py" that cannot be executed, and "-m module", are given to python3.
 *
 * Returns the command itself, or a new one, to be freed with aw__alloc_free(); its strings are the same.
 */
char **aw__python_command(char **argv);

/** Whether a command is a Python interpreter, a script for one, or starts one that it is given by name. */
bool aw__python_is(char *const *argv);

/** The file that a shell would run. False: there is none. */
bool aw__python_find_command(const char *command, char ret_path[4096]);
/** Whether a word is the name or the path of an interpreter: "python3.11", "/usr/bin/python3". */
bool aw__python_is_name(const char *word, size_t length);

enum aw__python_part {
	AW__PYTHON_PART_UNWANTED, /* this is no Python command */
	AW__PYTHON_PART_MISSING,  /* the library is not there */
	AW__PYTHON_PART_UNNAMEABLE, /* its path has a space or a colon, which end a name in LD_PRELOAD */
	AW__PYTHON_PART_PRELOADED,
};

/** Whether the library is preloaded into a command, and, if it is, its path. */
enum aw__python_part aw__python_part(char *const *argv, char ret_path[4096]);

/** In the child, before exec: have the adapter's library preloaded, before whatever is preloaded already. */
void aw__python_preload(char *const *argv);

#endif
