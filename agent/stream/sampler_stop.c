/* SPDX-License-Identifier: MIT */
/*
 * Stops a thread that runs its own code, for the sampler, copies its registers and its stack, and lets it run on.
 *
 * A signal would be the usual way; but a handler ends sleep(), poll() and others early, whatever its flags are. A debugger's
 * stop ends fewer calls early. A thread cannot debug its own process; so a helper process is cloned, which shares the memory. The program's
 * wait() does not see it.
 *
 *	this thread                      helper                       the thread
 *	clone ------------------------->
 *	go = 1 ------------------------> PTRACE_SEIZE, look again,
 *	                                 PTRACE_INTERRUPT ----------> stops
 *	                                 copies registers and stack, reads an interpreter's frames
 *	                                 PTRACE_DETACH -------------> goes on
 *	waits for the helper <---------- exits
 *
 * Between the last look and the stop the thread may have entered a system call, which then sees that something
 * is pending and returns EINTR, though no signal came. Such a call began a moment ago and has done nothing: the kernel is made to
 * begin it again. Calls that the kernel restarts by itself (ERESTARTSYS and similar) are left to it. getrandom(), and a read() of
 * /dev/urandom or /dev/zero, stop between two pages, and return less than they were asked for: they are made to begin again, too, since they
 * have read nothing that would be missing.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/stream/stream_internal.h"
#include "agent/stream/sampler.h"

#if AW__CAN_SHARE_MEMORY && defined(__x86_64__)
#define CAN_STOP 1
#else
#define CAN_STOP 0
#endif

#if CAN_STOP

#include <sys/user.h>

#define STACK_BYTES (64u << 10)
/* until the thread stops: one that is on no processor stops late */
#define LONGEST_WAIT_NS 2000000000L
#define ONE_NAP_NS	20000
#define ERESTARTNOHAND	514 /* internal to the kernel: programs never see it */

struct request {
	pid_t tid;
	_Atomic int go; /* 1: go on; -1: give up */
	_Atomic int done;
	struct aw__sample *sample;
	struct user_regs_struct registers;
};

/* ---- the helper's side: another process, which shares this thread's memory, errno included ---- */

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

/* Wait for the thread's next stop. False: none in time, or it ended. */
static bool wait_stop(pid_t tid, int *ret_status)
{
	for (long waited = 0; waited < LONGEST_WAIT_NS; waited += ONE_NAP_NS) {
		const long got = call(SYS_wait4, tid, (long)ret_status, __WALL | WNOHANG, 0);

		if (got == tid)
			return WIFSTOPPED(*ret_status);
		if (got < 0 && got != -EINTR)
			return false;
		nap();
	}
	return false;
}

/* The signal that the thread was about to get; 0: it stopped for another reason. */
static int signal_of(int status)
{
	return (status >> 16) == 0 ? WSTOPSIG(status) : 0;
}

/* System calls that may be made again if they returned EINTR and nothing has happened yet. */
static bool can_be_repeated(unsigned long number)
{
	static const short numbers[] = {
		/* clang-format off */
		SYS_epoll_wait, SYS_epoll_pwait, SYS_rt_sigtimedwait, SYS_semop, SYS_semtimedop,
		SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_sendto, SYS_sendmsg, SYS_sendmmsg,
		SYS_accept, SYS_accept4, SYS_connect, SYS_read, SYS_readv, SYS_write, SYS_writev,
		SYS_io_getevents, SYS_msgrcv, SYS_msgsnd, SYS_futex, SYS_poll, SYS_ppoll, SYS_select,
		SYS_pselect6, SYS_nanosleep, SYS_clock_nanosleep, SYS_getrandom, SYS_mq_timedsend,
		SYS_mq_timedreceive, SYS_wait4, SYS_waitid, SYS_flock, SYS_io_pgetevents,
		441 /* epoll_pwait2 */,
		/* clang-format on */
		449 /* futex_waitv */
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if ((unsigned long)numbers[i] == number)
			return true;
	return false;
}

/* Whether a descriptor of the thread is a device whose data are made up while they are read. */
static bool makes_data_up(pid_t tid, unsigned descriptor)
{
	/* the numbers of /dev/zero, random and urandom: Documentation/admin-guide/devices.txt of Linux */
	static const unsigned minors[] = { 5, 8, 9 };
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), AW__ALL_TASKS "%ld/fd/%u", (long)tid, descriptor);
	if (call(SYS_newfstatat, AT_FDCWD, (long)path, (long)&status, 0) < 0 ||
	    !S_ISCHR(status.st_mode) || major(status.st_rdev) != 1)
		return false;
	for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++)
		if (minor(status.st_rdev) == minors[i])
			return true;
	return false;
}

/* Whether the stop has ended a system call early that can be made again. */
static bool ended_early(pid_t tid, const struct user_regs_struct *registers)
{
	const long number = (long)registers->orig_rax, result = (long)registers->rax;

	if (number < 0)
		return false;
	if ((number == SYS_read || number == SYS_pread64) && result > 0 &&
	    (unsigned long)result < registers->rdx)
		return makes_data_up(tid, (unsigned)registers->rdi);
	/* GRND_RANDOM may return less by itself */
	if (number == SYS_getrandom && result > 0 && (registers->rdx & GRND_RANDOM) == 0)
		return (unsigned long)result < registers->rsi;
	return result == -EINTR && can_be_repeated(registers->orig_rax);
}

/*
 * Set the result of the system call to the kernel's own code for "begin again, unless a handler runs": so the kernel begins
 * the call again, or lets it return EINTR if a signal of the program came as well.
 */
static void let_repeat(struct request *request)
{
	request->registers.rax = (unsigned long long)-ERESTARTNOHAND;
	call(SYS_ptrace, PTRACE_SETREGS, request->tid, 0, (long)&request->registers);
}

static void copy_thread(const struct request *request)
{
	struct aw__sample *sample = request->sample;
	const struct user_regs_struct *from = &request->registers;
	const int saved = errno;

	sample->registers = (struct aw__stack_registers){ from->rip, from->rsp, from->rbp, true };
	sample->bytes = aw__copy_memory(sample->words, from->rsp & ~7ULL, sample->capacity_bytes);
	aw__sampler_read_interpreter(sample);
	errno = saved;
}

/* Copy the stopped thread. It must go on as if it had not been stopped. */
static void use_stop(struct request *request)
{
	if (call(SYS_ptrace, PTRACE_GETREGS, request->tid, 0, (long)&request->registers) < 0)
		return;
	copy_thread(request);
	atomic_store(&request->done, 1);
	if (ended_early(request->tid, &request->registers))
		let_repeat(request);
}

static int helper(void *data)
{
	struct request *request = data;
	int status = 0;

	while (atomic_load(&request->go) == 0)
		nap();
	if (atomic_load(&request->go) < 0 || call(SYS_ptrace, PTRACE_SEIZE, request->tid, 0, 0) < 0)
		return 0;
	if (aw__sampler_look(AW__ALL_TASKS, request->tid, NULL) != AW__THREAD_RUNS ||
	    call(SYS_ptrace, PTRACE_INTERRUPT, request->tid, 0, 0) < 0 ||
	    !wait_stop(request->tid, &status))
		return 0; /* the thread is released when the helper ends */
	use_stop(request);
	call(SYS_ptrace, PTRACE_DETACH, request->tid, 0, signal_of(status));
	return 0;
}

/* ---- this thread's side ---- */

/* Whether Yama lets only a process that was named as the debugger stop this one: then the helper must be named (allow()). */
static bool is_restricted(void)
{
	char text[2] = "";
	const int fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return false;
	if (read(fd, text, 1) != 1)
		text[0] = '0';
	close(fd);
	return text[0] != '0';
}

static void allow(pid_t who)
{
#ifdef PR_SET_PTRACER
	(void)prctl(PR_SET_PTRACER, who, 0, 0, 0);
#else
	(void)who;
#endif
}

bool aw__sampler_stop(pid_t tid, struct aw__sample *sample)
{
	struct request request = { .tid = tid, .sample = sample };
	const bool restricted = is_restricted();
	unsigned char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	pid_t who;

	if (stack == MAP_FAILED)
		return false;
	who = clone(helper, stack + STACK_BYTES, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED,
		    &request);
	if (who > 0) {
		if (restricted)
			allow(who);
		atomic_store(&request.go, 1);
		while (waitpid(who, NULL, __WCLONE) < 0 && errno == EINTR)
			;
		if (restricted)
			allow(0);
	}
	AW__FORGET_STACK(stack, STACK_BYTES);
	munmap(stack, STACK_BYTES);
	return atomic_load(&request.done) != 0;
}

#else

bool aw__sampler_stop(pid_t tid, struct aw__sample *sample)
{
	(void)tid;
	(void)sample;
	return false;
}

#endif
