/* SPDX-License-Identifier: MIT */
/* Python commands of `awry run`, into which the adapter for CPython's asyncio is preloaded. */
#ifndef AW__CLI_PYTHON_H
#define AW__CLI_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Complete a command: "app.py" and "app.pyz", if they are not executable, a folder with a __main__.py, and "-m module" are run by an interpreter.
 *
 * @param interpreter  borrowed; NULL: python3
 * @return the command itself, or a new one, to be freed with aw__alloc_free(); its strings are the same.
 */
char **aw__python_command(char **argv, char *interpreter);

/** Whether a command is a Python interpreter or a script for one, or has the name of one among its arguments. */
bool aw__python_is(char *const *argv);

/** The file that a shell would run. False: there is none. */
bool aw__python_find_command(const char *command, char ret_path[4096]);
/** Whether a word is the name or the path of an interpreter: "python3.11", "/usr/bin/python3". */
bool aw__python_is_name(const char *word, size_t length);

enum aw__python_part {
	AW__PYTHON_PART_UNWANTED, /* it is not a Python command */
	AW__PYTHON_PART_MISSING,  /* the library is not there */
	AW__PYTHON_PART_UNNAMEABLE, /* its path has a space or a colon, which end a name in LD_PRELOAD */
	AW__PYTHON_PART_PRELOADED,
};

/** The library that is preloaded, beside which the adapters are. False: it is not installed. */
bool aw__python_library(char ret_path[4096]);
/** Whether the library is preloaded into a command, and, if it is, its path. */
enum aw__python_part aw__python_part(char *const *argv, char ret_path[4096]);

/** In the child, before exec: preload the adapter's library, in front of other preloaded libraries. */
void aw__python_preload(char *const *argv);

#endif
