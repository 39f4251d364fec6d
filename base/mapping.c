/* SPDX-License-Identifier: MIT */
/* Maps files that another process may truncate, for the viewer's sources: pages that are gone read as zeros (mapping.h). */
#include "base/mapping.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_MAPPINGS 64u

/* Read by the signal handler, on any thread: `end` is written first and cleared last. */
static struct {
	_Atomic uintptr_t start; /* 0: free */
	_Atomic uintptr_t end;
	_Atomic int cut;
} mappings[MOST_MAPPINGS];

static struct sigaction former;
static _Atomic int passed_on;
static uintptr_t page_bytes;

/* A direct system call: a sanitizer's wrapper of mmap() must not run in a signal handler. */
static void *map_zeros(void *page)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

#ifdef SYS_mmap
	return (void *)syscall(SYS_mmap, page, page_bytes, PROT_READ, flags, -1, 0L);
#else
	return mmap(page, page_bytes, PROT_READ, flags, -1, 0);
#endif
}

bool aw__mapping_repair(const siginfo_t *info)
{
	const uintptr_t at = (uintptr_t)info->si_addr;
	void *const page = (void *)(at & ~(page_bytes - 1));
	const int saved = errno;
	bool repaired = false;

	if (info->si_code != BUS_ADRERR)
		return false;
	for (unsigned i = 0; i < MOST_MAPPINGS && !repaired; i++) {
		if (at < atomic_load(&mappings[i].start) || at >= atomic_load(&mappings[i].end) ||
		    atomic_load(&mappings[i].start) == 0)
			continue;
		atomic_store(&mappings[i].cut, 1);
		repaired = map_zeros(page) == page;
	}
	errno = saved;
	return repaired;
}

/* Call the previous handler. If there is none, or this is reached a second time, the signal ends the process. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	const bool first = atomic_exchange(&passed_on, 1) == 0;

	if (first && (former.sa_flags & SA_SIGINFO) != 0) {
		former.sa_sigaction(number, info, context);
	} else if (first && former.sa_handler != SIG_DFL && former.sa_handler != SIG_IGN) {
		former.sa_handler(number);
	} else {
		signal(number, SIG_DFL);
		if (info->si_code != BUS_ADRERR && info->si_code != BUS_ADRALN)
			raise(number); /* no fault: returning would not repeat the signal */
	}
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	if (!aw__mapping_repair(info))
		pass_on(number, info, context);
}

/* Called for each mapping, since the program may have replaced the handler in the meantime. */
static void install(void)
{
	struct sigaction ours = { .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART }, current;

	page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
	ours.sa_sigaction = on_fault;
	sigemptyset(&ours.sa_mask);
	if (sigaction(SIGBUS, NULL, &current) == 0 &&
	    ((current.sa_flags & SA_SIGINFO) == 0 || current.sa_sigaction != on_fault) &&
	    sigaction(SIGBUS, &ours, NULL) == 0)
		former = current;
}

static bool note(uintptr_t start, size_t bytes)
{
	for (unsigned i = 0; i < MOST_MAPPINGS; i++) {
		uintptr_t nothing = 0;

		if (!atomic_compare_exchange_strong(&mappings[i].end, &nothing, start + bytes))
			continue;
		atomic_store(&mappings[i].cut, 0);
		atomic_store(&mappings[i].start, start);
		return true;
	}
	return false;
}

const void *aw__mapping_open(int fd, size_t bytes)
{
	void *base = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	if (base == MAP_FAILED)
		return NULL;
	install();
	if (note((uintptr_t)base, bytes))
		return base;
	munmap(base, bytes);
	errno = ENOMEM;
	return NULL;
}

void aw__mapping_close(const void *base, size_t bytes)
{
	if (base == NULL)
		return;
	for (unsigned i = 0; i < MOST_MAPPINGS; i++) {
		if (atomic_load(&mappings[i].start) != (uintptr_t)base)
			continue;
		atomic_store(&mappings[i].start, 0);
		atomic_store(&mappings[i].end, 0);
		break;
	}
	munmap((void *)(uintptr_t)base, bytes);
}

bool aw__mapping_was_cut(const void *base)
{
	for (unsigned i = 0; i < MOST_MAPPINGS; i++)
		if (base != NULL && atomic_load(&mappings[i].start) == (uintptr_t)base)
			return atomic_load(&mappings[i].cut) != 0;
	return false;
}
