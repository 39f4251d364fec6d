/* SPDX-License-Identifier: MIT */
/*
 * Addresses to source lines and inlined calls, from DWARF.
 *
 * Not every compiler writes .debug_aranges, so the units' ranges are read once, and sorted; when the first address
 * of a unit is asked for, so are its functions' ranges. Within a function the entries that cover the address are
 * found by descending into the calls that were inlined there.
 */
#include "symbols/symbols_internal.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/alloc.h"

#define MAX_RANGES (1u << 22)
#define MAX_DEPTH  256

uint64_t aw__lines_visited;

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
	for (size_t i = 0; i < lines->units.capacity; i++) {
		struct aw__unit *unit = lines->units.slots[i].value;

		if (unit != NULL)
			aw__alloc_free(unit->functions);
		aw__alloc_free(unit);
	}
	aw__map_finish(&lines->units);
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

/* Of a die's children, the one that covers the address. */
static bool find_child(Dwarf_Die *die, uint64_t address, Dwarf_Die *ret_child)
{
	Dwarf_Die child;
	bool more = dwarf_child(die, &child) == 0;

	for (; more; more = dwarf_siblingof(&child, &child) == 0) {
		int tag = dwarf_tag(&child);

		aw__lines_visited++;
		if ((is_frame(tag) || tag == DW_TAG_lexical_block) &&
		    dwarf_haspc(&child, address) == 1) {
			*ret_child = child;
			return true;
		}
	}
	return false;
}

/* ---- the functions of a unit ---- */

static void add_function(struct aw__unit *unit, Dwarf_Die *die, size_t *capacity)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &start, &end)) > 0) {
		if (start >= end || unit->count >= MAX_RANGES)
			continue;
		if (unit->count == *capacity) {
			*capacity = *capacity > 0 ? *capacity * 2 : 64;
			unit->functions = aw__alloc_must_resize(
				unit->functions, *capacity * sizeof(*unit->functions));
		}
		unit->functions[unit->count++] =
			(struct aw__unit_range){ start, end, dwarf_dieoffset(die) };
	}
}

/* Scopes that have no addresses are looked into. */
static void add_functions(struct aw__unit *unit, Dwarf_Die *die, size_t *capacity, int nesting)
{
	Dwarf_Die child;
	bool more = dwarf_child(die, &child) == 0;

	for (; more; more = dwarf_siblingof(&child, &child) == 0) {
		const int tag = dwarf_tag(&child);

		aw__lines_visited++;
		if (is_frame(tag))
			add_function(unit, &child, capacity);
		else if (nesting < 8 && (tag == DW_TAG_namespace || tag == DW_TAG_module ||
					 tag == DW_TAG_class_type || tag == DW_TAG_structure_type))
			add_functions(unit, &child, capacity, nesting + 1);
	}
}

static const struct aw__unit *functions_of(struct aw__lines *lines, Dwarf_Die *die)
{
	const uint64_t offset = dwarf_dieoffset(die);
	struct aw__unit *unit = aw__map_get(&lines->units, offset);
	size_t capacity = 0;

	if (unit != NULL)
		return unit;
	unit = aw__alloc_must_zeroed(1, sizeof(*unit));
	add_functions(unit, die, &capacity, 0);
	if (unit->count > 0)
		qsort(unit->functions, unit->count, sizeof(*unit->functions), by_start);
	aw__map_put(&lines->units, offset, unit);
	return unit;
}

static const struct aw__unit_range *find_range(const struct aw__unit_range *ranges, size_t count,
					       uint64_t address)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && address < ranges[low - 1].end ? &ranges[low - 1] : NULL;
}

static void find_path(struct aw__lines *lines, Dwarf_Die *unit, uint64_t address,
		      struct path *ret_path)
{
	const struct aw__unit *functions = functions_of(lines, unit);
	const struct aw__unit_range *range =
		find_range(functions->functions, functions->count, address);
	Dwarf_Die at, child;

	ret_path->count = 0;
	if (range == NULL || dwarf_offdie(lines->dwarf, range->unit, &at) == NULL)
		return;
	ret_path->dies[ret_path->count++] = at;
	for (size_t depth = 0; depth < MAX_DEPTH; depth++) {
		if (!find_child(&at, address, &child))
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

static bool find_unit(const struct aw__lines *lines, uint64_t address, Dwarf_Die *ret_unit)
{
	const struct aw__unit_range *range = find_range(lines->ranges, lines->count, address);

	return range != NULL && dwarf_offdie(lines->dwarf, range->unit, ret_unit) != NULL;
}

size_t aw__lines_find(struct aw__lines *lines, uint64_t address, bool entry,
		      struct aw__line *ret_lines, size_t capacity)
{
	struct path path;
	Dwarf_Die unit;
	size_t count;

	if (lines->dwarf == NULL || !find_unit(lines, address, &unit))
		return 0;
	find_path(lines, &unit, address, &path);
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
