/* SPDX-License-Identifier: MIT */
/* What kind of file a command is, as far as that decides whether awry can be loaded into it. */
#ifndef AW__PROGRAM_FILE_H
#define AW__PROGRAM_FILE_H

#include <stdbool.h>
#include <stdint.h>

enum aw__program_kind {
	AW__PROGRAM_UNREADABLE, /* by this user; or it is not a regular file */
	AW__PROGRAM_SCRIPT,	/* it begins with #! */
	AW__PROGRAM_DYNAMIC, /* ELF: the dynamic linker loads its libraries, and those that are preloaded */
	AW__PROGRAM_STATIC, /* ELF: nothing is loaded into it */
	AW__PROGRAM_OTHER,
};

struct aw__program_file {
	enum aw__program_kind kind;
	/*
	 * It runs as another user or group, or with more capabilities: the dynamic linker loads no preloaded library, and
	 * awry ignores its variables. The kernel ignores these bits of a script.
	 */
	bool set_user, set_group, has_capabilities;
	unsigned machine; /* of an ELF file: EM_X86_64, ... */
	bool is_64;
	bool is_musl; /* its dynamic linker is that of another C library, which cannot load awry's libraries */
	char interpreter[256]; /* of a script: the line behind #!; "" if there is none */
	/* libraries that an ELF file names itself */
	bool needs_awry; /* libawry or libawry-agent */
	bool needs_uv;
};

/** Look at a file. Never fails: what cannot be found out is left empty. */
void aw__program_file_look(const char *path, struct aw__program_file *ret);

/** Whether a file has this text somewhere, in its first GiB. False also if it cannot be read. */
bool aw__program_file_has(const char *path, const char *text);

#endif
