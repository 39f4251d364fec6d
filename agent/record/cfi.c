/* SPDX-License-Identifier: MIT */
/*
 * Reads the call frame information of a module, for walk.c and walk_copy.c: .eh_frame_hdr has a sorted table of functions, each
 * with its FDE; the FDE names a CIE; the instructions of both, up to the address, make one row of a table with a column for each
 * register. Three of them are computed: the caller's stack pointer (CFA), the frame pointer and the return address. Formats: the
 * LSB Core specification, 10.6, and DWARF 5, 6.4.
 */
#include "agent/record/cfi.h"

#include <stddef.h>
#include <string.h>

#define FP 6u /* the numbers that DWARF gives to x86-64's registers */
#define SP 7u
#define RA 16u

#define WORD_BYTES  8
#define MOST_OFFSET (1 << 20)
#define MOST_STATES 8u

#define PCREL_SDATA4   0x1bu
#define DATAREL_SDATA4 0x3bu
#define UDATA4	       0x03u
#define HEADER_BYTES   12u
#define ROW_BYTES      8u

struct reader {
	const unsigned char *at;
	const unsigned char *end;
	bool bad;
};

static uint64_t read_bytes(struct reader *reader, size_t count)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < count) {
		reader->bad = true;
		return 0;
	}
	memcpy(&value, reader->at, count);
	reader->at += count;
	return value;
}

static void skip(struct reader *reader, uint64_t count)
{
	if ((uint64_t)(reader->end - reader->at) < count) {
		reader->bad = true;
		count = 0;
	}
	reader->at += count;
}

/* Seven bits a byte, the lowest first; `ret_rest`: the bits above them, if the number is negative. */
static uint64_t read_leb(struct reader *reader, uint64_t *ret_rest)
{
	uint64_t value = 0, byte;
	unsigned shift = 0;

	do {
		byte = read_bytes(reader, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	*ret_rest = shift < 64 && (byte & 0x40) != 0 ? ~UINT64_C(0) << shift : 0;
	return value;
}

static uint64_t read_uleb(struct reader *reader)
{
	uint64_t rest;

	return read_leb(reader, &rest);
}

static int64_t read_sleb(struct reader *reader)
{
	uint64_t rest, value = read_leb(reader, &rest);

	return (int64_t)(value | rest);
}

/* ---- finding the function ---- */

struct cie {
	struct reader code;
	uint64_t code_align;
	int64_t data_align;
	bool has_augmentation_data;
};

/* The content of the record at `at`, after its length. */
static bool open_record(const struct aw__cfi_image *image, const unsigned char *at,
			struct reader *ret)
{
	uint64_t length;

	*ret = (struct reader){ at, image->end, at < image->start || at > image->end };
	length = ret->bad ? 0 : read_bytes(ret, 4);
	if (ret->bad || length == 0 || length >= 0xfffffff0u ||
	    length > (uint64_t)(ret->end - ret->at))
		return false;
	ret->end = ret->at + length;
	return true;
}

static void skip_pointer(struct reader *reader, unsigned encoding)
{
	static const unsigned char bytes[16] = {
		[0] = 8, [2] = 2, [3] = 4, [4] = 8, [10] = 2, [11] = 4, [12] = 8
	};
	const unsigned size = bytes[encoding & 15];

	if (size == 0 || (encoding & 0x70) == 0x50)
		reader->bad = true;
	skip(reader, size);
}

/* False: the format of this CIE's functions is not supported. A signal frame's is not. */
static bool read_augmentation(struct reader *cie, const char *letters, struct cie *ret)
{
	unsigned encoding = 0;
	uint64_t length;

	ret->has_augmentation_data = letters[0] == 'z';
	if (!ret->has_augmentation_data)
		return false;
	length = read_uleb(cie);
	if (cie->bad || length > (uint64_t)(cie->end - cie->at))
		return false;
	ret->code = (struct reader){ cie->at + length, cie->end, false };
	for (const char *letter = letters + 1; *letter != '\0'; letter++) {
		if (*letter == 'R')
			encoding = (unsigned)read_bytes(cie, 1);
		else if (*letter == 'P')
			skip_pointer(cie, (unsigned)read_bytes(cie, 1));
		else if (*letter == 'L')
			skip(cie, 1);
		else
			return false;
	}
	return !cie->bad && encoding == PCREL_SDATA4;
}

static bool read_cie(const struct aw__cfi_image *image, const unsigned char *at, struct cie *ret)
{
	struct reader cie;
	const char *letters;
	const unsigned char *zero;
	uint64_t version, ra;

	if (!open_record(image, at, &cie) || read_bytes(&cie, 4) != 0)
		return false;
	version = read_bytes(&cie, 1);
	zero = memchr(cie.at, 0, (size_t)(cie.end - cie.at));
	if (zero == NULL || (version != 1 && version != 3))
		return false;
	letters = (const char *)cie.at;
	cie.at = zero + 1;
	ret->code_align = read_uleb(&cie);
	ret->data_align = read_sleb(&cie);
	ra = version == 1 ? read_bytes(&cie, 1) : read_uleb(&cie);
	return ra == RA && !cie.bad && read_augmentation(&cie, letters, ret);
}

static int64_t read_sdata4(struct reader *reader)
{
	return (int32_t)(uint32_t)read_bytes(reader, 4);
}

static int64_t table_value(const unsigned char *at)
{
	int32_t value;

	memcpy(&value, at, 4);
	return value;
}

/* The FDE of the last function that begins at or before pc; NULL: there is none, or the table's format is not supported. */
static const unsigned char *search(const struct aw__cfi_image *image, uint64_t pc)
{
	const unsigned char *header = image->header, *table = header + HEADER_BYTES;
	const int64_t wanted = (int64_t)(pc - (uint64_t)(uintptr_t)header);
	uint32_t low = 0, high;
	int64_t fde;

	if (header < image->start || image->end - header < (ptrdiff_t)HEADER_BYTES)
		return NULL;
	if (header[0] != 1 || header[1] != PCREL_SDATA4 || header[2] != UDATA4 ||
	    header[3] != DATAREL_SDATA4)
		return NULL;
	memcpy(&high, header + 8, 4);
	if (high > (uint64_t)(image->end - table) / ROW_BYTES)
		return NULL;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (table_value(table + (size_t)middle * ROW_BYTES) <= wanted)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	fde = table_value(table + (size_t)(low - 1) * ROW_BYTES + 4);
	if (fde < image->start - header || fde > image->end - header)
		return NULL;
	return header + fde;
}

/* ---- the row of one address ---- */

enum saved { SAME, SAVED, UNDEFINED, ELSEWHERE };

struct column {
	enum saved saved;
	int64_t offset; /* SAVED: from the CFA */
};

struct row {
	uint64_t cfa_register;
	int64_t cfa_offset;
	bool cfa_known;
	struct column fp;
	struct column ra;
	int64_t lowest; /* of all registers that are saved */
};

struct machine {
	struct row row;
	struct row initial; /* after the CIE's instructions, for CFA_RESTORE */
	struct row states[MOST_STATES];
	unsigned state_count;
	uint64_t location;
	uint64_t pc;
	const struct cie *cie;
};

static void set(struct machine *machine, uint64_t number, enum saved saved, int64_t offset)
{
	if (saved == SAVED && offset < machine->row.lowest)
		machine->row.lowest = offset;
	if (number == FP)
		machine->row.fp = (struct column){ saved, offset };
	else if (number == RA)
		machine->row.ra = (struct column){ saved, offset };
}

static void restore(struct machine *machine, uint64_t number)
{
	if (number == FP)
		machine->row.fp = machine->initial.fp;
	else if (number == RA)
		machine->row.ra = machine->initial.ra;
}

static void set_cfa(struct machine *machine, uint64_t number, int64_t offset)
{
	machine->row.cfa_register = number;
	machine->row.cfa_offset = offset;
	machine->row.cfa_known = true;
}

/* False: the row ends before the new location. */
static bool advance(struct machine *machine, uint64_t delta)
{
	delta *= machine->cie->code_align;
	if (machine->pc - machine->location < delta)
		return false;
	machine->location += delta;
	return true;
}

enum {
	CFA_ADVANCE = 0x40, /* in the upper two bits */
	CFA_OFFSET = 0x80,
	CFA_RESTORE = 0xc0,
	CFA_NOP = 0x00,
	CFA_ADVANCE1 = 0x02,
	CFA_ADVANCE2 = 0x03,
	CFA_ADVANCE4 = 0x04,
	CFA_OFFSET_EXTENDED = 0x05,
	CFA_RESTORE_EXTENDED = 0x06,
	CFA_UNDEFINED = 0x07,
	CFA_SAME_VALUE = 0x08,
	CFA_REGISTER = 0x09,
	CFA_REMEMBER_STATE = 0x0a,
	CFA_RESTORE_STATE = 0x0b,
	CFA_DEF_CFA = 0x0c,
	CFA_DEF_CFA_REGISTER = 0x0d,
	CFA_DEF_CFA_OFFSET = 0x0e,
	CFA_DEF_CFA_EXPRESSION = 0x0f,
	CFA_EXPRESSION = 0x10,
	CFA_OFFSET_EXTENDED_SF = 0x11,
	CFA_DEF_CFA_SF = 0x12,
	CFA_DEF_CFA_OFFSET_SF = 0x13,
	CFA_VAL_OFFSET = 0x14,
	CFA_VAL_OFFSET_SF = 0x15,
	CFA_VAL_EXPRESSION = 0x16,
	CFA_GNU_ARGS_SIZE = 0x2e,
};

/* Instructions that say where registers are saved. False: it is none of these. */
static bool step_register(struct machine *machine, struct reader *code, uint64_t op)
{
	const int64_t align = machine->cie->data_align;
	uint64_t number;

	switch (op) {
	case CFA_OFFSET_EXTENDED:
		number = read_uleb(code);
		set(machine, number, SAVED, (int64_t)read_uleb(code) * align);
		return true;
	case CFA_OFFSET_EXTENDED_SF:
		number = read_uleb(code);
		set(machine, number, SAVED, read_sleb(code) * align);
		return true;
	case CFA_RESTORE_EXTENDED:
		restore(machine, read_uleb(code));
		return true;
	case CFA_UNDEFINED:
		set(machine, read_uleb(code), UNDEFINED, 0);
		return true;
	case CFA_SAME_VALUE:
		set(machine, read_uleb(code), SAME, 0);
		return true;
	case CFA_REGISTER:
	case CFA_VAL_OFFSET:
		set(machine, read_uleb(code), ELSEWHERE, 0);
		read_uleb(code);
		return true;
	case CFA_VAL_OFFSET_SF:
		set(machine, read_uleb(code), ELSEWHERE, 0);
		read_sleb(code);
		return true;
	case CFA_EXPRESSION:
	case CFA_VAL_EXPRESSION:
		set(machine, read_uleb(code), ELSEWHERE, 0);
		skip(code, read_uleb(code));
		return true;
	default:
		return false;
	}
}

/* Instructions that define the caller's stack pointer. False: it is none of these. */
static bool step_cfa(struct machine *machine, struct reader *code, uint64_t op)
{
	const int64_t align = machine->cie->data_align;
	uint64_t number;

	switch (op) {
	case CFA_DEF_CFA:
		number = read_uleb(code);
		set_cfa(machine, number, (int64_t)read_uleb(code));
		return true;
	case CFA_DEF_CFA_SF:
		number = read_uleb(code);
		set_cfa(machine, number, read_sleb(code) * align);
		return true;
	case CFA_DEF_CFA_REGISTER:
		machine->row.cfa_register = read_uleb(code);
		return true;
	case CFA_DEF_CFA_OFFSET:
		machine->row.cfa_offset = (int64_t)read_uleb(code);
		return true;
	case CFA_DEF_CFA_OFFSET_SF:
		machine->row.cfa_offset = read_sleb(code) * align;
		return true;
	case CFA_DEF_CFA_EXPRESSION:
		machine->row.cfa_known = false;
		skip(code, read_uleb(code));
		return true;
	default:
		return false;
	}
}

static bool step_state(struct machine *machine, struct reader *code, uint64_t op)
{
	switch (op) {
	case CFA_NOP:
		return true;
	case CFA_GNU_ARGS_SIZE:
		read_uleb(code);
		return true;
	case CFA_REMEMBER_STATE:
		if (machine->state_count == MOST_STATES)
			return false;
		machine->states[machine->state_count++] = machine->row;
		return true;
	case CFA_RESTORE_STATE:
		if (machine->state_count == 0)
			return false;
		machine->row = machine->states[--machine->state_count];
		return true;
	default:
		return false;
	}
}

/* False: an instruction is not supported. */
static bool run(struct machine *machine, struct reader code)
{
	while (code.at < code.end) {
		const uint64_t op = read_bytes(&code, 1), low = op & 0x3f;
		const bool goes_on = op <= CFA_ADVANCE4 && op >= CFA_ADVANCE1;

		if (goes_on || (op & 0xc0) == CFA_ADVANCE) {
			const uint64_t delta =
				goes_on ? read_bytes(&code, (size_t)1 << (op - CFA_ADVANCE1)) : low;

			if (!advance(machine, delta))
				break;
		} else if ((op & 0xc0) == CFA_OFFSET) {
			set(machine, low, SAVED,
			    (int64_t)read_uleb(&code) * machine->cie->data_align);
		} else if ((op & 0xc0) == CFA_RESTORE) {
			restore(machine, low);
		} else if (!step_register(machine, &code, op) && !step_cfa(machine, &code, op) &&
			   !step_state(machine, &code, op)) {
			return false;
		}
		if (code.bad)
			return false;
	}
	return true;
}

static struct aw__frame_rule rule_of(const struct row *row)
{
	struct aw__frame_rule rule = { .how = AW__FRAME_UNKNOWN };

	if (row->ra.saved == UNDEFINED) {
		rule.how = AW__FRAME_END;
		return rule;
	}
	if (!row->cfa_known || row->ra.saved != SAVED || row->ra.offset != -WORD_BYTES ||
	    (row->fp.saved != SAME && row->fp.saved != SAVED) || row->cfa_offset > MOST_OFFSET ||
	    row->cfa_offset < -MOST_OFFSET || row->fp.offset > 0 || row->fp.offset < -MOST_OFFSET ||
	    row->cfa_offset % WORD_BYTES != 0 || row->fp.offset % WORD_BYTES != 0)
		return rule;
	rule.cfa_offset = (int32_t)row->cfa_offset;
	rule.fp_saved = row->fp.saved == SAVED;
	rule.fp_offset = (int32_t)row->fp.offset;
	rule.lowest_offset = (int32_t)(row->lowest > -MOST_OFFSET ? row->lowest : -MOST_OFFSET);
	if (row->cfa_register == SP)
		rule.how = AW__FRAME_BY_SP;
	else if (row->cfa_register == FP)
		rule.how = AW__FRAME_BY_FP;
	return rule;
}

/* The FDE of the function at `pc`: its CIE, where the function begins, and its instructions. */
static bool read_fde(const struct aw__cfi_image *image, uint64_t pc, struct cie *ret_cie,
		     uint64_t *ret_start, struct reader *ret_code)
{
	const unsigned char *at = search(image, pc), *field;
	uint64_t range, distance;
	struct reader fde;

	if (at == NULL || !open_record(image, at, &fde))
		return false;
	field = fde.at;
	distance = read_bytes(&fde, 4);
	if (distance > (uint64_t)(field - image->start) ||
	    !read_cie(image, field - distance, ret_cie))
		return false;
	field = fde.at;
	*ret_start = (uint64_t)(uintptr_t)field + (uint64_t)read_sdata4(&fde);
	range = read_bytes(&fde, 4);
	if (fde.bad || pc - *ret_start >= range)
		return false;
	skip(&fde, read_uleb(&fde));
	*ret_code = fde;
	return !fde.bad;
}

/* A return address is behind the call, which may be its function's last instruction: so the address before it is looked up. */

struct aw__frame_rule aw__cfi_rule(const struct aw__cfi_image *image, uint64_t address)
{
	static const struct aw__frame_rule unknown = { .how = AW__FRAME_UNKNOWN };
	struct machine machine = { .pc = address - 1 };
	struct reader code;
	struct cie cie;

	if (!read_fde(image, machine.pc, &cie, &machine.location, &code))
		return unknown;
	machine.cie = &cie;
	if (!run(&machine, cie.code))
		return unknown;
	machine.initial = machine.row;
	if (!run(&machine, code))
		return unknown;
	return rule_of(&machine.row);
}

uint64_t aw__cfi_function(const struct aw__cfi_image *image, uint64_t address)
{
	struct reader code;
	struct cie cie;
	uint64_t start;

	return read_fde(image, address - 1, &cie, &start, &code) ? start : 0;
}
