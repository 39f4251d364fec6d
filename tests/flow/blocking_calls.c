/* SPDX-License-Identifier: MIT */
/* Calls of blocking.c: those of signal(7) that are never restarted, and similar ones. Each blocks for a third of a second or a second. */
#include "blocking.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timeval length_tv = { .tv_usec = LONG_MS * 1000 };

static long call_epoll_wait(void)
{
	struct epoll_event event;
	const int fd = epoll_create1(EPOLL_CLOEXEC);
	const long result = epoll_wait(fd, &event, 1, LONG_MS);

	close(fd);
	return result;
}

static long call_epoll_pwait(void)
{
	struct epoll_event event;
	const int fd = epoll_create1(EPOLL_CLOEXEC);
	sigset_t set;
	long result;

	sigemptyset(&set);
	result = epoll_pwait(fd, &event, 1, LONG_MS, &set);
	close(fd);
	return result;
}

static long call_epoll_pwait2(void)
{
	struct epoll_event event;
	const int fd = epoll_create1(EPOLL_CLOEXEC);
	const long result = epoll_pwait2(fd, &event, 1, &later_length, NULL);

	close(fd);
	return result;
}

static long call_epoll_ready(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	const int fd = epoll_create1(EPOLL_CLOEXEC);
	int ends[2];
	struct later later = { .bytes = 1 };
	pthread_t thread;
	long result = pipe2(ends, O_CLOEXEC);

	epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event);
	later.fd = ends[1];
	thread = later_start(later_write, &later);
	result = epoll_wait(fd, &event, 1, -1);
	pthread_join(thread, NULL);
	later_close_both(ends);
	close(fd);
	return result;
}

static long call_poll(void)
{
	return poll(NULL, 0, LONG_MS);
}

static long call_ppoll(void)
{
	return ppoll(NULL, 0, &later_length, NULL);
}

static long call_select(void)
{
	struct timeval timeout = length_tv;

	return select(0, NULL, NULL, NULL, &timeout);
}

static long call_pselect(void)
{
	return pselect(0, NULL, NULL, NULL, &later_length, NULL);
}

static sigset_t only(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return set;
}

static long call_sigtimedwait(void)
{
	const sigset_t set = only(SIGUSR1);

	return sigtimedwait(&set, NULL, &later_length);
}

static pid_t own_thread;

static void *signal_later(void *arg)
{
	nanosleep(&later_length, NULL);
	syscall(SYS_tgkill, getpid(), own_thread, SIGUSR1);
	return NULL;
}

static long call_sigwaitinfo(void)
{
	const sigset_t set = only(SIGUSR1);
	pthread_t thread;
	long result;

	own_thread = (pid_t)syscall(SYS_gettid);
	thread = later_start(signal_later, NULL);
	result = sigwaitinfo(&set, NULL);
	pthread_join(thread, NULL);
	return result;
}

static long call_semtimedop(void)
{
	const int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf take = { .sem_op = -1 };
	long result;

	result = semtimedop(id, &take, 1, &later_length);
	semctl(id, 0, IPC_RMID);
	return result;
}

static void *release_later(void *arg)
{
	const struct later *later = arg;
	struct sembuf give = { .sem_op = 1 };

	nanosleep(&later_length, NULL);
	semop(later->fd, &give, 1);
	return NULL;
}

static long call_semop(void)
{
	struct later later = { .fd = semget(IPC_PRIVATE, 1, 0600) };
	const pthread_t thread = later_start(release_later, &later);
	struct sembuf take = { .sem_op = -1 };
	const long result = semop(later.fd, &take, 1);

	pthread_join(thread, NULL);
	semctl(later.fd, 0, IPC_RMID);
	return result;
}

struct message {
	long type;
	char text[8];
};

static void *tell_later(void *arg)
{
	const struct later *later = arg;
	struct message message = { 1, "abc" };

	nanosleep(&later_length, NULL);
	msgsnd(later->fd, &message, 3, 0);
	return NULL;
}

static long call_msgrcv(void)
{
	struct later later = { .fd = msgget(IPC_PRIVATE, 0600) };
	const pthread_t thread = later_start(tell_later, &later);
	struct message message;
	const long result = msgrcv(later.fd, &message, sizeof(message.text), 0, 0);

	pthread_join(thread, NULL);
	msgctl(later.fd, IPC_RMID, NULL);
	return result;
}

static void *hear_later(void *arg)
{
	const struct later *later = arg;
	struct message message;

	nanosleep(&later_length, NULL);
	msgrcv(later->fd, &message, sizeof(message.text), 0, 0);
	return NULL;
}

static long call_msgsnd(void)
{
	struct later later = { .fd = msgget(IPC_PRIVATE, 0600) };
	struct message message = { 1, "1234567" };
	struct msqid_ds limits;
	pthread_t thread;
	long result;

	msgctl(later.fd, IPC_STAT, &limits);
	limits.msg_qbytes = 64;
	msgctl(later.fd, IPC_SET, &limits);
	while (msgsnd(later.fd, &message, 8, IPC_NOWAIT) == 0)
		;
	thread = later_start(hear_later, &later);
	result = msgsnd(later.fd, &message, 8, 0);
	pthread_join(thread, NULL);
	msgctl(later.fd, IPC_RMID, NULL);
	return result;
}

static long call_nanosleep(void)
{
	return nanosleep(&later_length, NULL);
}

static long call_clock_nanosleep(void)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += later_length.tv_nsec;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static long call_usleep(void)
{
	return usleep(LONG_MS * 1000);
}

static long call_sleep(void)
{
	return sleep(1);
}

static long call_io_getevents(void)
{
	aio_context_t context = 0;
	struct io_event event;
	struct timespec timeout = later_length;
	long result = syscall(SYS_io_setup, 1, &context);

	if (result != 0)
		return -errno;
	result = syscall(SYS_io_getevents, context, 1, 1, &event, &timeout);
	syscall(SYS_io_destroy, context);
	return result;
}

static long call_futex(void)
{
	static uint32_t word;

	return syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &later_length, NULL, 0);
}

static long call_sem_timedwait(void)
{
	struct timespec until;
	sem_t semaphore;

	sem_init(&semaphore, 0, 0);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += later_length.tv_nsec;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return sem_timedwait(&semaphore, &until);
}

static long call_inotify(void)
{
	char folder[] = "/tmp/awry-blocking-XXXXXX", path[64];
	const int fd = inotify_init1(IN_CLOEXEC);
	struct later later = { .bytes = 1 };
	pthread_t thread;
	long result;

	if (mkdtemp(folder) == NULL)
		return -errno;
	snprintf(path, sizeof(path), "%s/file", folder);
	later.fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	inotify_add_watch(fd, folder, IN_MODIFY);
	thread = later_start(later_write, &later);
	result = read(fd, later_buffer, 4096);
	pthread_join(thread, NULL);
	unlink(path);
	rmdir(folder);
	close(later.fd);
	close(fd);
	return result;
}

static long call_eventfd(void)
{
	const int fd = eventfd(0, EFD_CLOEXEC);
	struct later later = { .fd = fd, .bytes = 8 };
	pthread_t thread;
	uint64_t value;
	long result;

	later_buffer[0] = 1;
	thread = later_start(later_write, &later);
	result = read(fd, &value, 8);
	pthread_join(thread, NULL);
	close(fd);
	return result;
}

static long call_timerfd(void)
{
	const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	const struct itimerspec once = { .it_value = later_length };
	uint64_t value;
	long result;

	timerfd_settime(fd, 0, &once, NULL);
	result = read(fd, &value, 8);
	close(fd);
	return result;
}

static long call_mq_timedreceive(void)
{
	char name[64];
	struct timespec until;
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = 16 };
	long result;
	mqd_t queue;

	snprintf(name, sizeof(name), "/awry-blocking-%d", (int)getpid());
	queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
	mq_unlink(name);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 1;
	result = mq_timedreceive(queue, later_buffer, 16, NULL, &until);
	mq_close(queue);
	return result;
}

static long call_flock(void)
{
	char path[] = "/tmp/awry-blocking-XXXXXX";
	const int fd = mkstemp(path), other = open(path, O_RDWR | O_CLOEXEC);
	pid_t child;
	long result;

	flock(other, LOCK_EX);
	child = fork();
	if (child == 0) {
		nanosleep(&later_length, NULL);
		_exit(0);
	}
	close(other);
	result = flock(fd, LOCK_EX);
	waitpid(child, NULL, 0);
	unlink(path);
	close(fd);
	return result;
}

static long call_waitpid(void)
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0) {
		nanosleep(&later_length, NULL);
		_exit(7);
	}
	return waitpid(child, &status, 0) == child ? WEXITSTATUS(status) : -1;
}

const struct blocking_call blocking_calls[] = {
	{ "epoll_wait", call_epoll_wait },
	{ "epoll_pwait", call_epoll_pwait },
	{ "epoll_pwait2", call_epoll_pwait2 },
	{ "epoll_ready", call_epoll_ready },
	{ "poll", call_poll },
	{ "ppoll", call_ppoll },
	{ "select", call_select },
	{ "pselect", call_pselect },
	{ "sigtimedwait", call_sigtimedwait },
	{ "sigwaitinfo", call_sigwaitinfo },
	{ "semtimedop", call_semtimedop },
	{ "semop", call_semop },
	{ "msgrcv", call_msgrcv },
	{ "msgsnd", call_msgsnd },
	{ "nanosleep", call_nanosleep },
	{ "clock_nanosleep", call_clock_nanosleep },
	{ "usleep", call_usleep },
	{ "sleep", call_sleep },
	{ "io_getevents", call_io_getevents },
	{ "futex", call_futex },
	{ "sem_timedwait", call_sem_timedwait },
	{ "inotify", call_inotify },
	{ "eventfd", call_eventfd },
	{ "timerfd", call_timerfd },
	{ "mq_timedreceive", call_mq_timedreceive },
	{ "flock", call_flock },
	{ "waitpid", call_waitpid },
	{ NULL, NULL },
};
