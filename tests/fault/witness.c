/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a program that will be killed: counts its findings in a file, each one after the recorder's
 * hook has returned. Findings that were counted before the kill must be in the box afterwards.
 *
 * WITNESS=FILE LD_PRELOAD=witness.so PROGRAM
 */
#include <awry/agent.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t *count;

#define NEXT(name) (*(__typeof__(&name) *)(void *[]){ dlsym(RTLD_NEXT, #name) })

__attribute__((constructor)) static void open_file(void)
{
	const char *path = getenv("WITNESS");
	const int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (fd < 0 || ftruncate(fd, sizeof(*count)) != 0)
		abort();
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (count == MAP_FAILED)
		abort();
	close(fd);
}

void aw_agent_error_lost(struct aw_agent_task *owner, uint64_t error)
{
	NEXT(aw_agent_error_lost)(owner, error);
	atomic_fetch_add(count, 1);
}

void aw_agent_coroutine_dropped(const struct aw_agent_coroutine *coroutine,
				const struct aw_agent_task *creator)
{
	NEXT(aw_agent_coroutine_dropped)(coroutine, creator);
	atomic_fetch_add(count, 1);
}

void aw_agent_task_forsaken(struct aw_agent_task *task)
{
	NEXT(aw_agent_task_forsaken)(task);
	atomic_fetch_add(count, 1);
}
