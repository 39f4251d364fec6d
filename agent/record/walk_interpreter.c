/* SPDX-License-Identifier: MIT */
/*
 * Reads the frames of an interpreter's thread for the sampler: function, file and line of each. The layout comes from
 * the adapter (struct aw_agent_interpreter); the line table is that of PEP 626 as CPython 3.11 and later store it
 * (Objects/locations.md).
 */
#include "agent/record/walk_interpreter.h"

#include <string.h>

#define MOST_FRAME_BYTES  512u
#define MOST_CODE_BYTES	  1024u
#define MOST_OBJECT_BYTES 256u
#define MOST_HEAD_BYTES	  128u /* of a string or bytes, before what is in it */
#define MOST_VISITED	  512u
#define MOST_LINE_BYTES                                                                            \
	(64u << 10) /* of all tables that one walk reads: the thread may be stopped meanwhile */
#define CHUNK_BYTES	4096u
#define UNIT_BYTES	2u /* of an instruction */
#define REFERENCE_FLAGS UINT64_C(7)

struct walk {
	const struct aw_agent_interpreter *layout;
	aw__read_memory *read;
	uint64_t line_bytes; /* that may still be read */
};

static bool read_all(const struct walk *walk, void *to, uint64_t from, size_t bytes)
{
	return from >= 4096 && walk->read(to, from, bytes) == bytes;
}

static size_t read_some(const struct walk *walk, void *to, uint64_t from, size_t bytes)
{
	return from >= 4096 ? walk->read(to, from, bytes) : 0;
}

static uint64_t word_at(const unsigned char *object, uint64_t offset)
{
	uint64_t word;

	memcpy(&word, object + offset, sizeof(word));
	return word;
}

static uint32_t half_at(const unsigned char *object, uint64_t offset)
{
	uint32_t half;

	memcpy(&half, object + offset, sizeof(half));
	return half;
}

/* ---- strings ---- */

/* One character as UTF-8, in up to six bytes: lone surrogates are escaped, as the adapter does. */
static size_t encode(char *to, uint32_t point)
{
	static const char digits[] = "0123456789abcdef";

	if (point < 0x80 && point != 0) {
		to[0] = (char)point;
		return 1;
	}
	if (point >= 0x80 && point < 0x800) {
		to[0] = (char)(0xc0 | point >> 6);
		to[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point == 0 || (point >= 0xd800 && point < 0xe000)) {
		to[0] = '\\';
		to[1] = 'u';
		for (unsigned i = 0; i < 4; i++)
			to[2 + i] = digits[point >> (12 - 4 * i) & 15];
		return 6;
	}
	if (point < 0x10000) {
		to[0] = (char)(0xe0 | point >> 12);
		to[1] = (char)(0x80 | (point >> 6 & 0x3f));
		to[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | (point >> 18 & 7));
	to[1] = (char)(0x80 | (point >> 12 & 0x3f));
	to[2] = (char)(0x80 | (point >> 6 & 0x3f));
	to[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

static uint32_t character(const unsigned char *at, unsigned bytes)
{
	uint32_t point = at[0];

	if (bytes > 1)
		point |= (uint32_t)at[1] << 8;
	if (bytes == 4)
		point |= (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
	return point < 0x110000 ? point : 0xfffd;
}

/* A text that is being written. */
struct text {
	char *start;
	size_t length, size;
};

/* Append `count` characters of so many bytes each. False: there is no room for all. */
static bool append(struct text *text, const unsigned char *from, size_t count, unsigned bytes)
{
	for (size_t i = 0; i < count; i++) {
		char utf8[6];
		const size_t more = encode(utf8, character(from + i * bytes, bytes));

		if (text->length + more >= text->size)
			return false;
		memcpy(text->start + text->length, utf8, more);
		text->length += more;
	}
	return true;
}

static bool read_characters(const struct walk *walk, uint64_t from, uint64_t count, unsigned bytes,
			    struct text *text)
{
	const uint64_t most = MOST_OBJECT_BYTES / bytes;
	unsigned char chunk[MOST_OBJECT_BYTES];

	for (uint64_t done = 0; done < count && done < text->size;) {
		const size_t some = (size_t)(count - done < most ? count - done : most);

		if (!read_all(walk, chunk, from + done * bytes, some * bytes))
			return false;
		if (!append(text, chunk, some, bytes))
			break;
		done += some;
	}
	return true;
}

/* Most strings take one read: each read is a system call, and the thread may be stopped meanwhile. */
static bool read_string(const struct walk *walk, uint64_t from, char *ret, size_t size)
{
	const struct aw_agent_interpreter *layout = walk->layout;
	struct text text = { ret, 0, size };
	unsigned char object[MOST_OBJECT_BYTES];
	const size_t got = read_some(walk, object, from, sizeof(object));
	uint64_t start, count;
	uint32_t state, bytes;
	bool ascii, right = true;

	ret[0] = '\0';
	if (got < layout->string_ascii ||
	    word_at(object, layout->object_type) != layout->string_type)
		return false;
	state = half_at(object, layout->string_state);
	bytes = state >> layout->state_kind & 7;
	ascii = (state & layout->state_ascii) != 0;
	if ((state & layout->state_compact) == 0 || (bytes != 1 && bytes != 2 && bytes != 4) ||
	    (ascii && bytes != 1))
		return false;
	start = ascii ? layout->string_ascii : layout->string_wide;
	count = word_at(object, layout->string_length);
	if (got >= start && count <= (got - start) / bytes)
		(void)append(&text, object + start, (size_t)count, bytes);
	else
		right = read_characters(walk, from + start, count, bytes, &text);
	ret[text.length] = '\0';
	return right;
}

/* ---- line tables ---- */

struct table {
	struct walk *walk;
	uint64_t at, left; /* what was not read yet */
	unsigned char chunk[CHUNK_BYTES];
	size_t next, end;
};

/* The most that the next chunk may have. */
static size_t chunk_bytes(const struct table *table, uint64_t wanted)
{
	const uint64_t left = table->walk->line_bytes;
	const uint64_t most = left < CHUNK_BYTES ? left : CHUNK_BYTES;

	return (size_t)(wanted < most ? wanted : most);
}

/* The next byte, without taking it; negative: there is none. */
static int peek(struct table *table)
{
	if (table->next == table->end) {
		const size_t some = chunk_bytes(table, table->left);

		if (some == 0 || !read_all(table->walk, table->chunk, table->at, some))
			return -1;
		table->walk->line_bytes -= some;
		table->at += some;
		table->left -= some;
		table->next = 0;
		table->end = some;
	}
	return table->chunk[table->next];
}

/* Six bits a byte, the lowest first; the lowest bit of all is the sign. */
static int64_t signed_number(struct table *table)
{
	uint64_t number = 0;
	int byte;

	for (unsigned shift = 0; (byte = peek(table)) >= 0 && byte < 0x80; shift += 6) {
		table->next++;
		if (shift < 60)
			number |= (uint64_t)(byte & 0x3f) << shift;
		if ((byte & 0x40) == 0)
			break;
	}
	return (number & 1) != 0 ? -(int64_t)(number >> 1) : (int64_t)(number >> 1);
}

/* By how much an entry moves the line. */
static int64_t line_step(struct table *table, unsigned kind)
{
	if (kind == 13 || kind == 14)
		return signed_number(table);
	return kind >= 10 && kind <= 12 ? (int64_t)kind - 10 : 0;
}

static uint32_t find_line(struct table *table, int64_t line, uint64_t offset)
{
	uint64_t end = 0;
	int first;

	while ((first = peek(table)) >= 0x80) {
		const unsigned kind = (unsigned)first >> 3 & 15;

		table->next++;
		line += line_step(table, kind);
		end += ((uint64_t)(first & 7) + 1) * UNIT_BYTES;
		if (line < 0 || line > INT32_MAX)
			return 0;
		if (offset < end)
			return kind != 15 ? (uint32_t)line : 0;
		/* only an entry's first byte has its highest bit set */
		while ((first = peek(table)) >= 0 && first < 0x80)
			table->next++;
	}
	return 0;
}

static uint32_t line_at(struct walk *walk, uint64_t table_at, uint32_t first_line, int64_t offset)
{
	const struct aw_agent_interpreter *layout = walk->layout;
	struct table table = { .walk = walk, .next = (size_t)layout->bytes_data };
	size_t got;

	if (first_line > INT32_MAX)
		return 0;
	if (offset < 0)
		return first_line;
	got = read_some(walk, table.chunk, table_at, MOST_OBJECT_BYTES);
	if (got < layout->bytes_data ||
	    word_at(table.chunk, layout->object_type) != layout->bytes_type)
		return 0;
	table.left = word_at(table.chunk, layout->bytes_length);
	table.end = table.left < got - table.next ? table.next + (size_t)table.left : got;
	table.left -= table.end - table.next;
	table.at = table_at + table.end;
	return find_line(&table, first_line, (uint64_t)offset);
}

/* ---- frames ---- */

static bool has(uint64_t offset, uint64_t bytes, uint64_t within)
{
	return offset <= within && bytes <= within - offset;
}

/* The layout comes through shared memory: it is checked before any of it is used. */
static bool is_sane(const struct aw_agent_interpreter *layout)
{
	const uint64_t frame = layout->frame_bytes, code = layout->code_instructions;

	return frame <= MOST_FRAME_BYTES && code <= MOST_CODE_BYTES &&
	       layout->string_ascii <= MOST_HEAD_BYTES && layout->string_wide <= MOST_HEAD_BYTES &&
	       layout->bytes_data <= MOST_HEAD_BYTES && layout->state_kind < 30 &&
	       has(layout->frame_code, 8, frame) && has(layout->frame_previous, 8, frame) &&
	       has(layout->frame_instruction, 8, frame) && has(layout->frame_owner, 1, frame) &&
	       (layout->frame_entry == AW_AGENT_NOWHERE || has(layout->frame_entry, 1, frame)) &&
	       has(layout->object_type, 8, code) && has(layout->code_name, 8, code) &&
	       has(layout->code_file, 8, code) && has(layout->code_lines, 8, code) &&
	       has(layout->code_line, 4, code) && has(layout->code_first, 4, code) &&
	       has(layout->object_type, 8, layout->string_ascii) &&
	       has(layout->string_length, 8, layout->string_ascii) &&
	       has(layout->string_state, 4, layout->string_ascii) &&
	       has(layout->object_type, 8, layout->bytes_data) &&
	       has(layout->bytes_length, 8, layout->bytes_data);
}

static bool innermost(const struct walk *walk, uint64_t state, uint64_t *ret)
{
	const struct aw_agent_interpreter *layout = walk->layout;

	if (layout->state_holder != AW_AGENT_NOWHERE &&
	    !read_all(walk, &state, state + layout->state_holder, sizeof(state)))
		return false;
	return read_all(walk, ret, state + layout->holder_frame, sizeof(*ret));
}

enum named { NAMED, NOT_BEGUN, NO_CODE, UNREADABLE };

/* The function, file and line that a frame runs. */
static enum named name_frame(struct walk *walk, const unsigned char *frame,
			     struct aw__interpreted_frame *ret)
{
	const struct aw_agent_interpreter *layout = walk->layout;
	const uint64_t at = word_at(frame, layout->frame_code) & ~REFERENCE_FLAGS;
	unsigned char code[MOST_CODE_BYTES];
	int64_t offset;

	if (!read_all(walk, code, at, (size_t)layout->code_instructions))
		return UNREADABLE;
	if (word_at(code, layout->object_type) != layout->code_type)
		return NO_CODE;
	offset = (int64_t)(word_at(frame, layout->frame_instruction) - at -
			   layout->code_instructions);
	if (frame[layout->frame_owner] != layout->owner_generator &&
	    offset < (int64_t)half_at(code, layout->code_first) * (int64_t)UNIT_BYTES)
		return NOT_BEGUN;
	if (!read_string(walk, word_at(code, layout->code_name), ret->function,
			 sizeof(ret->function)) ||
	    !read_string(walk, word_at(code, layout->code_file), ret->file, sizeof(ret->file)))
		return UNREADABLE;
	ret->line = line_at(walk, word_at(code, layout->code_lines),
			    half_at(code, layout->code_line), offset);
	return NAMED;
}

/* True: not a frame of code, but a mark where one call of the interpreter's evaluation function ends. */
static bool is_boundary(const struct aw_agent_interpreter *layout, const unsigned char *frame)
{
	return layout->frame_entry == AW_AGENT_NOWHERE &&
	       frame[layout->frame_owner] >= layout->owner_native;
}

static void end_run(const struct aw_agent_interpreter *layout, const unsigned char *frame,
		    struct aw__interpreted *ret)
{
	if (ret->count > 0 &&
	    (is_boundary(layout, frame) ||
	     (layout->frame_entry != AW_AGENT_NOWHERE && frame[layout->frame_entry] != 0)))
		ret->frames[ret->count - 1].outermost = true;
}

void aw__walk_interpreter(const struct aw_agent_interpreter *layout, uint64_t state,
			  aw__read_memory *read, struct aw__interpreted *ret)
{
	struct walk walk = { layout, read, MOST_LINE_BYTES };
	unsigned char frame[MOST_FRAME_BYTES];
	unsigned visited = 0;
	uint64_t at = 0;

	memset(ret, 0, sizeof(*ret)); /* so that two can be compared */
	ret->broken = !is_sane(layout) || !innermost(&walk, state, &at);
	for (; !ret->broken && at != 0; at = word_at(frame, layout->frame_previous)) {
		enum named named = NO_CODE;

		ret->cut = ret->count == AW__INTERPRETED_FRAMES;
		if (ret->cut)
			return;
		if (++visited > MOST_VISITED ||
		    !read_all(&walk, frame, at, (size_t)layout->frame_bytes)) {
			ret->broken = true;
			return;
		}
		if (!is_boundary(layout, frame))
			named = name_frame(&walk, frame, &ret->frames[ret->count]);
		ret->count += named == NAMED;
		ret->broken = named == UNREADABLE;
		end_run(layout, frame, ret);
	}
}
