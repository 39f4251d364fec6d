/* SPDX-License-Identifier: MIT */
/* `awry export perfetto`: writes interned callstacks; each frame has its function, source line and mapping. */
#include "viewer/export/perfetto.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* The number of a text in one of InternedData's columns of bytes. */
static uint64_t bytes(struct aw__export *export, struct aw__intern *intern, const char *text,
		      size_t length)
{
	struct aw__perfetto *state = export->state;
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__InternedData data = PERFETTO__INTERNED_DATA__INIT;
	Perfetto__Bytes it = PERFETTO__BYTES__INIT, *one = &it;
	bool is_new;

	it.iid = aw__intern_put(intern, text, length, &is_new);
	if (!is_new)
		return it.iid;
	it.has_iid = it.has_str = true;
	it.str.data = (uint8_t *)(uintptr_t)text;
	it.str.len = length;
	if (intern == &state->functions) {
		data.n_function_names = 1;
		data.function_names = &one;
	} else if (intern == &state->files) {
		data.n_source_paths = 1;
		data.source_paths = &one;
	} else if (intern == &state->paths) {
		data.n_mapping_paths = 1;
		data.mapping_paths = &one;
	} else {
		data.n_build_ids = 1;
		data.build_ids = &one;
	}
	packet.interned_data = &data;
	aw__perfetto_packet(export, &packet);
	return it.iid;
}

/* The bytes of a build id "1f2e…", up to the first character that is not hexadecimal. */
static uint64_t build_id(struct aw__export *export, const char *hex)
{
	struct aw__perfetto *state = export->state;
	char raw[64], digits[3] = "", *end;
	size_t length = 0;

	for (; length < sizeof(raw) && hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
		memcpy(digits, hex, 2);
		raw[length] = (char)strtoul(digits, &end, 16);
		if (*end != '\0')
			break;
		length++;
	}
	return length > 0 ? bytes(export, &state->build_ids, raw, length) : 0;
}

/* A mapping has the number of its module's definition. */
static uint64_t mapping(struct aw__export *export, struct aw__mapped *module)
{
	struct aw__perfetto *state = export->state;
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__InternedData data = PERFETTO__INTERNED_DATA__INIT;
	Perfetto__Mapping it = PERFETTO__MAPPING__INIT, *one = &it;
	uint64_t path;

	if (module->told)
		return module->id;
	module->told = true;
	path = bytes(export, &state->paths, module->path, strlen(module->path));
	it.has_iid = it.has_start = it.has_end = true;
	it.iid = module->id;
	it.start = module->start;
	it.end = module->end;
	it.n_path_string_ids = path != 0;
	it.path_string_ids = &path;
	if (module->build_id != NULL)
		it.build_id = build_id(export, module->build_id);
	it.has_build_id = it.build_id != 0;
	data.n_mappings = 1;
	data.mappings = &one;
	packet.interned_data = &data;
	aw__perfetto_packet(export, &packet);
	return module->id;
}

static void tell_frame(struct aw__export *export, Perfetto__Frame *it)
{
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__InternedData data = PERFETTO__INTERNED_DATA__INIT;

	it->has_iid = it->has_function_name_id = true;
	it->has_mapping_id = it->has_rel_pc = it->mapping_id != 0;
	it->has_source_path_iid = it->source_path_iid != 0;
	it->has_line_number = it->line_number != 0;
	data.n_frames = 1;
	data.frames = &it;
	packet.interned_data = &data;
	aw__perfetto_packet(export, &packet);
}

/* Returns 0 if there is no room. */
static uint64_t frame_number(struct aw__export *export, const struct aw__frame *frame)
{
	struct aw__perfetto *state = export->state;
	struct aw__mapped *module = aw__modules_at(&state->modules, frame->address);
	Perfetto__Frame it = PERFETTO__FRAME__INIT;
	struct aw__buffer name = AW__BUFFER_EMPTY;
	uint64_t key[4];
	bool is_new;

	aw__frame_function(&name, frame);
	it.function_name_id =
		bytes(export, &state->functions, aw__buffer_string(&name), name.length);
	aw__buffer_finish(&name);
	if (frame->file != NULL)
		it.source_path_iid = bytes(export, &state->files, frame->file, strlen(frame->file));
	it.line_number = frame->line;
	if (module != NULL) {
		it.mapping_id = mapping(export, module);
		it.rel_pc = frame->address - module->bias;
	}
	key[0] = it.function_name_id;
	key[1] = it.source_path_iid;
	key[2] = it.line_number;
	key[3] = frame->address;
	it.iid = aw__intern_put(&state->frames, key, sizeof(key), &is_new);
	if (is_new)
		tell_frame(export, &it);
	return it.iid;
}

static void tell_callstack(struct aw__export *export, uint64_t number, uint64_t *frames,
			   size_t count)
{
	Perfetto__Packet packet = PERFETTO__PACKET__INIT;
	Perfetto__InternedData data = PERFETTO__INTERNED_DATA__INIT;
	Perfetto__Callstack it = PERFETTO__CALLSTACK__INIT, *one = &it;

	it.has_iid = true;
	it.iid = number;
	it.n_frame_ids = count;
	it.frame_ids = frames;
	data.n_callstacks = 1;
	data.callstacks = &one;
	packet.interned_data = &data;
	aw__perfetto_packet(export, &packet);
}

uint64_t aw__perfetto_callstack(struct aw__export *export, uint64_t stack)
{
	struct aw__perfetto *state = export->state;
	uint64_t frames[AW__STITCHED_MOST], number;
	struct aw__stitched stitched;
	size_t count = 0;
	bool is_new;

	if (stack == 0)
		return 0;
	aw__stitch(export, stack, &stitched);
	for (size_t i = stitched.count; i > 0; i--) {
		frames[count] = frame_number(export, &stitched.frames[i - 1]);
		count += frames[count] != 0;
	}
	if (count == 0)
		return 0;
	number = aw__intern_put(&state->callstacks, frames, count * sizeof(*frames), &is_new);
	if (is_new)
		tell_callstack(export, number, frames, count);
	return number;
}
