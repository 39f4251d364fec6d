/* SPDX-License-Identifier: MIT */
/*
 * Resolves addresses to functions, files and lines: asks the module that an address lies in (lines.c, names.c),
 * marks frames of awry and libuv as the runtime's own, and keeps the answers. For the viewer, and for
 * awry-symbolize.
 */
#include "symbols/symbols_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/text.h"

/* What is known of an address; `frames` own their strings, but for the module's path. */
struct answer {
	size_t count;
	struct aw__frame frames[];
};

struct aw__symbols {
	aw__symbols_complaint *complain;
	void *complain_arg;
	struct aw__module *modules;
	size_t count, capacity;
	struct aw__map answers[2]; /* of return addresses, of entries */
	struct aw__map strings;	   /* by hash; chains of struct string */
	struct aw__sources sources;
};

struct string {
	struct string *next;
	char text[];
};

struct aw__symbols *aw__symbols_create(aw__symbols_complaint *complain, void *arg)
{
	struct aw__symbols *symbols = aw__alloc_must_zeroed(1, sizeof(*symbols));

	symbols->complain = complain;
	symbols->complain_arg = arg;
	return symbols;
}

static void free_strings(struct aw__map *strings)
{
	for (size_t i = 0; i < strings->capacity; i++) {
		struct string *string = strings->slots[i].value, *next;

		for (; string != NULL; string = next) {
			next = string->next;
			aw__alloc_free(string);
		}
	}
	aw__map_finish(strings);
}

void aw__symbols_destroy(struct aw__symbols *symbols)
{
	if (symbols == NULL)
		return;
	for (size_t i = 0; i < symbols->count; i++)
		aw__module_finish(&symbols->modules[i]);
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < symbols->answers[kind].capacity; i++)
			aw__alloc_free(symbols->answers[kind].slots[i].value);
		aw__map_finish(&symbols->answers[kind]);
	}
	free_strings(&symbols->strings);
	aw__sources_finish(&symbols->sources);
	aw__alloc_free(symbols->modules);
	aw__alloc_free(symbols);
}

static struct aw__module *module_by_id(struct aw__symbols *symbols, uint64_t id)
{
	for (size_t i = symbols->count; i-- > 0;)
		if (symbols->modules[i].id == id)
			return &symbols->modules[i];
	return NULL;
}

static void define_module(struct aw__symbols *symbols, const struct aw__definition *definition)
{
	const uint64_t *numbers = definition->numbers;
	struct aw__module *module;

	if (definition->number_count < AW__MODULE_NUMBERS ||
	    symbols->count == AW__SYMBOLS_MAX_MODULES ||
	    module_by_id(symbols, definition->id) != NULL)
		return;
	if (symbols->count == symbols->capacity) {
		symbols->capacity = symbols->capacity > 0 ? symbols->capacity * 2 : 32;
		symbols->modules = aw__alloc_must_resize(
			symbols->modules, symbols->capacity * sizeof(*symbols->modules));
	}
	module = &symbols->modules[symbols->count++];
	memset(module, 0, sizeof(*module));
	module->id = definition->id;
	module->start = numbers[AW__MODULE_START];
	module->end = numbers[AW__MODULE_END];
	module->bias = numbers[AW__MODULE_BIAS];
	module->path = aw__alloc_must_copy(definition->text, definition->text_length);
	module->fd = module->debug_fd = -1;
}

static void define_build_id(struct aw__symbols *symbols, const struct aw__definition *definition)
{
	struct aw__module *module;

	if (definition->number_count < 1 || definition->text_length == 0)
		return;
	module = module_by_id(symbols, definition->numbers[0]);
	if (module != NULL && module->build_id == NULL)
		module->build_id = aw__alloc_must_copy(definition->text, definition->text_length);
}

void aw__symbols_define(struct aw__symbols *symbols, const struct aw__definition *definition)
{
	if (definition->kind == AW__MODULE)
		define_module(symbols, definition);
	else if (definition->kind == AW__BUILD_ID)
		define_build_id(symbols, definition);
}

/* Later modules first: an address range may have been used again. */
static struct aw__module *module_at(struct aw__symbols *symbols, uint64_t address)
{
	for (size_t i = symbols->count; i-- > 0;)
		if (address >= symbols->modules[i].start && address < symbols->modules[i].end)
			return &symbols->modules[i];
	return NULL;
}

static void complain(struct aw__symbols *symbols, const struct aw__module *module,
		     const char *problem)
{
	struct aw__buffer line = AW__BUFFER_EMPTY;

	if (symbols->complain == NULL || module->path[0] != '/')
		return;
	aw__text_escape(&line, module->path, strlen(module->path), false);
	aw__buffer_char(&line, ' ');
	aw__text_escape(&line, problem, strlen(problem), false);
	aw__buffer_text(&line, "; its frames are shown as module+offset");
	symbols->complain(symbols->complain_arg, aw__buffer_string(&line));
	aw__buffer_finish(&line);
}

static const char *keep(struct aw__symbols *symbols, const char *text)
{
	uint64_t hash;
	struct string *first, *string;

	if (text == NULL)
		return NULL;
	hash = aw__text_hash(text);
	first = aw__map_get(&symbols->strings, hash);
	for (string = first; string != NULL; string = string->next)
		if (strcmp(string->text, text) == 0)
			return string->text;
	string = aw__alloc_must(sizeof(*string) + strlen(text) + 1);
	strcpy(string->text, text);
	string->next = first;
	aw__map_put(&symbols->strings, hash, string);
	return string->text;
}

static const char *keep_path(struct aw__symbols *symbols, const struct aw__module *module,
			     const char *folder, const char *file)
{
	struct aw__buffer path = AW__BUFFER_EMPTY;
	const char *kept;

	if (file == NULL)
		return NULL;
	aw__path_join(&path, folder, file);
	kept = keep(symbols, aw__buffer_string(&path));
	if (module->build_id != NULL)
		aw__sources_add(&symbols->sources, kept);
	aw__buffer_finish(&path);
	return kept;
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Code of awry's that is linked into the program: cmake/compile.cmake names its files so. */
static bool is_linked_in(const char *file)
{
	return file != NULL && starts_with(file, "/usr/src/awry/");
}

/* CPython's program or library: python3, python3.11, libpython3.11.so.1.0. The program's own code is in its Python frames. */
static bool is_python(const char *base)
{
	const char *end;

	if (starts_with(base, "libpython3."))
		return true;
	if (!starts_with(base, "python3"))
		return false;
	end = base + strlen("python3");
	return end[strspn(end, ".0123456789")] == '\0';
}

/* Frames that are not the program's own: awry, libuv's loop, CPython, and how libc starts programs and threads. */
static bool is_machinery(const char *function, const char *module)
{
	static const char *const starts[] = {
		"_start", "__libc_start_main", "__libc_start_call_main", "start_thread", "clone",
		"clone3"
	};
	const char *slash = strrchr(module, '/');
	const char *base = slash != NULL ? slash + 1 : module;

	if (starts_with(base, "libawry") || starts_with(base, "libuv.so") || is_python(base) ||
	    starts_with(base, "_asyncio.cpython-"))
		return true;
	if (function == NULL)
		return false;
	if (starts_with(function, "aw_") || starts_with(function, "uv__"))
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (starts_with(function, starts[i]))
			return strcmp(function, starts[i]) == 0 ||
			       function[strlen(starts[i])] == '@' || i == 1;
	return false;
}

static size_t look_up(struct aw__symbols *symbols, struct aw__module *module, uint64_t address,
		      bool entry, struct aw__frame *frames)
{
	struct aw__line lines[AW__FRAME_MAX_INLINED];
	uint64_t offset = address - (entry ? 0 : 1) - module->bias;
	size_t count = aw__lines_find(&module->lines, offset, entry, lines, AW__FRAME_MAX_INLINED);

	if (count == 0) {
		lines[0] = (struct aw__line){ 0 };
		count = 1;
	}
	for (size_t i = 0; i < count; i++) {
		const char *function = lines[i].function;
		const char *file = keep_path(symbols, module, lines[i].folder, lines[i].file);

		if (function == NULL && i == count - 1)
			function = aw__names_find(&module->names, offset);
		frames[i] = (struct aw__frame){
			.function = keep(symbols, function),
			.file = file,
			.line = lines[i].line,
			.inlined = i + 1 < count,
			.own = is_linked_in(file) || is_machinery(function, module->path),
			.address = address,
			.module = keep(symbols, module->path),
			.offset = address - module->bias,
		};
	}
	return count;
}

static void load(struct aw__symbols *symbols, struct aw__module *module)
{
	char problem[256] = "";

	if (!aw__module_load(module, problem, sizeof(problem)))
		complain(symbols, module, problem);
}

static struct answer *find_answer(struct aw__symbols *symbols, uint64_t address, bool entry)
{
	struct aw__module *module = module_at(symbols, address - (entry ? 0 : 1));
	struct aw__frame frames[AW__FRAME_MAX_INLINED];
	struct answer *answer;
	size_t count = 0;

	if (module != NULL) {
		load(symbols, module);
		count = look_up(symbols, module, address, entry, frames);
	}
	answer = aw__alloc_must(sizeof(*answer) + count * sizeof(frames[0]));
	answer->count = count;
	memcpy(answer->frames, frames, count * sizeof(frames[0]));
	return answer;
}

size_t aw__symbols_resolve(void *arg, uint64_t address, bool entry, struct aw__frame *ret_frames,
			   size_t capacity)
{
	struct aw__symbols *symbols = arg;
	struct aw__map *answers = &symbols->answers[entry];
	struct answer *answer = aw__map_get(answers, address);
	size_t count;

	if (answer == NULL) {
		if (answers->count >= AW__SYMBOLS_MAX_ADDRESSES)
			return 0;
		answer = find_answer(symbols, address, entry);
		aw__map_put(answers, address, answer);
	}
	count = answer->count < capacity ? answer->count : capacity;
	memcpy(ret_frames, answer->frames, count * sizeof(ret_frames[0]));
	return count;
}

/* A system library that differs on this machine does not make the program's sources doubtful. */
static bool is_of_system(const struct aw__module *module)
{
	return starts_with(module->path, "/usr/") || starts_with(module->path, "/lib");
}

/* Modules beyond these are not asked where a source file may come from. */
#define MAX_LISTED 64

enum aw__symbols_claim aw__symbols_claim(struct aw__symbols *symbols, const char *file)
{
	bool other = false;

	for (size_t i = 0; i < symbols->count && i < MAX_LISTED; i++) {
		struct aw__module *module = &symbols->modules[i];

		load(symbols, module);
		aw__sources_list(&symbols->sources, module);
		other = other || (module->other && !is_of_system(module));
	}
	if (aw__sources_have(&symbols->sources, file))
		return AW__SOURCE_NAMED;
	return other ? AW__SOURCE_CONTRADICTED : AW__SOURCE_UNKNOWN;
}
