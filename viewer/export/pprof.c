/* SPDX-License-Identifier: MIT */
/*
 * `awry export pprof`: writes a gzipped profile with a sample for each weight (weigh.h). A sample has five values: a
 * count, and the nanoseconds running, waiting, ready, and in all. The label "wait" has the kind of wait. Each module is
 * a mapping, the program first; mappings are written last, because they say which details their frames have.
 */
#include "viewer/export/weigh.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "pprof.pb-c.h"
#include "viewer/export/export_intern.h"
#include "viewer/export/export_modules.h"
#include "viewer/export/protobuf.h"

#define GZIP	   (MAX_WBITS + 16)
#define CHUNK	   16384u
#define VALUES	   5
#define MAX_NUMBER INT64_MAX

struct pprof {
	struct aw__weigh weigh; /* first */
	struct aw__intern strings, functions, locations;
	struct aw__modules modules; /* a mapping's number is its position here, from 1 */
	struct aw__buffer raw;
	z_stream stream;
	bool compressing;
	uint64_t first_ns;
};

static void deflate_some(struct aw__export *export, int flush)
{
	struct pprof *state = export->state;
	z_stream *stream = &state->stream;
	unsigned char chunk[CHUNK];

	if (!state->compressing)
		return;
	stream->next_in = (unsigned char *)state->raw.data;
	stream->avail_in = (uInt)state->raw.length;
	do {
		stream->next_out = chunk;
		stream->avail_out = sizeof(chunk);
		deflate(stream, flush);
		aw__buffer_append(&export->out, chunk, sizeof(chunk) - stream->avail_out);
	} while (stream->avail_out == 0);
	export->out.failed = export->out.failed || state->raw.failed;
	aw__buffer_clear(&state->raw);
	aw__write_line(export, "");
}

static void piece(struct aw__export *export, const Pprof__Profile *profile)
{
	struct pprof *state = export->state;

	aw__protobuf_pack(&state->raw, &profile->base);
	if (state->raw.length >= CHUNK || state->raw.failed)
		deflate_some(export, Z_NO_FLUSH);
}

/* The number of a string; the number of "" if there is no room. */
static int64_t string(struct aw__export *export, const char *text)
{
	struct pprof *state = export->state;
	Pprof__Profile profile = PPROF__PROFILE__INIT;
	struct aw__buffer valid = AW__BUFFER_EMPTY;
	uint64_t number;
	char *one;
	bool is_new;

	if (text == NULL)
		return 0;
	aw__text_valid(&valid, text, strlen(text));
	one = (char *)(uintptr_t)aw__buffer_string(&valid);
	number = aw__intern_put(&state->strings, one, valid.length, &is_new);
	if (is_new) {
		profile.n_string_table = 1;
		profile.string_table = &one;
		piece(export, &profile);
	}
	aw__buffer_finish(&valid);
	return number > 0 ? (int64_t)number - 1 : 0;
}

static uint64_t function(struct aw__export *export, int64_t name, int64_t file)
{
	struct pprof *state = export->state;
	Pprof__Profile profile = PPROF__PROFILE__INIT;
	Pprof__Function it = PPROF__FUNCTION__INIT, *one = &it;
	const int64_t key[2] = { name, file };
	bool is_new;

	it.id = aw__intern_put(&state->functions, key, sizeof(key), &is_new);
	it.name = it.system_name = name;
	it.filename = file;
	profile.n_function = 1;
	profile.function = &one;
	if (is_new)
		piece(export, &profile);
	return it.id;
}

/* The number of the mapping that a frame is in; 0: none. */
static uint64_t mapping_of(struct pprof *state, const struct aw__frame *frame)
{
	struct aw__mapped *module =
		frame->address != 0 ? aw__modules_at(&state->modules, frame->address) : NULL;

	if (module == NULL)
		return 0;
	module->has_functions = module->has_functions || frame->function != NULL;
	module->has_files = module->has_files || frame->file != NULL;
	module->has_lines = module->has_lines || frame->line != 0;
	module->has_inlined = module->has_inlined || frame->inlined;
	return (uint64_t)(module - state->modules.items) + 1;
}

static void put_mappings(struct aw__export *export)
{
	struct pprof *state = export->state;

	for (size_t i = 0; i < state->modules.count; i++) {
		const struct aw__mapped *module = &state->modules.items[i];
		Pprof__Profile profile = PPROF__PROFILE__INIT;
		Pprof__Mapping it = PPROF__MAPPING__INIT, *one = &it;

		it.id = i + 1;
		it.memory_start = module->start;
		it.memory_limit = module->end;
		it.filename = string(export, module->path);
		it.build_id = string(export, module->build_id);
		it.has_functions = module->has_functions;
		it.has_filenames = module->has_files;
		it.has_line_numbers = module->has_lines;
		it.has_inline_frames = module->has_inlined;
		profile.n_mapping = 1;
		profile.mapping = &one;
		piece(export, &profile);
	}
}

/* Returns 0 if there is no room. */
static uint64_t location(struct aw__export *export, const struct aw__frame *frame)
{
	struct pprof *state = export->state;
	Pprof__Profile profile = PPROF__PROFILE__INIT;
	Pprof__Location it = PPROF__LOCATION__INIT, *one = &it;
	Pprof__Line line = PPROF__LINE__INIT, *one_line = &line;
	struct aw__buffer name = AW__BUFFER_EMPTY;
	uint64_t key[3];
	bool is_new;

	aw__frame_function(&name, frame);
	line.function_id = function(export, string(export, aw__buffer_string(&name)),
				    string(export, frame->file));
	line.line = frame->line;
	aw__buffer_finish(&name);
	key[0] = line.function_id;
	key[1] = frame->line;
	key[2] = it.address = frame->address;
	it.mapping_id = mapping_of(state, frame);
	it.id = aw__intern_put(&state->locations, key, sizeof(key), &is_new);
	it.n_line = 1;
	it.line = &one_line;
	profile.n_location = 1;
	profile.location = &one;
	if (is_new)
		piece(export, &profile);
	return it.id;
}

static void value_type(struct aw__export *export, const char *type, const char *unit)
{
	Pprof__Profile profile = PPROF__PROFILE__INIT;
	Pprof__ValueType it = PPROF__VALUE_TYPE__INIT, *one = &it;

	it.type = string(export, type);
	it.unit = string(export, unit);
	profile.n_sample_type = 1;
	profile.sample_type = &one;
	piece(export, &profile);
}

static void begin(struct aw__export *export)
{
	struct pprof *state = aw__alloc_must_zeroed(1, sizeof(*state));
	Pprof__Profile profile = PPROF__PROFILE__INIT;

	export->state = state;
	aw__weigh_init(&state->weigh, export);
	state->compressing = deflateInit2(&state->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP,
					  8, Z_DEFAULT_STRATEGY) == Z_OK;
	if (!state->compressing)
		export->error = ENOMEM;
	string(export, "");
	value_type(export, "intervals", "count");
	value_type(export, "running", "nanoseconds");
	value_type(export, "waiting", "nanoseconds");
	value_type(export, "ready", "nanoseconds");
	value_type(export, "alive", "nanoseconds");
	profile.default_sample_type = string(export, "alive");
	piece(export, &profile);
}

static void item(struct aw__export *export, const struct aw__item *it)
{
	struct pprof *state = export->state;

	if (it->kind == AW__ITEM_DEFINITION)
		aw__modules_define(&state->modules, &it->definition);
	if (it->kind != AW__ITEM_EVENT)
		return;
	if (state->first_ns == 0 || it->event.time_ns < state->first_ns)
		state->first_ns = it->event.time_ns;
	aw__weigh_event(&state->weigh, &it->event);
}

static int64_t number(uint64_t value)
{
	return value < MAX_NUMBER ? (int64_t)value : MAX_NUMBER;
}

static void fill_values(const struct aw__weight *weight, int64_t values[VALUES])
{
	static const int column[] = {
		[AW__PHASE_UNKNOWN] = 2,
		[AW__PHASE_RUNNING] = 1,
		[AW__PHASE_WAITING] = 2,
		[AW__PHASE_READY] = 3,
	};

	memset(values, 0, VALUES * sizeof(*values));
	values[0] = number(weight->count);
	values[column[weight->phase]] = values[VALUES - 1] = number(weight->ns);
}

static void sample(struct aw__export *export, const struct aw__weight *weight)
{
	Pprof__Profile profile = PPROF__PROFILE__INIT;
	Pprof__Sample it = PPROF__SAMPLE__INIT, *one = &it;
	Pprof__Label label = PPROF__LABEL__INIT, *one_label = &label;
	uint64_t locations[AW__STITCHED_MOST];
	struct aw__stitched stitched;
	int64_t values[VALUES];

	aw__weight_frames(export, weight, &stitched);
	for (size_t i = 0; i < stitched.count; i++) {
		locations[it.n_location_id] = location(export, &stitched.frames[i]);
		it.n_location_id += locations[it.n_location_id] != 0;
	}
	if (it.n_location_id == 0) {
		const struct aw__frame unknown = { .function = "[unknown]" };

		locations[it.n_location_id++] = location(export, &unknown);
	}
	fill_values(weight, values);
	it.location_id = locations;
	it.n_value = VALUES;
	it.value = values;
	if (weight->phase == AW__PHASE_WAITING) {
		label.key = string(export, "wait");
		label.str = string(export, aw__wait_name(weight->wait_kind));
		it.n_label = 1;
		it.label = &one_label;
	}
	profile.n_sample = 1;
	profile.sample = &one;
	piece(export, &profile);
}

static void when(struct aw__export *export, uint64_t last_ns)
{
	struct pprof *state = export->state;
	Pprof__Profile profile = PPROF__PROFILE__INIT;

	profile.time_nanos = number(aw__model_realtime_ns(export->names, state->first_ns));
	profile.duration_nanos = number(last_ns - state->first_ns);
	piece(export, &profile);
}

static void end(struct aw__export *export)
{
	struct pprof *state = export->state;
	struct aw__weight **weights;
	uint64_t last_ns;
	size_t count;

	weights = aw__weigh_sum(&state->weigh, &count);
	last_ns = state->weigh.follow.last_ns;
	for (size_t i = 0; i < count; i++)
		if (!aw__export_leaves_out(export))
			sample(export, weights[i]);
	put_mappings(export);
	when(export, last_ns);
	deflate_some(export, Z_FINISH);
	if (state->compressing)
		deflateEnd(&state->stream);
	aw__alloc_free(weights);
	aw__weigh_finish(&state->weigh);
	aw__intern_finish(&state->strings);
	aw__intern_finish(&state->functions);
	aw__intern_finish(&state->locations);
	aw__modules_finish(&state->modules);
	aw__buffer_finish(&state->raw);
	aw__alloc_free(state);
}

const struct aw__exporter aw__pprof_exporter = {
	.name = "pprof",
	.description = "where tasks spend their time: for go tool pprof",
	.extension = "pb.gz",
	.begin = begin,
	.item = item,
	.end = end,
};
