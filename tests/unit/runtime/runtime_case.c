/* SPDX-License-Identifier: MIT */
/*
 * Setup and teardown of the runtime's tests: a fake clock that jumps to the next deadline, a text that tests append
 * to, and a check that no task and no memory is left.
 */
#include "tests/unit/runtime/runtime_case.h"

#include "agent/runtime/loop/loop.h"
#include "base/clock.h"

static _Atomic uint64_t clock_ns;
static char traced[16384];

#ifdef AW__FIBER_TSAN
/*
 * libuv closes descriptors by system calls that ThreadSanitizer does not see. When another thread reuses
 * the descriptor's number, ThreadSanitizer reports a race.
 */
AW_API const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void)
{
	return "race:libuv.so";
}
#endif

static uint64_t fake_now(void)
{
	return clock_ns;
}

static void jump(uint64_t deadline_ns)
{
	if (deadline_ns > clock_ns)
		clock_ns = deadline_ns;
}

int runtime_case_setup(void **state)
{
	clock_ns = 1000000000;
	aw__clock_set_monotonic(fake_now);
	aw__loop_jump = jump;
	traced[0] = '\0';
	agent_probe_stop();
	return 0;
}

int runtime_case_setup_recorded(void **state)
{
	runtime_case_setup(state);
	agent_probe_start();
	return 0;
}

void runtime_case_real_clock(void)
{
	aw__clock_set_monotonic(NULL);
	aw__loop_jump = NULL;
}

int runtime_case_teardown(void **state)
{
	agent_probe_stop();
	runtime_case_real_clock();
	aw__alloc_fail_at(0);
	if (aw__alloc_live() == 0)
		return 0;
	fprintf(stderr, "%d blocks are left\n", (int)aw__alloc_live());
	return 1;
}

void trace(const char *format, ...)
{
	size_t used = strlen(traced);
	va_list list;

	if (used > 0 && used < sizeof(traced) - 1)
		traced[used++] = ' ';
	va_start(list, format);
	vsnprintf(traced + used, sizeof(traced) - used, format, list);
	va_end(list);
}

const char *trace_text(void)
{
	return traced;
}

void trace_error(aw_error *err)
{
	if (err == NULL)
		trace("none");
	else if (aw_error_message(err)[0] != '\0')
		trace("%s(%s)", aw_error_name(err), aw_error_message(err));
	else
		trace("%s", aw_error_name(err));
	aw_error_unref(err);
}
