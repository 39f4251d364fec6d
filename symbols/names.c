/* SPDX-License-Identifier: MIT */
/*
 * Addresses to function names, from a module's symbol tables, which are sorted once: dwfl_module_addrname() would
 * scan the whole table for every address.
 */
#include "symbols/symbols_internal.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static bool is_function(const GElf_Sym *symbol)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && symbol->st_value != 0 &&
	       (type == STT_FUNC || type == STT_GNU_IFUNC);
}

static void read_table(struct aw__names *names, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = header->sh_entsize > 0 ? header->sh_size / header->sh_entsize : 0;

	if (data == NULL || count > INT32_MAX || count > data->d_size)
		return;
	names->names =
		aw__alloc_must_resize(names->names, (names->count + count) * sizeof(*names->names));
	for (size_t i = 0; i < count; i++) {
		struct aw__name *name = &names->names[names->count];
		GElf_Sym symbol;

		if (gelf_getsym(data, (int)i, &symbol) == NULL || !is_function(&symbol))
			continue;
		name->name = elf_strptr(elf, header->sh_link, symbol.st_name);
		name->start = symbol.st_value;
		name->end = symbol.st_size > 0 ? symbol.st_value + symbol.st_size : 0;
		names->count += name->name != NULL && name->name[0] != '\0';
	}
}

static void read_tables(struct aw__names *names, Elf *elf, uint32_t type)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;

		if (gelf_getshdr(section, &header) != NULL && header.sh_type == type)
			read_table(names, elf, section, &header);
	}
}

/* By address; of several names of one function the one with a size, then the plainest. */
static int compare(const void *left, const void *right)
{
	const struct aw__name *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if ((a->end == 0) != (b->end == 0))
		return a->end == 0 ? -1 : 1;
	return strcmp(b->name, a->name);
}

void aw__names_read(struct aw__names *names, Elf *elf)
{
	if (elf == NULL || names->count > 0)
		return;
	read_tables(names, elf, SHT_SYMTAB);
	if (names->count == 0)
		read_tables(names, elf, SHT_DYNSYM);
	if (names->count > 0)
		qsort(names->names, names->count, sizeof(*names->names), compare);
}

void aw__names_finish(struct aw__names *names)
{
	aw__alloc_free(names->names);
}

const char *aw__names_find(const struct aw__names *names, uint64_t address)
{
	size_t low = 0, high = names->count;
	const struct aw__name *name;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->names[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	name = &names->names[low - 1];
	return name->end == 0 || address < name->end ? name->name : NULL;
}
