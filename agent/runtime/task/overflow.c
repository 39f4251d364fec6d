/* SPDX-License-Identifier: MIT */
/*
 * Tells a stack overflow of a task from other faults: a SIGSEGV handler on its own stack prints one line, tells
 * the recorder, and passes the signal on. Installed while a loop is open.
 */
#include "agent/runtime/task/overflow.h"

#include "agent/runtime/task/task.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum {
	SIGNAL_STACK_BYTES = 65536,
	MOST_FRAMES = 16,
	NEAR_BYTES =
		256, /* the stack pointer may be so far above the guard when a frame reaches into it */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static unsigned int watches;
static struct sigaction former; /* the handler before ours */
static size_t guard_bytes;

/* The registers of the thread when the signal came. */
struct place {
	uintptr_t program, stack, frame;
};

static struct place place_of(const void *context)
{
	const mcontext_t *machine = &((const ucontext_t *)context)->uc_mcontext;
#if defined(__x86_64__)
	return (struct place){ (uintptr_t)machine->gregs[REG_RIP],
			       (uintptr_t)machine->gregs[REG_RSP],
			       (uintptr_t)machine->gregs[REG_RBP] };
#elif defined(__aarch64__)
	return (struct place){ machine->pc, machine->sp, machine->regs[29] };
#else
	(void)machine;
	return (struct place){ 0, 0, 0 };
#endif
}

/* True if the guard was accessed and the stack pointer is near it: so it was no stray pointer. */
static bool is_overflow(const struct aw__stack *stack, const void *address, const struct place *at)
{
	const uintptr_t low = (uintptr_t)stack->low, touched = (uintptr_t)address;

	return touched < low && touched >= low - guard_bytes && at->stack < low + NEAR_BYTES;
}

/* Walk by frame pointers, which is safe here. Each is checked to lie within the stack, as it may be invalid. */
static size_t walk(const struct aw__stack *stack, const struct place *at, void **frames)
{
	const uintptr_t low = (uintptr_t)stack->low, high = (uintptr_t)stack;
	uintptr_t frame = at->frame;
	size_t count = 0;

	if (at->program != 0)
		frames[count++] = (void *)at->program;
	while (count < MOST_FRAMES && frame >= low && frame + 2 * sizeof(uintptr_t) <= high &&
	       frame % sizeof(uintptr_t) == 0) {
		const uintptr_t *words = (const uintptr_t *)frame;

		if (words[1] == 0)
			break;
		frames[count++] = (void *)words[1];
		if (words[0] <= frame)
			break;
		frame = words[0];
	}
	return count;
}

/* Text is assembled here, because stdio must not be used in a signal handler. */
struct line {
	char text[512];
	size_t length;
};

static void put(struct line *line, const char *text)
{
	while (*text != '\0' && line->length < sizeof(line->text) - 1) {
		const char c = *text++;

		/* the user's name of a task may contain control characters */
		line->text[line->length++] = (unsigned char)c < ' ' || c == 0x7f ? '?' : c;
	}
}

static void put_number(struct line *line, uint64_t number)
{
	char digits[21];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	put(line, digits + at);
}

static void say(const struct aw_task *task, uint64_t bytes)
{
	struct line line = { .length = 0 };
	ssize_t written;

	put(&line, "awry: stack overflow in ");
	if (task->name != NULL) {
		put(&line, task->name);
	} else {
		put(&line, "Task-");
		put_number(&line, task->agent.id);
	}
	if (task->site != NULL && task->site->function != NULL) {
		put(&line, " (coroutine ");
		put(&line, task->site->function);
		put(&line, ")");
	}
	put(&line, ": its stack has ");
	put_number(&line, bytes);
	put(&line, " bytes; set AW_RUN_OPTS(.stack_bytes = …) for more");
	line.text[line.length++] = '\n';
	written = write(STDERR_FILENO, line.text, line.length);
	(void)written;
}

static void tell(struct aw_task *task, const struct place *at)
{
	const struct aw__stack *stack = aw__stack_of(task);
	void *frames[MOST_FRAMES];
	const size_t count = walk(stack, at, frames);

	say(task, aw__stack_usable(stack));
	AW__HOOK(task_overflowed, &task->agent, aw__stack_usable(stack), frames, count);
}

/* Pass the signal on as if this handler did not exist. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	struct sigaction otherwise = { .sa_handler = SIG_DFL };

	if ((former.sa_flags & SA_SIGINFO) != 0) {
		former.sa_sigaction(number, info, context);
	} else if (former.sa_handler != SIG_DFL && former.sa_handler != SIG_IGN) {
		former.sa_handler(number);
	} else {
		sigaction(number, &otherwise, NULL);
		/* a fault happens again on return; a signal that was sent must be raised again */
		if (info->si_code <= 0)
			raise(number);
	}
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	struct aw_task *task = aw__task_current();
	const struct place at = place_of(context);
	const int saved = errno;

	if (task != NULL && info->si_code > 0 &&
	    is_overflow(aw__stack_of(task), info->si_addr, &at))
		tell(task, &at);
	errno = saved;
	pass_on(number, info, context);
}

static void take_signal(void)
{
	struct sigaction ours = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigemptyset(&ours.sa_mask);
	guard_bytes = aw__stack_guard_bytes();
	/* save the former handler first: a fault after the next line needs it */
	if (sigaction(SIGSEGV, NULL, &former) == 0)
		(void)sigaction(SIGSEGV, &ours, NULL);
}

static void give_signal_back(void)
{
	struct sigaction current;

	if (sigaction(SIGSEGV, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) != 0 &&
	    current.sa_sigaction == on_fault)
		(void)sigaction(SIGSEGV, &former, NULL);
}

/* The handler cannot run on the stack that overflowed. A signal stack that the thread has is kept. */
static void *open_signal_stack(void)
{
	stack_t stack = { .ss_size = SIGNAL_STACK_BYTES };
	stack_t current;

	if (sigaltstack(NULL, &current) != 0 || (current.ss_flags & SS_DISABLE) == 0)
		return NULL;
	stack.ss_sp = mmap(NULL, SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED)
		return NULL;
	if (sigaltstack(&stack, NULL) == 0)
		return stack.ss_sp;
	munmap(stack.ss_sp, SIGNAL_STACK_BYTES);
	return NULL;
}

static void close_signal_stack(void *ours)
{
	const stack_t none = { .ss_flags = SS_DISABLE };
	stack_t current;

	if (ours == NULL || sigaltstack(NULL, &current) != 0)
		return;
	if (current.ss_sp == ours && sigaltstack(&none, NULL) != 0)
		return; /* in use: this was called from a signal handler */
	munmap(ours, SIGNAL_STACK_BYTES);
}

void *aw__overflow_watch(void)
{
	void *signal_stack = open_signal_stack();

	pthread_mutex_lock(&mutex);
	if (watches++ == 0)
		take_signal();
	pthread_mutex_unlock(&mutex);
	return signal_stack;
}

void aw__overflow_unwatch(void *signal_stack)
{
	pthread_mutex_lock(&mutex);
	if (--watches == 0)
		give_signal_back();
	pthread_mutex_unlock(&mutex);
	close_signal_stack(signal_stack);
}
