/* SPDX-License-Identifier: MIT */
/*
 * Debug information. Not every compiler writes .debug_aranges, so that the units' ranges are read
 * once, and sorted. Within a unit the entries that cover the address are found by descending from
 * the unit: the function, and the calls that were inlined into it.
 */
#include "symbols/internal.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/alloc.h"

#define MAX_RANGES (1u << 22)
#define MAX_DEPTH  256

struct growing {
	struct aw__lines *lines;
	size_t capacity;
};

static void add_range(struct growing *growing, uint64_t start, uint64_t end, uint64_t unit)
{
	struct aw__lines *lines = growing->lines;

	if (start >= end || lines->count >= MAX_RANGES)
		return;
	if (lines->count == growing->capacity) {
		growing->capacity = growing->capacity > 0 ? growing->capacity * 2 : 64;
		lines->ranges = aw__alloc_must_resize(lines->ranges,
						      growing->capacity * sizeof(*lines->ranges));
	}
	lines->ranges[lines->count++] = (struct aw__unit_range){ start, end, unit };
}

static int by_start(const void *left, const void *right)
{
	const struct aw__unit_range *a = left, *b = right;

	return a->start < b->start ? -1 : a->start > b->start;
}

static void read_unit(struct growing *growing, Dwarf_Die *unit)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(unit, at, &base, &start, &end)) > 0)
		add_range(growing, start, end, dwarf_dieoffset(unit));
}

/* libdw would end the program. */
__attribute__((noreturn)) static void give_up(void)
{
	aw__alloc_exhausted();
}

void aw__lines_open(struct aw__lines *lines, Elf *elf)
{
	struct growing growing = { lines, 0 };
	Dwarf_Off offset = 0, next;
	size_t header_bytes;

	if (elf == NULL || lines->dwarf != NULL)
		return;
	lines->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (lines->dwarf == NULL)
		return;
	dwarf_new_oom_handler(lines->dwarf, give_up);
	while (dwarf_nextcu(lines->dwarf, offset, &next, &header_bytes, NULL, NULL, NULL) == 0) {
		Dwarf_Die unit;

		if (dwarf_offdie(lines->dwarf, offset + header_bytes, &unit) != NULL)
			read_unit(&growing, &unit);
		if (next <= offset)
			break;
		offset = next;
	}
	if (lines->count > 0) {
		qsort(lines->ranges, lines->count, sizeof(*lines->ranges), by_start);
		return;
	}
	dwarf_end(lines->dwarf);
	lines->dwarf = NULL;
}

void aw__lines_finish(struct aw__lines *lines)
{
	if (lines->dwarf != NULL)
		dwarf_end(lines->dwarf);
	aw__alloc_free(lines->ranges);
}

static bool find_unit(const struct aw__lines *lines, uint64_t address, Dwarf_Die *ret_unit)
{
	size_t low = 0, high = lines->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lines->ranges[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && address < lines->ranges[low - 1].end &&
	       dwarf_offdie(lines->dwarf, lines->ranges[low - 1].unit, ret_unit) != NULL;
}

/* The functions that cover an address, outermost first: a subprogram, and what is inlined into it.
 */
struct path {
	Dwarf_Die dies[AW__FRAME_MAX_INLINED];
	size_t count;
};

static bool is_frame(int tag)
{
	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

/* Of a die's children, the one that covers the address; scopes that have no addresses are looked
 * into. */
static bool find_child(Dwarf_Die *die, uint64_t address, Dwarf_Die *ret_child, int nesting)
{
	Dwarf_Die child;
	bool more = dwarf_child(die, &child) == 0;

	for (; more; more = dwarf_siblingof(&child, &child) == 0) {
		int tag = dwarf_tag(&child);

		if (is_frame(tag) || tag == DW_TAG_lexical_block) {
			if (dwarf_haspc(&child, address) == 1) {
				*ret_child = child;
				return true;
			}
		} else if (nesting < 8 &&
			   (tag == DW_TAG_namespace || tag == DW_TAG_module ||
			    tag == DW_TAG_class_type || tag == DW_TAG_structure_type)) {
			if (find_child(&child, address, ret_child, nesting + 1))
				return true;
		}
	}
	return false;
}

static void find_path(Dwarf_Die *unit, uint64_t address, struct path *ret_path)
{
	Dwarf_Die at = *unit, child;

	ret_path->count = 0;
	for (size_t depth = 0; depth < MAX_DEPTH; depth++) {
		if (!find_child(&at, address, &child, 0))
			return;
		if (is_frame(dwarf_tag(&child))) {
			if (ret_path->count == AW__FRAME_MAX_INLINED)
				return;
			ret_path->dies[ret_path->count++] = child;
		}
		at = child;
	}
}

static const char *folder_of(Dwarf_Die *unit)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
}

static void fill_place(Dwarf_Die *unit, uint64_t address, struct aw__line *ret_line)
{
	Dwarf_Line *row = dwarf_getsrc_die(unit, address);
	int line = 0;

	if (row == NULL)
		return;
	ret_line->file = dwarf_linesrc(row, NULL, NULL);
	if (dwarf_lineno(row, &line) == 0 && line > 0)
		ret_line->line = (uint32_t)line;
}

/* Where the call that was inlined as `die` stands. */
static void fill_call(Dwarf_Die *unit, Dwarf_Die *die, struct aw__line *ret_line)
{
	Dwarf_Attribute attribute;
	Dwarf_Word number;
	Dwarf_Files *files;
	size_t count;

	if (dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &number) == 0)
		ret_line->line = (uint32_t)number;
	if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &number) == 0 &&
	    dwarf_getsrcfiles(unit, &files, &count) == 0 && number < count)
		ret_line->file = dwarf_filesrc(files, number, NULL, NULL);
}

static size_t find_definition(Dwarf_Die *unit, struct path *path, struct aw__line *ret_line)
{
	int line = 0;

	if (path->count == 0)
		return 0;
	*ret_line = (struct aw__line){ .function = dwarf_diename(&path->dies[0]),
				       .file = dwarf_decl_file(&path->dies[0]),
				       .folder = folder_of(unit) };
	if (dwarf_decl_line(&path->dies[0], &line) == 0 && line > 0)
		ret_line->line = (uint32_t)line;
	return 1;
}

size_t aw__lines_find(const struct aw__lines *lines, uint64_t address, bool entry,
		      struct aw__line *ret_lines, size_t capacity)
{
	struct path path;
	Dwarf_Die unit;
	size_t count;

	if (lines->dwarf == NULL || !find_unit(lines, address, &unit))
		return 0;
	find_path(&unit, address, &path);
	if (entry)
		return find_definition(&unit, &path, ret_lines);
	count = path.count < capacity ? path.count : capacity;
	for (size_t i = 0; i < count; i++) {
		struct aw__line *line = &ret_lines[i];

		*line = (struct aw__line){ .folder = folder_of(&unit) };
		line->function = dwarf_diename(&path.dies[path.count - 1 - i]);
		if (i == 0)
			fill_place(&unit, address, line);
		else
			fill_call(&unit, &path.dies[path.count - i], line);
	}
	if (count > 0)
		return count;
	*ret_lines = (struct aw__line){ .folder = folder_of(&unit) };
	fill_place(&unit, address, ret_lines);
	return ret_lines->file != NULL;
}
