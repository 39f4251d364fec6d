/* SPDX-License-Identifier: MIT */
/*
 * A program that starts and stops recording repeatedly, while its threads call hooks all the time.
 *
 *	restarts FOLDER COUNT [alone]
 *	                            makes COUNT recordings, FOLDER/0.awry and so on; each fourth in a forked child, too. It prints its
 *	                            memory, mappings and descriptors after a quarter of the recordings, and at the end
 *	restarts FOLDER attach      a recording until a line is read, and another one until the next line
 *	restarts FOLDER idle [alone]
 *	                            a thread records in the first recording, and sleeps in all others; else like COUNT
 */
#include <awry/agent.h>

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define KEPT	64

static bool forks = true;
static _Atomic bool ending;
static _Atomic unsigned rounds;

/* A thread's loop and tasks, which are reported in some recordings and used in others. */
struct worker {
	struct aw_agent_loop loop;
	struct aw_agent_task kept[KEPT];
	uint32_t epoch;
};

static void tell_anew(struct worker *worker)
{
	const uint32_t epoch = aw_agent_epoch();
	const struct aw_agent_birth birth = {
		.loop = &worker->loop, .before_recording = true, .name = "kept", .name_length = 4
	};

	if (worker->epoch == epoch || !aw_agent_on())
		return;
	worker->epoch = epoch;
	aw_agent_loop_opened(&worker->loop, "worker");
	for (unsigned i = 0; i < KEPT; i += 2) {
		if (worker->kept[i].id == 0)
			worker->kept[i].id = aw_agent_new_task_id();
		aw_agent_task_created(&worker->kept[i], &birth);
	}
}

static void use(struct worker *worker, unsigned i)
{
	struct aw_agent_task *task = &worker->kept[i % KEPT];
	const struct aw_agent_birth birth = { .loop = &worker->loop, .creator = task };
	struct aw_agent_task other = { .id = aw_agent_new_task_id() };
	char text[32];

	snprintf(text, sizeof(text), "text %u", i % 1000);
	aw_agent_loop_busy(&worker->loop);
	aw_agent_task_created(&other, &birth);
	aw_agent_task_step(task);
	aw_agent_string(text, strlen(text));
	aw_agent_task_wait(task, AW_WAIT_LOCK, 1 + i % 100);
	aw_agent_resource_held(1 + i % 100, other.id);
	aw_agent_resource_shared(1000 + i % 50, &other.id, i % 3);
	aw_agent_cancel_asked(&other, &(struct aw_agent_cancel){ .by = task });
	aw_agent_cancel_delivered(&other);
	aw_agent_task_done(&other, AW_OUTCOME_RESULT, 0);
	aw_agent_task_kept(&other, true);
	aw_agent_task_kept(&other, false);
	aw_agent_loop_idle(&worker->loop);
}

static void *work(void *arg)
{
	struct worker *worker = arg;

	for (unsigned i = 0; !atomic_load(&ending); i++) {
		tell_anew(worker);
		if (aw_agent_on())
			use(worker, i);
		else
			usleep(100);
		atomic_fetch_add(&rounds, 1);
	}
	aw_agent_loop_closed(&worker->loop);
	return NULL;
}

/* Gets a writer in the first recording, and never calls a hook again. */
static void *sleep_on(void *arg)
{
	aw_agent_string("idle", 4);
	atomic_store((_Atomic bool *)arg, true);
	while (!atomic_load(&ending))
		usleep(10000);
	return NULL;
}

static bool start(const char *folder, const char *name, unsigned n)
{
	char trace[4096];

	snprintf(trace, sizeof(trace), "%s/%s%u.awry", folder, name, n);
	return aw_agent_start_with(AW_AGENT_OPTS(.runtime = "restarts", .trace = trace,
						 .no_stderr = true, .memory_bytes = 32u << 20,
						 .ring_bytes = 256u << 10));
}

static void lose(const char *name)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .name = name, .name_length = strlen(name) };

	aw_agent_task_created(&task, &birth);
	aw_agent_task_destroyed_pending(&task);
}

static unsigned entries(const char *path)
{
	DIR *folder = opendir(path);
	unsigned count = 0;

	while (folder != NULL && readdir(folder) != NULL)
		count++;
	if (folder != NULL)
		closedir(folder);
	return count;
}

/* Counts "." and "..", too. A thread that was joined may still be listed for a moment. */
static unsigned threads_left(void)
{
	for (unsigned i = 0; i < 100 && entries("/proc/self/task") > 2 + 1 + THREADS; i++)
		usleep(10000);
	return entries("/proc/self/task");
}

/* Prints the address space, the resident memory (shared pages, too), and the numbers of mappings, descriptors and threads. */
static void measure(const char *when)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long size = 0, resident = 0;
	const unsigned threads = threads_left();
	unsigned maps = 0;
	int byte;

	if (file != NULL && fscanf(file, "%lu %lu", &size, &resident) == 2)
		fclose(file);
	file = fopen("/proc/self/maps", "r");
	while (file != NULL && (byte = getc(file)) != EOF)
		maps += byte == '\n';
	if (file != NULL)
		fclose(file);
	printf("%s %lu %lu %u %u %u\n", when, size * 4, resident * 4, maps,
	       entries("/proc/self/fd"), threads);
	fflush(stdout);
}

/* Forks a child. `now`: nothing is recorded at the time, and the child starts a recording. */
static int fork_one(const char *folder, unsigned n, bool now)
{
	const pid_t child = fork();
	const uint32_t epoch = aw_agent_epoch();
	int status = 1;

	if (child == 0) {
		if (now && !start(folder, "child", n))
			_exit(1);
		lose("child");
		aw_agent_stop();
		_exit(aw_agent_epoch() == epoch + 1 ? 0 : 2);
	}
	return child > 0 && waitpid(child, &status, 0) == child ? status : 1;
}

static int record(const char *folder, unsigned n)
{
	const unsigned before = atomic_load(&rounds);
	int status = 0;

	if (forks && n % 8 == 3 && fork_one(folder, n, true) != 0)
		return 3;
	if (!start(folder, "", n) || aw_agent_epoch() != n + 1)
		return 4;
	lose("here");
	if (forks && n % 8 == 7)
		status = fork_one(folder, n, false);
	while (atomic_load(&rounds) - before < 200)
		usleep(100);
	aw_agent_stop();
	return status == 0 && !aw_agent_on() && aw_agent_epoch() == n + 1 ? 0 : 5;
}

static int record_often(const char *folder, unsigned from, unsigned count)
{
	static struct worker workers[THREADS];
	pthread_t threads[THREADS];
	int status = 0;

	for (unsigned i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, &workers[i]);
	for (unsigned n = from; n < count && status == 0; n++) {
		status = record(folder, n);
		if (n == count / 4)
			measure("begin");
	}
	measure("end");
	atomic_store(&ending, true);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return status;
}

static int wait_for_lines(const char *folder)
{
	for (unsigned n = 0; n < 2; n++) {
		if (!start(folder, "", n))
			return 1;
		lose(n == 0 ? "first" : "second");
		puts("recording");
		fflush(stdout);
		(void)getchar();
		aw_agent_stop();
	}
	return 0;
}

int main(int argc, char **argv)
{
	static _Atomic bool told;
	pthread_t idle;
	int status;

	if (argc < 3)
		return 2;
	forks = argc < 4 || strcmp(argv[3], "alone") != 0;
	if (strcmp(argv[2], "attach") == 0)
		return wait_for_lines(argv[1]);
	if (strcmp(argv[2], "idle") != 0)
		return record_often(argv[1], 0, (unsigned)atoi(argv[2]));
	if (!start(argv[1], "", 0))
		return 1;
	pthread_create(&idle, NULL, sleep_on, &told);
	while (!atomic_load(&told))
		usleep(100);
	aw_agent_stop();
	status = record_often(argv[1], 1, 40);
	pthread_join(idle, NULL);
	return status;
}
