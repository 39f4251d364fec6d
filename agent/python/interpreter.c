/* SPDX-License-Identifier: MIT */
/*
 * Publishes how this interpreter lays out its frames, so that the agent can read the stack of a thread that blocks its loop:
 * without the GIL, and without the adapter's code.
 */
#include "agent/python/adapter.h"

#include <awry/interpreter.h>
#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>
#if PY_VERSION_HEX >= 0x030e0000
#include <internal/pycore_interpframe_structs.h>
#endif

/* The bits of a string's state: bit fields have no offset. */
static void find_bits(struct aw_agent_interpreter *layout)
{
	PyASCIIObject object;
	uint32_t state;

	memset(&object, 0, sizeof(object));
	object.state.kind = 1;
	memcpy(&state, &object.state, sizeof(state));
	layout->state_kind = (uint64_t)__builtin_ctz(state);
	memset(&object, 0, sizeof(object));
	object.state.compact = 1;
	memcpy(&state, &object.state, sizeof(state));
	layout->state_compact = state;
	memset(&object, 0, sizeof(object));
	object.state.ascii = 1;
	memcpy(&state, &object.state, sizeof(state));
	layout->state_ascii = state;
}

static int find_image(struct dl_phdr_info *info, size_t size, void *data)
{
	struct aw_agent_interpreter *layout = data;

	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const uint64_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

		if (info->dlpi_phdr[i].p_type != PT_LOAD || layout->eval_start < start ||
		    layout->eval_start - start >= info->dlpi_phdr[i].p_memsz)
			continue;
		layout->image_start = start;
		layout->image_end = start + info->dlpi_phdr[i].p_memsz;
		return 1;
	}
	return 0;
}

/* Find the function that runs frames, and the code of its module. If they are not found, native frames stay as they are. */
static void find_code(struct aw_agent_interpreter *layout)
{
	const ElfW(Sym) *symbol = NULL;
	Dl_info info;

	if (dladdr1((void *)_PyEval_EvalFrameDefault, &info, (void **)(void *)&symbol,
		    RTLD_DL_SYMENT) == 0 ||
	    symbol == NULL)
		return;
	layout->eval_start = (uint64_t)(uintptr_t)_PyEval_EvalFrameDefault;
	layout->eval_end = layout->eval_start + symbol->st_size;
	dl_iterate_phdr(find_image, layout);
}

static void find_frames(struct aw_agent_interpreter *layout)
{
	layout->frame_bytes = offsetof(_PyInterpreterFrame, localsplus);
	layout->frame_previous = offsetof(_PyInterpreterFrame, previous);
	layout->frame_owner = offsetof(_PyInterpreterFrame, owner);
	layout->owner_generator = FRAME_OWNED_BY_GENERATOR;
#if PY_VERSION_HEX >= 0x030d0000
	layout->state_holder = AW_AGENT_NOWHERE;
	layout->holder_frame = offsetof(PyThreadState, current_frame);
	layout->frame_code = offsetof(_PyInterpreterFrame, f_executable);
	layout->frame_instruction = offsetof(_PyInterpreterFrame, instr_ptr);
#else
	layout->state_holder = offsetof(PyThreadState, cframe);
	layout->holder_frame = offsetof(_PyCFrame, current_frame);
	layout->frame_code = offsetof(_PyInterpreterFrame, f_code);
	layout->frame_instruction = offsetof(_PyInterpreterFrame, prev_instr);
#endif
#if PY_VERSION_HEX >= 0x030e0000
	layout->frame_entry = AW_AGENT_NOWHERE;
	layout->owner_native = FRAME_OWNED_BY_INTERPRETER;
#elif PY_VERSION_HEX >= 0x030c0000
	layout->frame_entry = AW_AGENT_NOWHERE;
	layout->owner_native = FRAME_OWNED_BY_CSTACK;
#else
	layout->frame_entry = offsetof(_PyInterpreterFrame, is_entry);
#endif
}

static void find_objects(struct aw_agent_interpreter *layout)
{
	layout->object_type = offsetof(PyObject, ob_type);
	layout->code_type = (uint64_t)(uintptr_t)&PyCode_Type;
	layout->code_name = offsetof(PyCodeObject, co_qualname);
	layout->code_file = offsetof(PyCodeObject, co_filename);
	layout->code_line = offsetof(PyCodeObject, co_firstlineno);
	layout->code_lines = offsetof(PyCodeObject, co_linetable);
	layout->code_first = offsetof(PyCodeObject, _co_firsttraceable);
	layout->code_instructions = offsetof(PyCodeObject, co_code_adaptive);
	layout->bytes_type = (uint64_t)(uintptr_t)&PyBytes_Type;
	layout->bytes_length = offsetof(PyVarObject, ob_size);
	layout->bytes_data = offsetof(PyBytesObject, ob_sval);
	layout->string_type = (uint64_t)(uintptr_t)&PyUnicode_Type;
	layout->string_length = offsetof(PyASCIIObject, length);
	layout->string_state = offsetof(PyASCIIObject, state);
	layout->string_ascii = sizeof(PyASCIIObject);
	layout->string_wide = sizeof(PyCompactUnicodeObject);
	find_bits(layout);
}

static uint64_t text(const char *string)
{
	return aw_agent_string(string, strlen(string));
}

void aw__py_publish(void)
{
	struct aw_agent_interpreter layout = { 0 };

	find_code(&layout);
	find_frames(&layout);
	find_objects(&layout);
	layout.folder = text(aw__py_start_folder());
	layout.loop_function = text("Handle._run");
	layout.loop_file = text("/asyncio/events.py");
	aw_agent_interpreter(&layout);
}
