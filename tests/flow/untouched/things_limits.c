/* SPDX-License-Identifier: MIT */
/* Limits: resources, masks, folders, roots, filters of system calls. Mostly in children, so that they apply only there. */
#include "things.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static void all_limits(void)
{
	for (int what = 0; what < RLIM_NLIMITS; what++) {
		struct rlimit limit;

		getrlimit(what, &limit);
		saw("%ld", (long)limit.rlim_cur);
	}
}

static int few_files(void)
{
	const struct rlimit limit = { 24, 24 };

	setrlimit(RLIMIT_NOFILE, &limit);
	return use_a_loop(31);
}

static int small_files(void)
{
	const struct rlimit limit = { 0, 0 };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	return use_a_loop(32);
}

static int little_address_space(void)
{
	const struct rlimit limit = { UINT64_C(1) << 33, UINT64_C(1) << 33 };

	setrlimit(RLIMIT_AS, &limit);
	if (malloc(UINT64_C(1) << 34) != NULL)
		return 1;
	return use_a_loop(33);
}

static int no_more_processes(void)
{
	const struct rlimit limit = { 0, 0 };

	setrlimit(RLIMIT_NPROC, &limit);
	return use_a_loop(34);
}

static int no_locked_memory(void)
{
	const struct rlimit limit = { 0, 0 };

	setrlimit(RLIMIT_MEMLOCK, &limit);
	setrlimit(RLIMIT_CORE, &limit);
	return use_a_loop(35);
}

static int depth(int level)
{
	volatile char room[4096] = { (char)level };

	return level == 0 ? room[0] : depth(level - 1) + room[1];
}

static void *go_deep(void *arg)
{
	return (void *)(intptr_t)(depth(1500) == 0 ? 36 : 1);
}

/* Uses nearly all of a thread's stack. */
static int deep_stack(void)
{
	void *result = NULL;
	pthread_t thread;

	pthread_create(&thread, NULL, go_deep, NULL);
	pthread_join(thread, &result);
	return (int)(intptr_t)result;
}

static void limited(void)
{
	in_child(few_files);
	in_child(small_files);
	in_child(little_address_space);
	in_child(no_more_processes);
	in_child(no_locked_memory);
	in_child(deep_stack);
}

static void file_mode_mask(void)
{
	const mode_t before = umask(0);

	saw("%03o", (unsigned)before);
	umask(before);
}

static int strict_mask(void)
{
	char path[64];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/tmp/awry-untouched-%ld", (long)getpid());
	umask(0777);
	if (use_a_loop(0) != 0)
		return 2;
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0666);
	fstat(fd, &st);
	unlink(path);
	return (st.st_mode & 0777) == 0 ? 37 : 1;
}

static void masks(void)
{
	in_child(strict_mask);
}

static void folder(void)
{
	char before[4096], now[4096];

	saw_result("getcwd", getcwd(before, sizeof(before)) != NULL);
	saw_result("chdir", chdir("/"));
	usleep(30000);
	saw("%s;", getcwd(now, sizeof(now)));
	saw_result("chdir", chdir(before));
}

static int removed_folder(void)
{
	char path[] = "/tmp/awry-untouched-XXXXXX", now[4096];

	if (mkdtemp(path) == NULL || chdir(path) != 0 || rmdir(path) != 0)
		return 1;
	return getcwd(now, sizeof(now)) == NULL && errno == ENOENT ? use_a_loop(38) : 2;
}

static char new_root[] = "/tmp/awry-untouched-XXXXXX";

/* Only root may change the root folder; other users get the error. */
static int another_root(void)
{
	return chroot(new_root) == 0 ? use_a_loop(39) : errno == EPERM ? 40 : 2;
}

static void folders(void)
{
	in_child(removed_folder);
}

static void roots(void)
{
	saw("made %d", mkdtemp(new_root) != NULL);
	in_child(another_root);
	saw_result("rmdir", rmdir(new_root));
}

/* Installs a filter that allows all calls but one, for which it takes `action`. */
static bool forbid(long number, unsigned action)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int filtered_uname(void)
{
	struct utsname name;

	if (!forbid(SYS_uname, SECCOMP_RET_ERRNO | EPERM))
		return 1;
	return uname(&name) == -1 && errno == EPERM ? use_a_loop(41) : 2;
}

static int filtered_ptrace(void)
{
	return forbid(SYS_ptrace, SECCOMP_RET_KILL_PROCESS) ? use_a_loop(42) : 1;
}

static int filtered_sockets(void)
{
	return forbid(SYS_socket, SECCOMP_RET_ERRNO | EACCES) ? use_a_loop(43) : 1;
}

static int filtered_memory_files(void)
{
	return forbid(SYS_memfd_create, SECCOMP_RET_ERRNO | EPERM) ? use_a_loop(44) : 1;
}

static int killed_by_a_filter(void)
{
	struct utsname name;

	return forbid(SYS_uname, SECCOMP_RET_KILL_PROCESS) ? uname(&name) : 1;
}

static void filters(void)
{
	in_child(filtered_uname);
	in_child(filtered_ptrace);
	in_child(filtered_sockets);
	in_child(filtered_memory_files);
	in_child(killed_by_a_filter);
}

static void locked_memory(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	saw_result("mlock", mlock(page, 4096));
	saw_result("munmap", munmap(page, 4096));
}

const struct thing limit_things[] = {
	{ "limits", all_limits },    { "behind limits", limited },
	{ "umask", file_mode_mask }, { "umask of a child", masks },
	{ "folder", folder },	     { "a folder that is gone", folders },
	{ "chroot", roots },	     { "seccomp", filters },
	{ "mlock", locked_memory },  { 0 },
};
