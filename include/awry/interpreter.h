/* SPDX-License-Identifier: MIT */
/**
 * awry/interpreter.h - interpreter frames in the stacks of blocked threads.
 *
 * For runtimes that use awry/agent.h and run code in an interpreter with CPython's frame layout. These functions, too, are in libawry-agent:
 * link with -lawry-agent.
 *
 * Context: any thread; not from a signal handler.
 */
#ifndef AWRY_INTERPRETER_H
#define AWRY_INTERPRETER_H

#include <awry/agent.h>

#ifdef __cplusplus
extern "C" {
#endif

/** In place of an offset: there is no such field. */
#define AW_AGENT_NOWHERE UINT64_MAX

/**
 * Where an interpreter like CPython keeps its frames: addresses, offsets in bytes, and a few numbers.
 *
 * With it the agent reads the frames of a blocked thread itself, without running code of the runtime or taking a lock of it.
 * Everything that is read is checked, since it may change or be freed meanwhile.
 */
struct aw_agent_interpreter {
	uint64_t eval_start, eval_end;	 /* machine code of the function that runs frames */
	uint64_t image_start, image_end; /* the module that contains it */
	uint64_t code_type, string_type, bytes_type; /* addresses of types */
	uint64_t object_type;			     /* in every object: its type */
	/* in a thread's state: the holder of the innermost frame; AW_AGENT_NOWHERE: the state itself */
	uint64_t state_holder;
	uint64_t holder_frame; /* in the holder: the innermost frame */
	uint64_t frame_bytes;  /* how many bytes of a frame are read */
	/* a reference to an object; its low three bits may be flags */
	uint64_t frame_code;
	uint64_t frame_previous, frame_instruction;
	uint64_t frame_owner; /* a byte */
	/* a byte: not 0 in the outermost frame of one call of the eval function; or AW_AGENT_NOWHERE */
	uint64_t frame_entry;
	/* owners from this number on mark an entry between two such calls, which is not a real frame */
	uint64_t owner_native;
	uint64_t owner_generator;
	/* in a code object: function, file, first line, line table */
	uint64_t code_name, code_file, code_line, code_lines;
	/* in a code object: the index of the program's first own instruction */
	uint64_t code_first;
	uint64_t code_instructions;
	uint64_t bytes_length, bytes_data;
	uint64_t string_length, string_state; /* 64 and 32 bits */
	/* the characters of an ASCII string, and those of any other string */
	uint64_t string_ascii, string_wide;
	uint64_t state_kind; /* shift of three bits in the state: the bytes of a character */
	uint64_t state_compact, state_ascii; /* masks */
	uint64_t folder; /* aw_agent_string(): the folder of relative file names */
	/* aw_agent_string(): the loop's own function, and the end of its file's name */
	uint64_t loop_function, loop_file;
};

/** Report the layout of this process's interpreter, once it is known. */
AW_AGENT_API void aw_agent_interpreter(const struct aw_agent_interpreter *layout);
/** The loop's thread runs an interpreter; `state` is the interpreter's state of this thread. NULL: no longer. */
AW_AGENT_API void aw_agent_loop_interpreted(const struct aw_agent_loop *loop, const void *state);

#ifdef __cplusplus
}
#endif

#endif
