/* SPDX-License-Identifier: MIT */
/*
 * Tests of symbols: this program looks up its own functions, with debug information, without it, and without
 * names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <link.h>

#include "base/alloc.h"
#include "symbols/symbols_internal.h"
#include "symbols/symbols.h"

static uint64_t bias, start, end;
static char self[4096], build_id[130];
static char complaint[1024];
static unsigned complaints;

static uint64_t noted;
static uint32_t noted_line, called_line;

__attribute__((noinline)) static void note(uint32_t line)
{
	noted = (uint64_t)(uintptr_t)__builtin_return_address(0);
	noted_line = line;
}

__attribute__((always_inline)) static inline void inlined(int *count)
{
	note(__LINE__);
	++*count;
}

__attribute__((noinline)) static int outer(int count)
{
	called_line = __LINE__ + 1;
	inlined(&count);
	return count;
}

static int find_self(struct dl_phdr_info *info, size_t size, void *arg)
{
	bias = info->dlpi_addr;
	start = UINT64_MAX;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type != PT_LOAD)
			continue;
		if (bias + header->p_vaddr < start)
			start = bias + header->p_vaddr;
		if (bias + header->p_vaddr + header->p_memsz > end)
			end = bias + header->p_vaddr + header->p_memsz;
	}
	return 1;
}

static void read_build_id(void)
{
	int fd = open(self, O_RDONLY | O_CLOEXEC);
	const void *bytes = NULL;
	ssize_t length;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	length = dwelf_elf_gnu_build_id(elf, &bytes);
	for (ssize_t i = 0; i < length; i++)
		sprintf(build_id + i * 2, "%02x", ((const unsigned char *)bytes)[i]);
	elf_end(elf);
	close(fd);
}

static void complain(void *arg, const char *line)
{
	complaints++;
	snprintf(complaint, sizeof(complaint), "%s", line);
}

static struct aw__symbols *symbols_of(const char *path, const char *id)
{
	uint64_t numbers[AW__MODULE_NUMBERS] = { start, end, bias }, module = 1;
	struct aw__definition definition = { .id = 1,
					     .kind = AW__MODULE,
					     .numbers = numbers,
					     .number_count = AW__MODULE_NUMBERS,
					     .text = path,
					     .text_length = (uint32_t)strlen(path) };
	struct aw__symbols *symbols = aw__symbols_create(complain, NULL);

	complaints = 0;
	aw__symbols_define(symbols, &definition);
	definition = (struct aw__definition){ .id = 2,
					      .kind = AW__BUILD_ID,
					      .numbers = &module,
					      .number_count = 1,
					      .text = id,
					      .text_length = (uint32_t)strlen(id) };
	if (*id != '\0')
		aw__symbols_define(symbols, &definition);
	return symbols;
}

static void symbols__finds_lines_and_inlined_calls(void **state)
{
	struct aw__symbols *symbols = symbols_of(self, build_id);
	struct aw__frame frames[8];

	assert_int_equal(aw__symbols_resolve(symbols, noted, false, frames, 8), 2);
	assert_string_equal(frames[0].function, "inlined");
	assert_true(frames[0].inlined);
	assert_int_equal(frames[0].line, noted_line);
	assert_non_null(strstr(frames[0].file, "test_symbols.c"));
	assert_int_equal(frames[0].file[0], '/');
	assert_string_equal(frames[1].function, "outer");
	assert_false(frames[1].inlined);
	assert_int_equal(frames[1].line, called_line);
	assert_int_equal(aw__symbols_resolve(symbols, noted, false, frames, 1), 1);
	assert_int_equal(complaints, 0);
	aw__symbols_destroy(symbols);
}

static void symbols__finds_where_a_function_is_defined(void **state)
{
	struct aw__symbols *symbols = symbols_of(self, build_id);
	struct aw__frame frame;

	assert_int_equal(aw__symbols_resolve(symbols, (uint64_t)(uintptr_t)outer, true, &frame, 1),
			 1);
	assert_string_equal(frame.function, "outer");
	assert_in_range(frame.line, called_line - 4, called_line - 1);
	aw__symbols_destroy(symbols);
}

static void symbols__has_names_without_debug_information(void **state)
{
	char path[4200];
	struct aw__symbols *symbols;
	struct aw__frame frames[8];

	snprintf(path, sizeof(path), "%s.nodebug", self);
	symbols = symbols_of(path, build_id);
	assert_int_equal(aw__symbols_resolve(symbols, noted, false, frames, 8), 1);
	assert_string_equal(frames[0].function, "outer");
	assert_null(frames[0].file);
	assert_int_equal(frames[0].offset, noted - bias);
	aw__symbols_destroy(symbols);
}

static void symbols__has_offsets_without_names(void **state)
{
	char path[4200];
	struct aw__symbols *symbols;
	struct aw__frame frame;

	snprintf(path, sizeof(path), "%s.stripped", self);
	symbols = symbols_of(path, build_id);
	assert_int_equal(aw__symbols_resolve(symbols, noted, false, &frame, 1), 1);
	assert_null(frame.function);
	assert_string_equal(frame.module, path);
	assert_int_equal(frame.offset, noted - bias);
	aw__symbols_destroy(symbols);
}

static void expect_disbelief(const char *path, const char *id, const char *words)
{
	struct aw__symbols *symbols = symbols_of(path, id);
	struct aw__frame frame;

	assert_int_equal(aw__symbols_resolve(symbols, noted, false, &frame, 1), 1);
	assert_int_equal(aw__symbols_resolve(symbols, noted - 1, false, &frame, 1), 1);
	assert_null(frame.function);
	assert_int_equal(frame.offset, noted - 1 - bias);
	assert_int_equal(complaints, 1);
	assert_non_null(strstr(complaint, words));
	aw__symbols_destroy(symbols);
}

static void symbols__refuses_another_build(void **state)
{
	expect_disbelief(self, "00112233", "the recorded one 00112233");
	expect_disbelief(self, "", "the recorded one none");
	expect_disbelief("/no/such/file", build_id, "cannot be read");
	expect_disbelief("/dev/zero", build_id, "cannot be read");
	expect_disbelief("/etc/passwd", build_id, "cannot be read");
}

static void symbols__does_not_resolve_other_addresses(void **state)
{
	struct aw__symbols *symbols = symbols_of(self, build_id);
	struct aw__frame frame;

	assert_int_equal(aw__symbols_resolve(symbols, 0x10, false, &frame, 1), 0);
	assert_int_equal(aw__symbols_resolve(symbols, UINT64_MAX, true, &frame, 1), 0);
	aw__symbols_destroy(symbols);
}

/* ---- many functions in one file ---- */

#define ONE(name)                                                                                  \
	__attribute__((noinline)) static int name(int number)                                      \
	{                                                                                          \
		return number * 3 + __LINE__;                                                      \
	}
/* clang-format off */
#define EIGHT(name)                                                                                \
	ONE(name##0) ONE(name##1) ONE(name##2) ONE(name##3) ONE(name##4) ONE(name##5)              \
	ONE(name##6) ONE(name##7)
#define MANY(name)                                                                                 \
	EIGHT(name##0) EIGHT(name##1) EIGHT(name##2) EIGHT(name##3) EIGHT(name##4) EIGHT(name##5)  \
	EIGHT(name##6) EIGHT(name##7)
#define NAMES(name)                                                                                \
	name##0, name##1, name##2, name##3, name##4, name##5, name##6, name##7
#define ALL_NAMES(name)                                                                            \
	NAMES(name##0), NAMES(name##1), NAMES(name##2), NAMES(name##3), NAMES(name##4),            \
		NAMES(name##5), NAMES(name##6), NAMES(name##7)
/* clang-format on */

MANY(many)

static int (*const many[])(int) = { ALL_NAMES(many) };

#define FUNCTIONS (sizeof(many) / sizeof(many[0]))

/* After the first look-up in a file, a look-up searches the entries of the address's function only. */
static void symbols__look_ups_in_one_file_do_not_search_it_again(void **state)
{
	struct aw__symbols *symbols = symbols_of(self, build_id);
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	uint64_t first;

	(void)state;
	aw__lines_visited = 0;
	for (size_t i = 0; i < FUNCTIONS; i++) {
		const uint64_t address = (uint64_t)(uintptr_t)many[i] + 1;
		char name[16];

		snprintf(name, sizeof(name), "many%zu%zu", i / 8, i % 8);
		assert_int_equal(
			aw__symbols_resolve(symbols, address, false, frames, AW__FRAME_MAX_INLINED),
			1);
		assert_string_equal(frames[0].function, name);
		if (i == 0)
			first = aw__lines_visited;
	}
	assert_true(first > FUNCTIONS);
	assert_true(aw__lines_visited < first + FUNCTIONS * 4);
	aw__symbols_destroy(symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols__look_ups_in_one_file_do_not_search_it_again),
		cmocka_unit_test(symbols__finds_lines_and_inlined_calls),
		cmocka_unit_test(symbols__finds_where_a_function_is_defined),
		cmocka_unit_test(symbols__has_names_without_debug_information),
		cmocka_unit_test(symbols__has_offsets_without_names),
		cmocka_unit_test(symbols__refuses_another_build),
		cmocka_unit_test(symbols__does_not_resolve_other_addresses),
	};

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 1;
	dl_iterate_phdr(find_self, NULL);
	read_build_id();
	if (outer(1) != 2)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL) + (aw__alloc_live() != 0);
}
