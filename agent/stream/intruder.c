/* SPDX-License-Identifier: MIT */
/*
 * The stack of another thread of this process, while it runs or is blocked in a system call.
 *
 * A signal would be the usual way; but a handler ends sleep(), poll() and others early, whatever its flags say,
 * and so changes what the program does. A debugger's stop does not: the kernel goes on with the interrupted
 * call as if nothing had been. A thread cannot be the debugger of its own process; so a helper is
 * cloned that shares the memory and nothing else, stops the thread, hands over its registers, waits until the
 * stack has been walked, and lets it go. It is no child that the program's wait() could see.
 *
 *	this thread                      helper                       the thread
 *	clone ------------------------->
 *	                                 PTRACE_SEIZE, INTERRUPT ---> stops
 *	                                 registers -> request
 *	walks the stack  <-------------- state = READY
 *	state = WALKED ----------------> PTRACE_DETACH -------------> goes on
 *	waits for the helper <---------- exits
 *
 * The helper waits for a bounded time only (the walk may want the dynamic linker's lock, and the stopped
 * thread may hold it). What was walked after that is thrown away.
 *
 * Where ptrace is forbidden, or a debugger is at work already, there is no stack: the finding stands without.
 */
#include "agent/stream/internal.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

/* ThreadSanitizer keeps its state of a thread where the helper would share it. */
#if defined(__SANITIZE_THREAD__)
#define CAN_INTRUDE 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CAN_INTRUDE 0
#endif
#endif
#if !defined(CAN_INTRUDE) && (defined(__x86_64__) || defined(__aarch64__))
#define CAN_INTRUDE 1
#elif !defined(CAN_INTRUDE)
#define CAN_INTRUDE 0
#endif

#if CAN_INTRUDE

#include <dlfcn.h>
#include <elf.h>

#define STACK_BYTES	(64u << 10)
#define LONGEST_STOP_NS 20000000 /* for how long the thread may be held */
#define ONE_NAP_NS	20000
#define CURSOR_WORDS	4096 /* more than any libunwind's unw_cursor_t */

enum { STARTING, READY, WALKED, REFUSED };

#if defined(__x86_64__)
typedef struct user_regs_struct registers;
#else
typedef struct user_pt_regs registers;
#endif

struct request {
	pid_t tid;
	_Atomic int state;
	_Atomic int let_go; /* the thread runs again: what is read now is not a stack */
	registers registers;
};

/* libunwind's names for this architecture's local unwinding, opened privately as the recorder does. */
static struct {
	int (*init)(void *cursor, void *context, int flag);
	int (*step)(void *cursor);
	int (*get_register)(void *cursor, int number, uintptr_t *ret);
} unwind;

#if defined(__x86_64__)
#define UNWIND(name) "_ULx86_64_" name
#define REGISTER_IP  16
#else
#define UNWIND(name) "_ULaarch64_" name
#define REGISTER_IP  30 /* x30 of the frame: UNW_AARCH64_PC is not kept by step() in 1.6 */
#endif

static bool load(void)
{
	void *library;

	if (unwind.step != NULL)
		return true;
	library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return false;
	*(void **)&unwind.init = dlsym(library, UNWIND("init_local2"));
	*(void **)&unwind.get_register = dlsym(library, UNWIND("get_reg"));
	*(void **)&unwind.step = dlsym(library, UNWIND("step"));
	return unwind.init != NULL && unwind.get_register != NULL && unwind.step != NULL;
}

/* ---- the helper's side: no errno, no library state; it has this thread's memory, not its life ---- */

static long call(long number, long a, long b, long c, long d)
{
	const int saved = errno;
	const long result = syscall(number, a, b, c, d);
	const int error = errno;

	errno = saved;
	return result < 0 ? -error : result;
}

static void nap(void)
{
	struct timespec time = { .tv_nsec = ONE_NAP_NS };

	call(SYS_nanosleep, (long)&time, 0, 0, 0);
}

static bool stop(pid_t tid)
{
	int status = 0;

	if (call(SYS_ptrace, PTRACE_SEIZE, tid, 0, 0) < 0)
		return false;
	if (call(SYS_ptrace, PTRACE_INTERRUPT, tid, 0, 0) < 0)
		return false;
	/* In an uninterruptible wait (a dead file server, vfork()) it stops when that ends, if ever. */
	for (long waited = 0; waited < LONGEST_STOP_NS; waited += ONE_NAP_NS) {
		const long got = call(SYS_wait4, tid, (long)&status, __WALL | WNOHANG, 0);

		if (got == tid)
			return WIFSTOPPED(status);
		if (got < 0 && got != -EINTR)
			return false;
		nap();
	}
	return false;
}

static int helper(void *data)
{
	struct request *request = data;
	struct iovec registers_at = { &request->registers, sizeof(request->registers) };

	if (!stop(request->tid) || call(SYS_ptrace, PTRACE_GETREGSET, request->tid, NT_PRSTATUS,
					(long)&registers_at) < 0) {
		atomic_store(&request->state, REFUSED);
		return 0; /* its end lets the thread go, if it was stopped at all */
	}
	atomic_store(&request->state, READY);
	for (long waited = 0; waited < LONGEST_STOP_NS && atomic_load(&request->state) != WALKED;
	     waited += ONE_NAP_NS)
		nap();
	atomic_store(&request->let_go, 1);
	call(SYS_ptrace, PTRACE_DETACH, request->tid, 0, 0);
	return 0;
}

/* ---- this thread's side ---- */

static void fill_context(ucontext_t *context, const registers *from)
{
	memset(context, 0, sizeof(*context));
#if defined(__x86_64__)
	greg_t *to = context->uc_mcontext.gregs;

	to[REG_RIP] = (greg_t)from->rip;
	to[REG_RSP] = (greg_t)from->rsp;
	to[REG_RBP] = (greg_t)from->rbp;
	to[REG_RBX] = (greg_t)from->rbx;
	to[REG_R12] = (greg_t)from->r12;
	to[REG_R13] = (greg_t)from->r13;
	to[REG_R14] = (greg_t)from->r14;
	to[REG_R15] = (greg_t)from->r15;
	to[REG_RAX] = (greg_t)from->rax;
	to[REG_RCX] = (greg_t)from->rcx;
	to[REG_RDX] = (greg_t)from->rdx;
	to[REG_RSI] = (greg_t)from->rsi;
	to[REG_RDI] = (greg_t)from->rdi;
	to[REG_R8] = (greg_t)from->r8;
	to[REG_R9] = (greg_t)from->r9;
	to[REG_R10] = (greg_t)from->r10;
	to[REG_R11] = (greg_t)from->r11;
#else
	memcpy(context->uc_mcontext.regs, from->regs, sizeof(from->regs));
	context->uc_mcontext.sp = from->sp;
	context->uc_mcontext.pc = from->pc;
#endif
}

static uintptr_t first_address(const registers *from)
{
#if defined(__x86_64__)
	return from->rip;
#else
	return from->pc;
#endif
}

/*
 * Frames are return addresses everywhere else; the interrupted one is not, and a reader that looks one
 * byte before it would find the wrong line. So it is stored as if it returned to the byte behind.
 */
static size_t walk(struct request *request, void **frames, size_t most)
{
	_Alignas(16) uintptr_t cursor[CURSOR_WORDS];
	ucontext_t context;
	size_t count = 0;

	fill_context(&context, &request->registers);
	if (unwind.init(cursor, &context, 1) < 0)
		return 0;
	frames[count++] = (void *)(first_address(&request->registers) + 1);
	while (count < most && unwind.step(cursor) > 0) {
		uintptr_t address = 0;

		if (atomic_load(&request->let_go) ||
		    unwind.get_register(cursor, REGISTER_IP, &address) < 0 || address == 0)
			break;
		frames[count++] = (void *)address;
	}
	return atomic_load(&request->let_go) ? 0 : count;
}

static pid_t start_helper(struct request *request, unsigned char *stack)
{
	return clone(helper, stack + STACK_BYTES,
		     CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED, request);
}

/* With Yama's restriction only a process's own debugger may stop it: name the helper as that. */
static void allow(pid_t who)
{
#ifdef PR_SET_PTRACER
	(void)prctl(PR_SET_PTRACER, who, 0, 0, 0);
#else
	(void)who;
#endif
}

static size_t ask_helper(struct request *request, unsigned char *stack, void **frames, size_t most)
{
	const pid_t who = start_helper(request, stack);
	size_t count = 0;

	if (who < 0)
		return 0;
	allow(who);
	/* A thread inside of vfork() does not stop before its child has gone on: give the helper up. */
	for (long waited = 0; waited < LONGEST_STOP_NS; waited += ONE_NAP_NS) {
		if (atomic_load(&request->state) != STARTING)
			break;
		nap();
	}
	if (atomic_load(&request->state) == STARTING)
		kill(who, SIGKILL);
	if (atomic_load(&request->state) == READY)
		count = walk(request, frames, most);
	atomic_store(&request->state, WALKED);
	while (waitpid(who, NULL, __WCLONE) < 0 && errno == EINTR)
		;
	allow(0);
	return count;
}

size_t aw__intruder_stack(uint64_t tid, void **frames, size_t most)
{
	struct request request = { .tid = (pid_t)tid };
	unsigned char *stack;
	size_t count;

	/* Valgrind runs one thread at a time: if that is the stopped one, no other ever lets it go. */
	if (RUNNING_ON_VALGRIND || !load())
		return 0;
	stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return 0;
	count = ask_helper(&request, stack, frames, most);
	munmap(stack, STACK_BYTES);
	return count;
}

#else

size_t aw__intruder_stack(uint64_t tid, void **frames, size_t most)
{
	(void)tid;
	(void)frames;
	(void)most;
	return 0;
}

#endif
