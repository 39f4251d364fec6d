/* SPDX-License-Identifier: MIT */
/*
 * Tests of the rules that are read from call frame information, compared with elfutils: each row of each function of
 * this program and of all its libraries. Broken information is refused, and not read beyond its end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/record/cfi.h"

#define FP 6
#define SP 7
#define RA 16

struct counts {
	unsigned long modules, rows, plain, ends, unknown;
};

/* ---- elfutils ---- */

/* Whether the expression is a register plus an offset; sets both. */
static bool is_register(const Dwarf_Op *op, size_t count, unsigned *reg, int64_t *offset)
{
	if (count != 1)
		return false;
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
		*reg = op->atom - DW_OP_breg0;
		*offset = (int64_t)op->number;
		return true;
	}
	*reg = (unsigned)op->number;
	*offset = (int64_t)op->number2;
	return op->atom == DW_OP_bregx;
}

static bool is_in_frame(const Dwarf_Op *ops, size_t count, int64_t *offset)
{
	*offset = count == 2 ? (int64_t)ops[1].number : 0;
	return count > 0 && ops[0].atom == DW_OP_call_frame_cfa &&
	       (count == 1 || (count == 2 && ops[1].atom == DW_OP_plus_uconst));
}

static struct aw__frame_rule expected(Dwarf_Frame *frame, bool is_signal)
{
	struct aw__frame_rule rule = { AW__FRAME_UNKNOWN, 0, false, 0 };
	Dwarf_Op fp_mem[3], ra_mem[3], *cfa, *fp, *ra;
	size_t cfa_count, fp_count, ra_count;
	int64_t cfa_offset, fp_offset = 0, ra_offset;
	unsigned base;

	assert_int_equal(dwarf_frame_cfa(frame, &cfa, &cfa_count), 0);
	assert_int_equal(dwarf_frame_register(frame, FP, fp_mem, &fp, &fp_count), 0);
	assert_int_equal(dwarf_frame_register(frame, RA, ra_mem, &ra, &ra_count), 0);
	if (is_signal)
		return rule;
	if (ra_count == 0 && ra == ra_mem) {
		rule.how = AW__FRAME_END;
		return rule;
	}
	if (!is_register(cfa, cfa_count, &base, &cfa_offset) || (base != FP && base != SP) ||
	    !is_in_frame(ra, ra_count, &ra_offset) || ra_offset != -8 || cfa_offset % 8 != 0)
		return rule;
	if (fp_count > 0 ? !is_in_frame(fp, fp_count, &fp_offset) : fp != NULL)
		return rule;
	rule.how = base == SP ? AW__FRAME_BY_SP : AW__FRAME_BY_FP;
	rule.cfa_offset = (int32_t)cfa_offset;
	rule.fp_saved = fp_count > 0;
	rule.fp_offset = (int32_t)fp_offset;
	return rule;
}

static void compare(const struct aw__cfi_image *image, uint64_t bias, uint64_t pc,
		    Dwarf_Frame *frame, bool is_signal, struct counts *counts)
{
	const struct aw__frame_rule want = expected(frame, is_signal);
	const struct aw__frame_rule got = aw__cfi_rule(image, bias + pc + 1);

	if (got.how != want.how || got.cfa_offset != want.cfa_offset ||
	    got.fp_saved != want.fp_saved || got.fp_offset != want.fp_offset)
		fail_msg("at %#lx: %d %d %d %d, and it is %d %d %d %d", (unsigned long)pc, got.how,
			 got.cfa_offset, got.fp_saved, got.fp_offset, want.how, want.cfa_offset,
			 want.fp_saved, want.fp_offset);
	counts->rows++;
	counts->ends += got.how == AW__FRAME_END;
	counts->unknown += got.how == AW__FRAME_UNKNOWN;
	counts->plain += got.how >= AW__FRAME_BY_SP;
}

/* ---- the modules ---- */

struct module {
	struct aw__cfi_image image;
	const unsigned char *segment_end; /* of the segment that has the header, and .eh_frame */
	uint64_t bias;
};

static bool describe(const struct dl_phdr_info *info, struct module *ret)
{
	const unsigned char *base = (const unsigned char *)info->dlpi_addr;

	memset(ret, 0, sizeof(*ret));
	ret->bias = info->dlpi_addr;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const unsigned char *start = base + segment->p_vaddr;

		if (segment->p_type == PT_GNU_EH_FRAME)
			ret->image.header = start;
		if (segment->p_type != PT_LOAD)
			continue;
		if (ret->image.start == NULL || start < ret->image.start)
			ret->image.start = start;
		if (start + segment->p_memsz > ret->image.end)
			ret->image.end = start + segment->p_memsz;
	}
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		const unsigned char *start = base + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && ret->image.header >= start &&
		    ret->image.header < start + segment->p_memsz)
			ret->segment_end = start + segment->p_memsz;
	}
	return ret->image.header != NULL && ret->segment_end != NULL;
}

/* The start of the i-th function in the header's table. */
static uint64_t function(const struct module *module, uint32_t i)
{
	int32_t offset;

	memcpy(&offset, module->image.header + 12 + 8 * (size_t)i, 4);
	return (uint64_t)(uintptr_t)module->image.header + (uint64_t)(int64_t)offset - module->bias;
}

static uint32_t function_count(const struct module *module)
{
	uint32_t count;

	memcpy(&count, module->image.header + 8, 4);
	return count;
}

static void compare_function(const struct module *module, Dwarf_CFI *cfi, uint64_t start,
			     struct counts *counts)
{
	Dwarf_Addr pc = start, from, to;
	Dwarf_Frame *frame;
	bool is_signal;

	while (dwarf_cfi_addrframe(cfi, pc, &frame) == 0) {
		assert_int_equal(dwarf_frame_info(frame, &from, &to, &is_signal), RA);
		compare(&module->image, module->bias, pc, frame, is_signal, counts);
		free(frame);
		if (to <= pc)
			break;
		pc = to;
		/* the next function is compared by its own call */
		if (aw__cfi_rule(&module->image, module->bias + pc + 1).how == AW__FRAME_UNKNOWN)
			break;
		if (pc - start > 1 << 20)
			break;
	}
}

static int compare_module(struct dl_phdr_info *info, size_t size, void *data)
{
	const char *path = info->dlpi_name[0] != '\0' ? info->dlpi_name : "/proc/self/exe";
	struct counts *counts = data;
	struct module module;
	Dwarf_CFI *cfi;
	Elf *elf;
	int file;

	(void)size;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 0; /* no file: the vDSO */
	if (describe(info, &module)) {
		elf = elf_begin(file, ELF_C_READ_MMAP, NULL);
		assert_non_null(elf);
		cfi = dwarf_getcfi_elf(elf);
		assert_non_null(cfi);
		for (uint32_t i = 0; i < function_count(&module); i++)
			compare_function(&module, cfi, function(&module, i), counts);
		counts->modules++;
		dwarf_cfi_end(cfi);
		elf_end(elf);
	}
	close(file);
	return 0;
}

static void cfi__is_read_as_elfutils_reads_it(void **state)
{
	struct counts counts = { 0 };

	(void)state;
	elf_version(EV_CURRENT);
	dl_iterate_phdr(compare_module, &counts);
	printf("%lu modules, %lu rows: %lu plain, %lu ends, %lu unknown\n", counts.modules,
	       counts.rows, counts.plain, counts.ends, counts.unknown);
	assert_true(counts.modules >= 4);
	assert_true(counts.plain > 10000);
	assert_true(counts.ends >= 2);
	assert_true(counts.unknown > 0 && counts.unknown < counts.rows / 20);
}

/* ---- broken tables ---- */

static int find_program(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	return describe(info, data) ? 1 : 0;
}

/* The copy fills its allocation, so that a sanitizer reports a read beyond its end. */
static void cfi__of_broken_tables_is_refused(void **state)
{
	struct module module;
	struct aw__cfi_image image;
	unsigned char *copy;
	size_t bytes;
	unsigned long plain = 0;

	(void)state;
	assert_int_equal(dl_iterate_phdr(find_program, &module), 1);
	bytes = (size_t)(module.segment_end - module.image.header);
	copy = malloc(bytes);
	assert_non_null(copy);
	srand(1);
	for (unsigned round = 0; round < 4000; round++) {
		const size_t cut = round % 4 == 3 ? (size_t)rand() % bytes : 0;

		memcpy(copy, module.image.header, bytes);
		for (unsigned flips = round == 0 ? 0 : 1 + (unsigned)rand() % 8; flips > 0; flips--)
			copy[(size_t)rand() % bytes] ^= (unsigned char)(1u << rand() % 8);
		image = (struct aw__cfi_image){ copy, copy + bytes - cut, copy };
		for (unsigned i = 0; i < 8; i++) {
			const uint32_t at = (uint32_t)rand() % function_count(&module);
			const uint64_t pc = module.bias + function(&module, at) -
					    (uint64_t)(uintptr_t)module.image.header +
					    (uint64_t)(uintptr_t)copy;

			plain += aw__cfi_rule(&image, pc + 1 + (uint64_t)rand() % 64).how >=
				 AW__FRAME_BY_SP;
		}
	}
	free(copy);
	assert_true(plain > 1000); /* most rules are still readable */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cfi__is_read_as_elfutils_reads_it),
		cmocka_unit_test(cfi__of_broken_tables_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
