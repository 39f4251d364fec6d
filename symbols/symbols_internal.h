/* SPDX-License-Identifier: MIT */
#ifndef AW__SYMBOLS_INTERNAL_H
#define AW__SYMBOLS_INTERNAL_H

#include <elfutils/libdw.h>

#include "base/buffer.h"
#include "base/map.h"
#include "symbols/symbols.h"

struct aw__name {
	uint64_t start, end; /* end 0: not said */
	const char *name;
};

/* The functions' names of one file, sorted. */
struct aw__names {
	struct aw__name *names;
	size_t count;
};

struct aw__unit_range {
	uint64_t start, end;
	uint64_t unit; /* offset of the compilation unit's entry */
};

/* The functions of a unit, sorted; `unit` of each is the offset of its entry. */
struct aw__unit {
	struct aw__unit_range *functions;
	size_t count;
};

/* The debug information of one file: which unit covers which addresses. */
struct aw__lines {
	Dwarf *dwarf;
	struct aw__map units; /* by offset: struct aw__unit, of those that were asked for */
	struct aw__unit_range *ranges;
	size_t count;
};

struct aw__module {
	uint32_t id;
	uint64_t start, end, bias;
	char *path;
	char *build_id; /* hex; NULL: none */
	bool tried;	/* to open it */
	bool listed;	/* its source files are known: see sources.c */
	bool other;	/* its file is not the one that ran */
	int fd, debug_fd;
	Elf *elf, *debug_elf; /* debug_elf: of the separate file; NULL: none */
	struct aw__names names;
	struct aw__lines lines;
};

/** Open a module's file and look for its debug information, once. Problems are one line in
 * `problem`. */
bool aw__module_load(struct aw__module *module, char *problem, size_t problem_bytes);
void aw__module_finish(struct aw__module *module);

/* ---- sources.c ---- */

/* The source files that believed debug information names. */
struct aw__sources {
	struct aw__map files; /* by hash; chains of struct aw__source_name */
};

void aw__sources_add(struct aw__sources *sources, const char *path);
bool aw__sources_have(const struct aw__sources *sources, const char *path);
/** Add the files that the compiler was called for, of each unit of a module. */
void aw__sources_list(struct aw__sources *sources, struct aw__module *module);
void aw__sources_finish(struct aw__sources *sources);

/** Append `file`, which may be relative to `folder` (NULL: none), without "/./" and "/x/../". */
void aw__path_join(struct aw__buffer *out, const char *folder, const char *file);
uint64_t aw__text_hash(const char *text);

void aw__names_read(struct aw__names *names, Elf *elf);
void aw__names_finish(struct aw__names *names);
/** NULL if no function is there. */
const char *aw__names_find(const struct aw__names *names, uint64_t address);

/** Takes NULL for `elf`. */
void aw__lines_open(struct aw__lines *lines, Elf *elf);
void aw__lines_finish(struct aw__lines *lines);

/* What the debug information says of a frame; strings are borrowed, paths are relative to `folder`.
 */
struct aw__line {
	const char *function, *file, *folder;
	uint32_t line;
};

/** The frames of an address (in the file's terms), innermost first. Returns their number. */
size_t aw__lines_find(struct aw__lines *lines, uint64_t address, bool entry,
		      struct aw__line *ret_lines, size_t capacity);

/** How many entries of debug information were visited, for tests. */
extern uint64_t aw__lines_visited;

#endif
