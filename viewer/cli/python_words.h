/* SPDX-License-Identifier: MIT */
/* The command line of a Python interpreter: its options, and the program that it runs. */
#ifndef AW__PYTHON_WORDS_H
#define AW__PYTHON_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum aw__python_program {
	AW__PYTHON_NOTHING, /* it only prints its version or its help, or the command line is wrong */
	AW__PYTHON_PROMPT, /* interactive, or the program is read from stdin */
	AW__PYTHON_CODE,   /* -c */
	AW__PYTHON_MODULE, /* -m */
	AW__PYTHON_FILE,   /* a file, an archive or a folder */
};

struct aw__python_words {
	enum aw__python_program program;
	const char *name; /* of the module or the file, in the words; NULL: there is none */
	bool no_site;	  /* -S: no .pth file is read */
	bool isolated;	  /* -I: no packages of the user, no variable PYTHON... */
	bool no_user;	  /* -s or -I */
};

/** Read the words behind the interpreter's own name, as CPython does. They are borrowed. */
void aw__python_words_read(const char *const *words, size_t count, struct aw__python_words *ret);

#endif
