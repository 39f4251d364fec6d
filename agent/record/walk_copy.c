/* SPDX-License-Identifier: MIT */
/*
 * Walks a copy of another thread's stack, for the sampler. The rules are those of cfi.c. Code that may be unloaded is copied
 * before it is read.
 *
 * A function that was compiled without optimization finds its frame by the frame pointer alone, which the kernel does not
 * give for a thread in a system call. The function's first instructions say how far above the stack pointer it is. All of this
 * must be true of that address: a frame pointer and a return address are stored there; the return address is behind a call,
 * and if the call names its target, this is the function; and by the rules the stack continues from there, return address by
 * return address, to the beginning of a stack. If there is no such address, or more than one, the walk ends here, and reports
 * that outer frames are missing.
 */
#include "agent/record/walk_copy.h"

#include "agent/record/cfi.h"
#include "agent/record/resident.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__x86_64__) && defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)

#define WORD_BYTES     8u
#define MOST_COPIES    4u
#define LARGEST_IMAGE  (UINT64_C(64) << 20)
#define LONGEST_FRAME  (UINT64_C(1) << 20)
#define LONGEST_SCAN   2048u /* words */
#define MOST_PUSHED    16u   /* words of arguments that a call may have pushed */
#define LONGEST_CHAIN  256u
#define MOST_ARGUMENTS 2u /* … if it is not known whether it has */
#define PAGE_BYTES     4096u
#define PROLOGUE_BYTES 96u

/* The copy of a module that may be unloaded. */
struct image_copy {
	const void *start;
	unsigned char *copy;
	size_t bytes;
};

struct walker {
	struct aw__stack_copy stack;
	struct image_copy copies[MOST_COPIES];
	unsigned copy_count;
};

/* Where the code at an address can be read. */
struct code {
	struct aw__cfi_image image;
	uint64_t delta; /* what to add to an address to find it in the image */
};

/* ---- code ---- */

static bool copy_image(struct walker *walker, const struct dl_find_object *found,
		       struct image_copy *ret)
{
	const uint64_t start = (uint64_t)(uintptr_t)found->dlfo_map_start;
	const size_t bytes = (size_t)((uint64_t)(uintptr_t)found->dlfo_map_end - start);
	unsigned char *copy;

	if (walker->copy_count == MOST_COPIES || bytes == 0 || bytes > LARGEST_IMAGE)
		return false;
	copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (copy == MAP_FAILED)
		return false;
	/* there may be gaps between its segments */
	for (size_t done = 0; done < bytes; done += PAGE_BYTES)
		done += aw__copy_memory(copy + done, start + done, bytes - done) / PAGE_BYTES *
			PAGE_BYTES;
	*ret = walker->copies[walker->copy_count++] =
		(struct image_copy){ found->dlfo_map_start, copy, bytes };
	return true;
}

static bool image_of(struct walker *walker, const struct dl_find_object *found,
		     struct image_copy *ret)
{
	for (unsigned i = 0; i < walker->copy_count; i++) {
		if (walker->copies[i].start == found->dlfo_map_start) {
			*ret = walker->copies[i];
			return true;
		}
	}
	return copy_image(walker, found, ret);
}

static bool find_code(struct walker *walker, uint64_t address, struct code *ret)
{
	struct dl_find_object found;
	struct image_copy copy;

	if (_dl_find_object((void *)(uintptr_t)address, &found) != 0 || found.dlfo_eh_frame == NULL)
		return false;
	*ret = (struct code){ { found.dlfo_map_start, found.dlfo_map_end, found.dlfo_eh_frame },
			      0 };
	if (aw__resident(found.dlfo_map_start))
		return true;
	if (!image_of(walker, &found, &copy))
		return false;
	ret->delta = (uint64_t)(uintptr_t)copy.copy - (uint64_t)(uintptr_t)copy.start;
	ret->image.start = copy.copy;
	ret->image.end = copy.copy + copy.bytes;
	ret->image.header += ret->delta;
	return true;
}

/* The rule of a frame that a call returns to at `address`; false: there is no code of a module. */
static bool rule_at(struct walker *walker, uint64_t address, struct aw__frame_rule *ret)
{
	struct code code;

	if (!find_code(walker, address - 1, &code))
		return false;
	*ret = aw__cfi_rule(&code.image, address + code.delta);
	return true;
}

/* ---- instructions ---- */

/* `bytes` bytes of code from `address` on; NULL: they are not all in one module. */
static const unsigned char *read_code(struct walker *walker, uint64_t address, size_t bytes)
{
	struct code code;
	const unsigned char *at;

	if (!find_code(walker, address, &code))
		return NULL;
	at = (const unsigned char *)(uintptr_t)(address + code.delta);
	return at >= code.image.start && (size_t)(code.image.end - at) >= bytes ? at : NULL;
}

enum match { NOT_A_CALL, SOME_CALL, CALL_OF_IT };

/* A jump through memory, as in a procedure linkage table. */
static bool is_stub(struct walker *walker, uint64_t address)
{
	const unsigned char *code = read_code(walker, address, 16);

	if (code == NULL)
		return false;
	if (memcmp(code, "\xf3\x0f\x1e\xfa", 4) == 0)
		code += 4;
	if (*code == 0xf2)
		code++;
	return code[0] == 0xff && code[1] == 0x25;
}

/* Whether there is a call before an address, and whether it calls `function`; 0: any function. */
static enum match match_call(struct walker *walker, uint64_t address, uint64_t function)
{
	const unsigned char *code = read_code(walker, address - 8, 8);
	int32_t distance;

	if (code == NULL)
		return NOT_A_CALL;
	if (code[3] == 0xe8) {
		memcpy(&distance, code + 4, 4);
		if (function == 0 || address + (uint64_t)(int64_t)distance == function)
			return CALL_OF_IT;
		if (is_stub(walker, address + (uint64_t)(int64_t)distance))
			return SOME_CALL;
	}
	/* through a register or memory: ff /2, of two to seven bytes */
	for (unsigned i = 1; i <= 6; i++)
		if (code[i] == 0xff && (code[i + 1] >> 3 & 7) == 2)
			return SOME_CALL;
	return NOT_A_CALL;
}

/*
 * How far below the frame pointer the stack pointer is once a function has made its frame: "push %rbp; mov %rsp, %rbp",
 * registers, "sub $N, %rsp", and nothing in between. False: it begins otherwise.
 */
static bool read_prologue(const unsigned char *code, uint64_t *ret_bytes)
{
	const unsigned char *const end = code + PROLOGUE_BYTES;
	uint64_t bytes = 0;
	bool made_room = false;
	uint32_t size;

	if (memcmp(code, "\xf3\x0f\x1e\xfa", 4) == 0)
		code += 4;
	if (memcmp(code, "\x55\x48\x89\xe5", 4) != 0)
		return false;
	for (code += 4; code < end;) {
		if ((code[0] & 0xf8) == 0x50) {
			bytes += WORD_BYTES;
			code += 1;
		} else if (code[0] == 0x41 && (code[1] & 0xf8) == 0x50) {
			bytes += WORD_BYTES;
			code += 2;
		} else if (memcmp(code, "\x48\x83\xec", 3) == 0 && code[3] < 0x80) {
			bytes += code[3];
			made_room = true;
			code += 4;
		} else if (memcmp(code, "\x48\x81\xec", 3) == 0) {
			memcpy(&size, code + 3, 4);
			bytes += size;
			made_room = true;
			code += 7;
		} else if (code[0] == 0x6a || code[0] == 0x68) {
			bytes += WORD_BYTES; /* an argument, if the first call has so many */
			code += code[0] == 0x6a ? 2 : 5;
		} else if (memcmp(code, "\x48\x83\x0c\x24\x00", 5) == 0) {
			code += 5; /* "orq $0, (%rsp)": touches the new stack memory */
		} else {
			break;
		}
	}
	*ret_bytes = bytes;
	return made_room && bytes < LONGEST_FRAME;
}

/* ---- the stack ---- */

static bool read_word(const struct walker *walker, uint64_t address, uint64_t *ret)
{
	const uint64_t index = (address - walker->stack.base) / WORD_BYTES;

	if (address < walker->stack.base || address % WORD_BYTES != 0 ||
	    index >= walker->stack.count)
		return false;
	*ret = walker->stack.words[index];
	return true;
}

struct frame {
	uint64_t address; /* that a call returns to */
	uint64_t sp;
	uint64_t fp;
	bool fp_known;
};

enum step { WENT_ON, BEGINNING, NO_FRAME_POINTER, NO_RULE, WRONG };

/* From a frame to its caller's. */
static enum step step(struct walker *walker, struct frame *frame)
{
	struct aw__frame_rule rule;
	uint64_t cfa;

	if (!rule_at(walker, frame->address, &rule))
		return WRONG;
	if (rule.how == AW__FRAME_END)
		return BEGINNING;
	if (rule.how == AW__FRAME_UNKNOWN)
		return NO_RULE;
	if (rule.how == AW__FRAME_BY_FP && !frame->fp_known)
		return NO_FRAME_POINTER;
	cfa = (rule.how == AW__FRAME_BY_FP ? frame->fp : frame->sp) +
	      (uint64_t)(int64_t)rule.cfa_offset;
	if (cfa - frame->sp - 1 >= LONGEST_FRAME)
		return WRONG;
	if (rule.fp_saved) {
		if (!read_word(walker, cfa + (uint64_t)(int64_t)rule.fp_offset, &frame->fp))
			return WRONG;
		frame->fp_known = true;
	}
	if (!read_word(walker, cfa - WORD_BYTES, &frame->address))
		return WRONG;
	frame->sp = cfa;
	return frame->address != 0 ? WENT_ON : BEGINNING;
}

static bool is_beginning(struct walker *walker, uint64_t address)
{
	struct aw__frame_rule rule;

	return rule_at(walker, address, &rule) && rule.how == AW__FRAME_END;
}

/* Whether the stack leads from this frame to a stack's beginning, and each return address is behind a call. */
static bool leads_on(struct walker *walker, struct frame frame)
{
	for (unsigned i = 0; i < LONGEST_CHAIN; i++) {
		if (step(walker, &frame) != WENT_ON)
			return false;
		if (is_beginning(walker, frame.address))
			return true;
		if (match_call(walker, frame.address, 0) == NOT_A_CALL)
			return false;
	}
	return false;
}

/* Whether `fp` may be the frame pointer of the function at `function`. */
static enum match try_pointer(struct walker *walker, uint64_t fp, uint64_t function)
{
	struct frame caller = { .sp = fp + 2 * WORD_BYTES, .fp_known = true };
	enum match match;

	if (!read_word(walker, fp, &caller.fp) ||
	    !read_word(walker, fp + WORD_BYTES, &caller.address) || caller.address < PAGE_BYTES)
		return NOT_A_CALL;
	match = match_call(walker, caller.address, function);
	if (match == NOT_A_CALL && is_beginning(walker, caller.address))
		return SOME_CALL;
	return match != NOT_A_CALL && leads_on(walker, caller) ? match : NOT_A_CALL;
}

/* The only one of `count` words from `first` on that may be the frame pointer; 0: none may be, or several. */
static uint64_t only_pointer(struct walker *walker, uint64_t first, size_t count, uint64_t function,
			     enum match wanted)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++) {
		const uint64_t fp = first + i * WORD_BYTES;

		if (try_pointer(walker, fp, function) < wanted)
			continue;
		if (found != 0)
			return 0;
		found = fp;
	}
	return found;
}

/* Try `sp`, and some words above it: a call may have pushed arguments. `found`: the address found so far; 1: more than one. */
static uint64_t try_room(struct walker *walker, uint64_t sp, uint64_t function, uint64_t found)
{
	for (unsigned i = 0; i <= MOST_ARGUMENTS; i++, sp += WORD_BYTES) {
		if (sp == found || try_pointer(walker, sp, function) == NOT_A_CALL)
			continue;
		found = found == 0 ? sp : 1;
	}
	return found;
}

/*
 * Optimized code makes room for a frame between other instructions: by "sub $N, %rsp", after it has pushed registers, of which
 * the rules give the last. Each instruction that looks like this is tried, and also that there is none.
 */
static uint64_t try_rooms(struct walker *walker, const unsigned char *code, size_t code_bytes,
			  uint64_t sp, uint64_t function)
{
	uint64_t found = try_room(walker, sp, function, 0);

	for (size_t i = 0; i < code_bytes; i++) {
		uint32_t room;

		if (memcmp(code + i, "\x48\x83\xec", 3) == 0)
			room = code[i + 3];
		else if (memcmp(code + i, "\x48\x81\xec", 3) == 0)
			memcpy(&room, code + i + 3, 4);
		else
			continue;
		if (room % WORD_BYTES == 0)
			found = try_room(walker, sp + room, function, found);
	}
	return found != 1 ? found : 0;
}

/* Find the frame pointer of the frame's function, which begins at `function` and can be read at `code`. 0: not found. */
static uint64_t find_pointer(struct walker *walker, const unsigned char *code,
			     const struct frame *frame, uint64_t function,
			     const struct aw__frame_rule *rule)
{
	const uint64_t sp = frame->sp, until_call = frame->address - 1 - function;
	uint64_t below, fp = 0;

	if (read_prologue(code, &below)) {
		if (try_pointer(walker, sp + below, function) != NOT_A_CALL)
			return sp + below;
		return only_pointer(walker, sp + below, MOST_PUSHED, function, SOME_CALL);
	}
	below = (uint64_t) - (int64_t)rule->lowest_offset - 2 * WORD_BYTES;
	fp = try_rooms(walker, code, until_call < PROLOGUE_BYTES ? until_call : PROLOGUE_BYTES,
		       sp + below, function);
	return fp != 0 ? fp : only_pointer(walker, sp, LONGEST_SCAN, function, CALL_OF_IT);
}

/* Whether the function's frame pointer points to its caller's frame pointer and its return address. */
static bool keeps_pair(const struct aw__frame_rule *rule)
{
	return rule->how == AW__FRAME_BY_FP && rule->cfa_offset == 2 * (int32_t)WORD_BYTES &&
	       rule->fp_saved && rule->fp_offset == -2 * (int32_t)WORD_BYTES;
}

static bool recover_pointer(struct walker *walker, struct frame *frame)
{
	const unsigned char *bytes;
	struct aw__frame_rule rule;
	uint64_t function;
	struct code code;

	if (!rule_at(walker, frame->address, &rule) || !keeps_pair(&rule) ||
	    !find_code(walker, frame->address - 1, &code))
		return false;
	function = aw__cfi_function(&code.image, frame->address + code.delta) - code.delta;
	bytes = read_code(walker, function, PROLOGUE_BYTES + 16);
	if (bytes == NULL)
		return false;
	frame->fp = find_pointer(walker, bytes, frame, function, &rule);
	frame->fp_known = frame->fp != 0;
	return frame->fp_known;
}

static size_t walk(struct walker *walker, struct frame frame, void **frames, size_t most,
		   bool *ret_whole)
{
	size_t count = 0;

	*ret_whole = false;
	while (count < most) {
		enum step went;

		frames[count++] = (void *)(uintptr_t)frame.address;
		went = step(walker, &frame);
		if (went == NO_FRAME_POINTER && recover_pointer(walker, &frame))
			went = step(walker, &frame);
		if (went == BEGINNING)
			*ret_whole = true;
		if (went != WENT_ON)
			return count;
	}
	*ret_whole = true;
	return count;
}

size_t aw__walk_copy(const struct aw__stack_copy *stack,
		     const struct aw__stack_registers *registers, void **frames, size_t most,
		     bool *ret_whole)
{
	struct walker walker = { .stack = *stack };
	const struct frame innermost = { registers->pc + 1, registers->sp, registers->fp,
					 registers->fp_known };
	const size_t count = walk(&walker, innermost, frames, most, ret_whole);

	for (unsigned i = 0; i < walker.copy_count; i++)
		munmap(walker.copies[i].copy, walker.copies[i].bytes);
	return count;
}

#else

size_t aw__walk_copy(const struct aw__stack_copy *stack,
		     const struct aw__stack_registers *registers, void **frames, size_t most,
		     bool *ret_whole)
{
	(void)stack;
	(void)registers;
	(void)frames;
	(void)most;
	*ret_whole = false;
	return 0;
}

#endif
