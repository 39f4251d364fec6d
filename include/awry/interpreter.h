/* SPDX-License-Identifier: MIT */
/**
 * awry/interpreter.h - frames of an interpreter, in the stacks of blocked threads.
 *
 * For runtimes of awry/agent.h that run code in an interpreter shaped like CPython. Like that header it is in libawry-agent: link with
 * -lawry-agent.
 *
 * Context: any thread; not from a signal handler.
 */
#ifndef AWRY_INTERPRETER_H
#define AWRY_INTERPRETER_H

#include <awry/agent.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An offset that does not exist. */
#define AW_AGENT_NOWHERE UINT64_MAX

/**
 * Where an interpreter shaped like CPython keeps its frames: addresses, offsets in bytes, and a few numbers.
 *
 * With it the agent reads the frames of a blocked thread by itself: no code of the runtime runs for that, and no lock of it is
 * needed. All that is read is checked, since it may change or be freed meanwhile.
 */
struct aw_agent_interpreter {
	uint64_t eval_start, eval_end;	 /* machine code of the function that runs frames */
	uint64_t image_start, image_end; /* the module that has it */
	uint64_t code_type, string_type, bytes_type; /* addresses of types */
	uint64_t object_type;			     /* in every object: its type */
	/* in a thread's state: what has the innermost frame; AW_AGENT_NOWHERE: the state itself */
	uint64_t state_holder;
	uint64_t holder_frame; /* in that: the innermost frame */
	uint64_t frame_bytes;  /* what is read of a frame */
	/* a reference to an object, perhaps with flags in its low three bits */
	uint64_t frame_code;
	uint64_t frame_previous, frame_instruction;
	uint64_t frame_owner; /* a byte */
	/* a byte: not 0 in the outermost frame of one call of the function; or AW_AGENT_NOWHERE */
	uint64_t frame_entry;
	/* this owner and those above it: of what is no frame, and stands between two such calls */
	uint64_t owner_native;
	uint64_t owner_generator;
	/* in code: function, file, first line, line table */
	uint64_t code_name, code_file, code_line, code_lines;
	/* in code: the index of the first instruction of the program's own */
	uint64_t code_first;
	uint64_t code_instructions;
	uint64_t bytes_length, bytes_data;
	uint64_t string_length, string_state; /* 64 and 32 bits */
	/* characters of a string that is ASCII, and of another one */
	uint64_t string_ascii, string_wide;
	uint64_t state_kind; /* shift of three bits in the state: the bytes of a character */
	uint64_t state_compact, state_ascii; /* masks */
	uint64_t folder; /* aw_agent_string(): what relative file names are relative to */
	/* aw_agent_string(): the loop's own function, and how its file's name ends */
	uint64_t loop_function, loop_file;
};

/** Tell the layout of this process's interpreter, once it is known. */
AW_AGENT_API void aw_agent_interpreter(const struct aw_agent_interpreter *layout);
/** The loop's thread runs an interpreter, whose state of this thread is at that address. NULL: no longer. */
AW_AGENT_API void aw_agent_loop_interpreted(const struct aw_agent_loop *loop, const void *state);

#ifdef __cplusplus
}
#endif

#endif
