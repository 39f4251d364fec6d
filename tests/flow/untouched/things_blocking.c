/* SPDX-License-Identifier: MIT */
/*
 * Calls that block the loop's thread so long that the watchdog samples it: with a timeout that expires, and with an answer
 * that comes in time. Calls that the kernel never restarts (signal(7)) come first.
 */
#include "things.h"

#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHORT_MS 80

static const struct timespec short_time = { .tv_nsec = SHORT_MS * 1000000L };

static struct timespec deadline(clockid_t clock)
{
	struct timespec at;

	clock_gettime(clock, &at);
	at.tv_nsec += SHORT_MS * 1000000L;
	at.tv_sec += at.tv_nsec / 1000000000L;
	at.tv_nsec %= 1000000000L;
	return at;
}

static void set_timeouts(int fd, int ms)
{
	const struct timeval timeout = { ms / 1000, ms % 1000 * 1000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
}

static void answer(void *arg)
{
	(void)!write(*(int *)arg, "yes", 3);
}

/* A pair of sockets; the data to receive comes after 80 ms, or not at all. */
static void receive(bool answered)
{
	const long since = now_ms();
	int ends[2];
	char bytes[8];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return;
	set_timeouts(ends[0], answered ? 3000 : SHORT_MS);
	if (answered)
		later(SHORT_MS, answer, &ends[1]);
	saw_result("recv", recv(ends[0], bytes, sizeof(bytes), 0));
	saw_duration(since, SHORT_MS);
	join_later();
	close(ends[0]);
	close(ends[1]);
}

static void receive_with_answer(void)
{
	receive(true);
}

static void receive_in_vain(void)
{
	receive(false);
}

static void send_in_vain(void)
{
	static char bytes[1 << 20];
	int ends[2];
	long since;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return;
	set_timeouts(ends[0], SHORT_MS);
	while (send(ends[0], bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	since = now_ms();
	saw_result("send", send(ends[0], bytes, sizeof(bytes), 0));
	saw_duration(since, SHORT_MS);
	close(ends[0]);
	close(ends[1]);
}

static void accept_in_vain(void)
{
	const struct sockaddr_in loopback = { .sin_family = AF_INET,
					      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	const long since = now_ms();

	saw_result("bind", bind(fd, (const struct sockaddr *)&loopback, sizeof(loopback)));
	listen(fd, 1);
	set_timeouts(fd, SHORT_MS);
	saw_result("accept", accept(fd, NULL, NULL));
	saw_duration(since, SHORT_MS);
	close(fd);
}

static void epoll_with_answer(void)
{
	const int poller = epoll_create1(0), event = eventfd(0, 0);
	struct epoll_event wanted = { .events = EPOLLIN }, got;
	const uint64_t one = 1;
	long since = now_ms();

	epoll_ctl(poller, EPOLL_CTL_ADD, event, &wanted);
	saw_result("epoll_wait", epoll_wait(poller, &got, 1, SHORT_MS));
	saw_duration(since, SHORT_MS);
	since = now_ms();
	saw_result("epoll_pwait", epoll_pwait(poller, &got, 1, SHORT_MS, NULL));
	saw_duration(since, SHORT_MS);
	(void)!write(event, &one, sizeof(one));
	saw_result("epoll_wait", epoll_wait(poller, &got, 1, SHORT_MS));
	close(event);
	close(poller);
}

static void polls(void)
{
	struct timeval timeout = { .tv_usec = SHORT_MS * 1000 };
	long since = now_ms();

	saw_result("poll", poll(NULL, 0, SHORT_MS));
	saw_duration(since, SHORT_MS);
	since = now_ms();
	saw_result("ppoll", ppoll(NULL, 0, &short_time, NULL));
	saw_duration(since, SHORT_MS);
	since = now_ms();
	saw_result("select", select(0, NULL, NULL, NULL, &timeout));
	saw_duration(since, SHORT_MS);
	saw("left %ld", (long)timeout.tv_usec);
	since = now_ms();
	saw_result("pselect", pselect(0, NULL, NULL, NULL, &short_time, NULL));
	saw_duration(since, SHORT_MS);
}

static void sleeps(void)
{
	struct timespec left = { .tv_sec = 9 };
	struct timespec until = deadline(CLOCK_MONOTONIC);
	long since = now_ms();

	saw_result("nanosleep", nanosleep(&short_time, &left));
	saw("left %ld", (long)left.tv_sec);
	saw_duration(since, SHORT_MS);
	since = now_ms();
	until = deadline(CLOCK_MONOTONIC);
	saw_result("clock_nanosleep",
		   clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
	saw_duration(since, SHORT_MS);
	since = now_ms();
	saw_result("usleep", usleep(SHORT_MS * 1000));
	saw_duration(since, SHORT_MS);
	since = now_ms();
	saw_result("sleep", sleep(1));
	saw_duration(since, 1000);
}

static void semaphores(void)
{
	struct sembuf take = { .sem_op = -1 };
	const int set = semget(IPC_PRIVATE, 1, 0600);
	struct timespec until;
	long since = now_ms();
	sem_t semaphore;

	saw_result("semtimedop", semtimedop(set, &take, 1, &short_time));
	saw_duration(since, SHORT_MS);
	semctl(set, 0, IPC_RMID);
	sem_init(&semaphore, 0, 0);
	since = now_ms();
	until = deadline(CLOCK_REALTIME);
	saw_result("sem_timedwait", sem_timedwait(&semaphore, &until));
	saw_duration(since, SHORT_MS);
	sem_destroy(&semaphore);
}

static void send_message(void *arg)
{
	const struct {
		long type;
		char text[4];
	} message = { 1, "abc" };

	msgsnd(*(int *)arg, &message, sizeof(message.text), 0);
}

static void messages(void)
{
	struct {
		long type;
		char text[4];
	} got;
	int queue = msgget(IPC_PRIVATE, 0600);

	later(SHORT_MS, send_message, &queue);
	saw_result("msgrcv", msgrcv(queue, &got, sizeof(got.text), 0, 0));
	join_later();
	msgctl(queue, IPC_RMID, NULL);
}

static void message_queue(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	const struct timespec until = deadline(CLOCK_REALTIME);
	const long since = now_ms();
	char name[32], bytes[8];
	mqd_t queue;

	snprintf(name, sizeof(name), "/awry-untouched-%ld", (long)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
	mq_unlink(name);
	saw_result("mq_timedreceive", mq_timedreceive(queue, bytes, sizeof(bytes), NULL, &until));
	saw_duration(since, SHORT_MS);
	mq_close(queue);
}

static void condition(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	const struct timespec until = deadline(CLOCK_REALTIME);
	const long since = now_ms();

	pthread_mutex_lock(&mutex);
	saw("%s", strerrorname_np(pthread_cond_timedwait(&cond, &mutex, &until)));
	saw_duration(since, SHORT_MS);
	pthread_mutex_unlock(&mutex);
}

static void timer_descriptor(void)
{
	const struct itimerspec timer = { .it_value = short_time };
	const int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	const long since = now_ms();
	uint64_t times = 0;

	timerfd_settime(fd, 0, &timer, NULL);
	saw_result("read", read(fd, &times, sizeof(times)));
	saw("times %d", (int)times);
	saw_duration(since, SHORT_MS);
	close(fd);
}

static void wait_for_a_child(void)
{
	const long since = now_ms();
	const pid_t pid = fork();
	siginfo_t info = { 0 };

	if (pid == 0) {
		usleep(SHORT_MS * 1000);
		_exit(5);
	}
	saw_result("waitid", waitid(P_PID, (id_t)pid, &info, WEXITED));
	saw("status %d", info.si_status);
	saw_duration(since, SHORT_MS);
}

static void file_locks(void)
{
	const struct flock whole = { .l_type = F_WRLCK };
	char path[] = "/tmp/awry-untouched-XXXXXX";
	int fd = mkstemp(path), ends[2], status;
	char byte;
	pid_t pid;

	if (fd < 0 || pipe(ends) != 0)
		return;
	pid = fork();
	if (pid == 0) {
		fcntl(fd, F_SETLK, &whole);
		(void)!write(ends[1], "x", 1);
		usleep(SHORT_MS * 1000);
		_exit(0);
	}
	(void)!read(ends[0], &byte, 1);
	saw_result("fcntl", fcntl(fd, F_SETLKW, &whole));
	waitpid(pid, &status, 0);
	saw_result("flock", flock(fd, LOCK_EX));
	unlink(path);
	close(ends[0]);
	close(ends[1]);
	close(fd);
}

static void busy_thread(void)
{
	const long since = now_ms();
	volatile unsigned spins = 0;

	while (now_ms() - since < 2 * SHORT_MS)
		spins++;
	saw("spun %d", spins > 0);
}

const struct thing blocking_things[] = {
	{ "recv with a timeout, answered", receive_with_answer },
	{ "recv with a timeout, in vain", receive_in_vain },
	{ "send with a timeout", send_in_vain },
	{ "accept with a timeout", accept_in_vain },
	{ "epoll", epoll_with_answer },
	{ "poll, select", polls },
	{ "sleep", sleeps },
	{ "semaphores", semaphores },
	{ "messages", messages },
	{ "mq_timedreceive", message_queue },
	{ "pthread_cond_timedwait", condition },
	{ "timerfd", timer_descriptor },
	{ "waitid", wait_for_a_child },
	{ "locks of files", file_locks },
	{ "busy loop", busy_thread },
	{ 0 },
};
