/* SPDX-License-Identifier: MIT */
/*
 * Takes the stack of a thread whose loop is blocked, for the watchdog.
 *
 * A thread that sleeps in a system call is never stopped, nor sent a signal: recv() with a timeout, epoll_wait(), sigtimedwait()
 * and others would end early, whatever a debugger does (signal(7)). The kernel gives its stack pointer and its next
 * instruction (/proc/PID/task/TID/syscall); the stack is copied from outside and walked (walk_copy.c). If the count of the
 * thread's sleeps says that it ran meanwhile, the copy is dropped.
 *
 * A thread that runs is stopped, for less than a millisecond (sampler_stop.c), if it seems from outside to run its own code: it
 * did not sleep for a millisecond, and since the iteration was first seen to be long, the kernel worked for it in at most an eighth
 * of the time, page faults aside. A system call that is interrupted while it copies would return less than it was asked for,
 * which could not be repaired. If a thread neither sleeps nor runs its own code, there is no stack, and the finding says so.
 *
 * If the thread runs an interpreter, its frames are read at the same moment (walk_interpreter.c), and replace the native frames
 * of the interpreter's evaluation function. If there is no native stack, they are read twice, and used if both readings
 * are the same.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"
#include "agent/stream/sampler.h"

#define STACK_BYTES  (256u << 10)
#define MOST_TRIES   12
#define MOST_WAITS   8	      /* tries while too little is known about the thread */
#define BETWEEN_NS   1000000  /* two looks at a running thread */
#define ENOUGH_NS    5000000  /* processor time from which its use can be judged */
#define LONG_NS	     40000000 /* processor time in which one tick of system time is ignored */
#define FAULT_NS     4000     /* what a page fault costs the kernel, at most */
#define SYSTEM_SHARE 8	      /* the kernel may have had 1 / SYSTEM_SHARE of the time */

/* The registers and rules of other platforms are not known. */
#if defined(__x86_64__) && defined(__linux__)
#define CAN_SAMPLE 1
#else
#define CAN_SAMPLE 0
#endif

/* By system calls alone: sampler_stop.c's helper calls it, which is no thread of the C library's. */
bool aw__sampler_read(const char *folder, pid_t tid, const char *name, char *ret, size_t size)
{
	struct aw__descriptor file;
	ssize_t length;
	char path[64];

	snprintf(path, sizeof(path), "%s%ld/%s", folder, (long)tid, name);
	file = aw__descriptor_of(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
	if (file.fd < 0)
		return false;
	/* the program may close it meanwhile, and open a file of its own there */
	length = pread(file.fd, ret, size - 1, 0);
	aw__descriptor_close(&file);
	ret[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* The file says "running", or: number, six arguments, stack pointer, instruction; if the thread is in no call: -1, and the last two. */
enum aw__sampler_state aw__sampler_look(const char *folder, pid_t tid,
					struct aw__stack_registers *ret)
{
	uint64_t sp, pc;
	char text[320];
	const char *last = text;
	int spaces = 0;

	if (!aw__sampler_read(folder, tid, "syscall", text, sizeof(text)))
		return AW__THREAD_UNKNOWN;
	if (strncmp(text, "running", 7) == 0)
		return AW__THREAD_RUNS;
	for (const char *at = text + strlen(text); at > text && spaces < 2; at--) {
		if (at[-1] != ' ')
			continue;
		last = at;
		spaces++;
	}
	if (spaces != 2 || sscanf(last, "%" SCNx64 " %" SCNx64, &sp, &pc) != 2 || sp == 0)
		return AW__THREAD_UNKNOWN;
	if (ret != NULL)
		*ret = (struct aw__stack_registers){ .pc = pc, .sp = sp };
	return AW__THREAD_SLEEPS;
}

static enum aw__sampler_state look(pid_t tid, struct aw__stack_registers *ret)
{
	return aw__sampler_look(AW__OWN_TASKS, tid, ret);
}

/* How often the thread has gone to sleep. */
static bool count_sleeps(pid_t tid, uint64_t *ret)
{
	static const char name[] = "\nvoluntary_ctxt_switches:";
	char text[4096];
	const char *at;

	if (!aw__sampler_read(AW__OWN_TASKS, tid, "status", text, sizeof(text)))
		return false;
	at = strstr(text, name);
	return at != NULL && sscanf(at + sizeof(name) - 1, "%" SCNu64, ret) == 1;
}

/* ---- what the thread has done in this iteration ---- */

struct times {
	uint64_t all_ns;
	uint64_t system_ticks;
	uint64_t faults;
};

static struct noted {
	uint64_t since_ns;
	struct times times;
} noted[AW__MOST_LOOPS];

/* By the kernel's number for the clock of a thread's processor time; pthread_getcpuclockid() needs a pthread_t. */
static bool read_clock(pid_t tid, uint64_t *ret_ns)
{
	const clockid_t clock = (clockid_t)(~(unsigned)tid << 3 | 6);
	struct timespec time;

	if (clock_gettime(clock, &time) != 0)
		return false;
	*ret_ns = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
	return true;
}

static bool read_times(pid_t tid, struct times *ret)
{
	char text[1024];
	const char *at;

	if (!read_clock(tid, &ret->all_ns) ||
	    !aw__sampler_read(AW__OWN_TASKS, tid, "stat", text, sizeof(text)))
		return false;
	at = strrchr(text, ')'); /* the end of the name, in which there may be any character */
	return at != NULL &&
	       sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %*u %*u %*u %*u %" SCNu64,
		      &ret->faults, &ret->system_ticks) == 2;
}

void aw__sampler_note(const struct aw__blocked *busy)
{
	struct noted *note = busy->loop < AW__MOST_LOOPS ? &noted[busy->loop] : NULL;

	if (note == NULL || note->since_ns == busy->since_ns ||
	    !read_times((pid_t)busy->tid, &note->times))
		return;
	note->since_ns = busy->since_ns;
}

enum where { UNSURE, MOSTLY_OUTSIDE, OFTEN_IN_KERNEL };

/* Where the thread spends its time. */
static enum where tell_where(const struct aw__blocked *blocked)
{
	const struct noted *note = blocked->loop < AW__MOST_LOOPS ? &noted[blocked->loop] : NULL;
	const uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t all_ns, system_ns, free_ns;
	struct times now;

	if (note == NULL || note->since_ns != blocked->since_ns ||
	    !read_times((pid_t)blocked->tid, &now))
		return OFTEN_IN_KERNEL;
	all_ns = now.all_ns - note->times.all_ns;
	if (all_ns < ENOUGH_NS)
		return UNSURE;
	system_ns = (now.system_ticks - note->times.system_ticks) * tick_ns;
	free_ns = (now.faults - note->times.faults) * FAULT_NS + (all_ns >= LONG_NS ? tick_ns : 0);
	return system_ns <= free_ns + all_ns / SYSTEM_SHARE ? MOSTLY_OUTSIDE : OFTEN_IN_KERNEL;
}

/* ---- one sample ---- */

static void walk(const struct aw__sample *sample, struct aw__blocked_stack *ret)
{
	const struct aw__stack_copy copy = { sample->registers.sp & ~UINT64_C(7), sample->words,
					     sample->bytes / sizeof(uint64_t) };

	ret->count =
		(uint32_t)aw__walk_copy(&copy, &sample->registers, (void **)(uintptr_t)ret->frames,
					AW__STACK_MOST_FRAMES, &ret->whole);
}

/* True: the thread slept the whole time while it was copied. */
static bool copy_sleeper(pid_t tid, struct aw__sample *sample)
{
	uint64_t before, after;

	if (!count_sleeps(tid, &before) || look(tid, &sample->registers) != AW__THREAD_SLEEPS)
		return false;
	sample->bytes = aw__copy_memory(sample->words, sample->registers.sp & ~UINT64_C(7),
					sample->capacity_bytes);
	aw__sampler_read_interpreter(sample);
	return look(tid, NULL) == AW__THREAD_SLEEPS && count_sleeps(tid, &after) && before == after;
}

static void nap(void)
{
	const struct timespec time = { .tv_nsec = BETWEEN_NS };

	nanosleep(&time, NULL);
}

/* Whether the thread runs for BETWEEN_NS without a sleep. */
static bool keeps_running(const struct aw__blocked *blocked)
{
	const pid_t tid = (pid_t)blocked->tid;
	uint64_t before, after;

	if (!count_sleeps(tid, &before) || look(tid, NULL) != AW__THREAD_RUNS)
		return false;
	nap();
	return look(tid, NULL) == AW__THREAD_RUNS && count_sleeps(tid, &after) && before == after;
}

static bool take(const struct aw__blocked *blocked, struct aw__sample *sample)
{
	if (copy_sleeper((pid_t)blocked->tid, sample))
		return true;
	return keeps_running(blocked) && tell_where(blocked) == MOSTLY_OUTSIDE &&
	       aw__sampler_stop((pid_t)blocked->tid, sample);
}

static bool is_still_blocked(const struct aw__blocked *blocked)
{
	struct aw__blocked now;

	return aw__watch_blocked_next((int64_t)blocked->loop - 1, 0, &now) &&
	       now.loop == blocked->loop && now.since_ns == blocked->since_ns;
}

/* Try again if a sample cannot be walked, or if the thread falls asleep or wakes up meanwhile: the next sample may be better. */
static void try_often(const struct aw__blocked *blocked, struct aw__sample *sample,
		      struct aw__blocked_stack *ret, struct aw__interpreted *ret_interpreted)
{
	int tries = 0, waits = 0;

	while (tries < MOST_TRIES && waits < MOST_WAITS && !(ret->count > 0 && ret->whole) &&
	       is_still_blocked(blocked)) {
		if (look((pid_t)blocked->tid, NULL) == AW__THREAD_UNKNOWN)
			break;
		if (tell_where(blocked) == UNSURE)
			waits++;
		else
			tries++;
		if (!take(blocked, sample)) {
			nap();
			continue;
		}
		/* both parts of the stack must be of the same moment */
		walk(sample, ret);
		*ret_interpreted = *sample->interpreted;
	}
}

/* For a thread that must not be stopped: its frames are used if two readings are the same. */
static bool read_twice(const struct aw__blocked *blocked, struct aw__sample *sample,
		       struct aw__interpreted *ret)
{
	for (int tries = 0; tries < MOST_TRIES && is_still_blocked(blocked); tries++) {
		aw__walk_interpreter(sample->layout, sample->state, aw__copy_memory, ret);
		aw__sampler_read_interpreter(sample);
		if (!ret->broken && memcmp(ret, sample->interpreted, sizeof(*ret)) == 0)
			return true;
		nap();
	}
	return false;
}

/* Memory for a sample: one mapping, so that nothing is taken from the program's heap. */
struct room {
	uint64_t words[STACK_BYTES / sizeof(uint64_t)];
	struct aw_agent_interpreter layout;
	struct aw__interpreted sampled, interpreted;
};

static void fill(const struct aw__blocked *blocked, struct room *room,
		 struct aw__blocked_stack *ret)
{
	struct aw__sample sample = {
		.words = room->words,
		.capacity_bytes = STACK_BYTES,
		.layout = &room->layout,
		.state = aw__record_interpreter(blocked->loop, &room->layout),
		.interpreted = &room->sampled,
	};

	if (CAN_SAMPLE) {
		ret->whole = false;
		try_often(blocked, &sample, ret, &room->interpreted);
	}
	if (sample.state != 0 &&
	    (ret->count > 0 || read_twice(blocked, &sample, &room->interpreted)))
		aw__record_put_interpreted(&room->layout, &room->interpreted, ret);
}

void aw__sampler_stack(const struct aw__blocked *blocked, struct aw__blocked_stack *ret)
{
	struct room *room;

	ret->count = 0;
	ret->whole = true;
	ret->cut = false;
	if (aw__under_valgrind())
		return;
	room = mmap(NULL, sizeof(*room), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (room == MAP_FAILED)
		return;
	fill(blocked, room, ret);
	munmap(room, sizeof(*room));
}
