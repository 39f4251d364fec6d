/* SPDX-License-Identifier: MIT */
/* Tests of reading a box that changes: other processes shorten its file, or overwrite data that was checked. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <awry/agent.h>

#include "base/mapping.h"
#include "box_fixture.h"
#include "proto/blackbox.h"

static unsigned char *copy_box(size_t *ret_size)
{
	const struct aw__box *box = box_fixture_box();
	unsigned char *copy =
		mmap(NULL, box->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(copy != MAP_FAILED);
	memcpy(copy, box->base, box->bytes);
	*ret_size = box->bytes;
	return copy;
}

static void view_copy(struct aw__box *box, const void *copy, size_t size)
{
	struct aw__problem problem;

	assert_true(aw__box_view(box, copy, size, "copy", &problem));
}

/* A hostile owner overwrites a definition after it was checked and returned. */
static void box__a_returned_definition_does_not_change(void **state)
{
	size_t size;
	unsigned char *copy = copy_box(&size);
	struct aw__box_header *header = (struct aw__box_header *)copy;
	char text[AW__ENTRY_TEXT_BYTES];
	struct aw__box_cursor *cursor;
	struct aw__item item;
	struct aw__box box;

	view_copy(&box, copy, size);
	cursor = aw__box_cursor_create(&box);
	aw__box_cursor_mark(cursor);
	do
		assert_true(aw__box_cursor_next(cursor, &item));
	while (item.kind != AW__ITEM_DEFINITION || item.definition.text_length == 0);
	memcpy(text, item.definition.text, item.definition.text_length);
	memset(copy + header->arena_offset, 0xff, header->arena_end);
	assert_memory_equal(item.definition.text, text, item.definition.text_length);
	aw__box_cursor_destroy(cursor);
	munmap(copy, size);
}

static int write_box(char path[])
{
	const struct aw__box *box = box_fixture_box();
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, box->base, box->bytes), box->bytes);
	return fd;
}

static void *read_all(void *arg)
{
	struct aw__box_cursor *cursor = aw__box_cursor_create(arg);
	struct aw__item item;
	unsigned items = 0;

	aw__box_cursor_snapshot(cursor);
	aw__box_cursor_mark(cursor);
	while (aw__box_cursor_next(cursor, &item))
		assert_true(++items < 100000);
	aw__box_cursor_destroy(cursor);
	return arg;
}

/* Two threads read while the file is cut to its header, or to nothing. */
static void box__is_read_while_its_file_is_cut(void **state)
{
	const off_t left[] = { 4096, 0 };

	for (unsigned i = 0; i < 2; i++) {
		char path[] = "/tmp/awry-test-XXXXXX";
		const int fd = write_box(path);
		struct aw__problem problem;
		struct aw__box box;
		pthread_t thread;

		assert_true(aw__box_open(&box, path, &problem));
		unlink(path);
		read_all(&box);
		assert_false(aw__box_was_cut(&box));
		assert_int_equal(ftruncate(fd, left[i]), 0);
		assert_int_equal(pthread_create(&thread, NULL, read_all, &box), 0);
		read_all(&box);
		pthread_join(thread, NULL);
		assert_true(aw__box_was_cut(&box));
		aw__box_close(&box);
		close(fd);
	}
}

static void on_bus_error(int number)
{
	_exit(number == SIGBUS ? 7 : 8);
}

static _Noreturn void read_what_is_gone(int fd, bool handled)
{
	const struct rlimit no_core = { 0, 0 };
	volatile char *other = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	char first;

	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGBUS, handled ? on_bus_error : SIG_DFL);
	aw__mapping_close(aw__mapping_open(fd, 4096), 4096);
	if (ftruncate(fd, 0) != 0)
		_exit(9);
	first = other[0];
	_exit(first);
}

/* A fault in another mapping goes to the handler that was installed before, or ends the process. */
static void mapping__other_faults_are_passed_on(void **state)
{
	for (int handled = 0; handled < 2; handled++) {
		char path[] = "/tmp/awry-test-XXXXXX";
		const int fd = mkstemp(path);
		int status;
		pid_t pid;

		unlink(path);
		assert_int_equal(ftruncate(fd, 4096), 0);
		pid = fork();
		if (pid == 0)
			read_what_is_gone(fd, handled);
		close(fd);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (handled)
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
		else
			assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(box__a_returned_definition_does_not_change),
		cmocka_unit_test(box__is_read_while_its_file_is_cut),
		cmocka_unit_test(mapping__other_faults_are_passed_on),
	};
	const struct aw__record_options options = box_fixture_small();
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .name = "first", .name_length = 5 };
	int failed;

	box_fixture_open(&options);
	aw_agent_task_created(&task, &birth);
	failed = cmocka_run_group_tests_name("box_changes", tests, NULL, NULL);
	return box_fixture_close() ? failed : 1;
}
