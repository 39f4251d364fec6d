/* SPDX-License-Identifier: MIT */
/*
 * Tests of the runtime folder: its path, safe modes and owners, file names, and how a box's process is told from
 * another one with the same pid.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/location.h"

static void location__folder_follows_the_environment(void **state)
{
	char path[AW__LOCATION_PATH_BYTES], long_path[256];
	struct aw__problem problem;

	setenv("AWRY_RUNTIME_DIR", "/run/one", 1);
	setenv("XDG_RUNTIME_DIR", "/run/two", 1);
	assert_true(aw__location_folder(path, &problem));
	assert_string_equal(path, "/run/one");
	unsetenv("AWRY_RUNTIME_DIR");
	assert_true(aw__location_folder(path, &problem));
	assert_string_equal(path, "/run/two/awry");
	unsetenv("XDG_RUNTIME_DIR");
	assert_true(aw__location_folder(path, &problem));
	assert_memory_equal(path, "/dev/shm/awry-", 14);
	setenv("AWRY_RUNTIME_DIR", "relative", 1);
	assert_false(aw__location_folder(path, &problem));
	assert_non_null(strstr(problem.text, "absolute"));
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[0] = '/';
	long_path[sizeof(long_path) - 1] = '\0';
	setenv("AWRY_RUNTIME_DIR", long_path, 1);
	assert_false(aw__location_folder(path, &problem));
	unsetenv("AWRY_RUNTIME_DIR");
}

static void location__names_are_written_and_parsed(void **state)
{
	const struct aw__location location = { 4294967295u, UINT64_MAX, 3 };
	char path[AW__LOCATION_PATH_BYTES];
	struct aw__location again;
	struct aw__problem problem;

	setenv("AWRY_RUNTIME_DIR", "/run/one", 1);
	assert_true(aw__location_path(&location, "box", path, &problem));
	assert_true(aw__location_parse(strrchr(path, '/') + 1, "box", &again));
	assert_int_equal(again.pid, location.pid);
	assert_true(again.start_ticks == location.start_ticks);
	assert_int_equal(again.number, location.number);
	assert_false(aw__location_parse(strrchr(path, '/') + 1, "sock", &again));
	assert_false(aw__location_parse("12-13.box", "box", &again));
	assert_false(aw__location_parse("12-13-0.box~", "box", &again));
	assert_false(aw__location_parse("012-13-0.box", "box", &again));
	assert_false(aw__location_parse("../1-2-3.box", "box", &again));
	unsetenv("AWRY_RUNTIME_DIR");
}

static void location__a_run_s_socket_is_known_by_its_name(void **state)
{
	char path[AW__LOCATION_PATH_BYTES], folder[AW__LOCATION_PATH_BYTES] = "/run/";

	assert_true(aw__location_run_socket("/run/one", 4711, path));
	assert_string_equal(path, "/run/one/run-4711.sock");
	assert_true(aw__location_is_run_socket("run-4711.sock"));
	assert_false(aw__location_is_run_socket("run-04711.sock"));
	assert_false(aw__location_is_run_socket("run-4711.socket"));
	assert_false(aw__location_is_run_socket("run-4711.sock.mine"));
	assert_false(aw__location_is_run_socket("run-.sock"));
	assert_false(aw__location_is_run_socket("rerun-4711.sock"));
	memset(folder + 5, 'x', sizeof(folder) - 6);
	assert_false(aw__location_run_socket(folder, 4711, path));
}

static void location__refuses_a_folder_that_others_can_write(void **state)
{
	char folder[] = "/tmp/awry-test-XXXXXX", link_path[64];
	struct aw__problem problem;

	assert_non_null(mkdtemp(folder));
	assert_true(aw__location_check_folder(folder, &problem));
	assert_int_equal(chmod(folder, 0770), 0);
	assert_false(aw__location_check_folder(folder, &problem));
	assert_non_null(strstr(problem.text, "770"));
	for (unsigned bit = 0; bit < 6; bit++) {
		assert_int_equal(chmod(folder, 0700 | 1u << bit), 0);
		assert_false(aw__location_check_folder(folder, &problem));
	}
	assert_int_equal(chmod(folder, 0700), 0);
	snprintf(link_path, sizeof(link_path), "%s-link", folder);
	assert_int_equal(symlink(folder, link_path), 0);
	assert_false(aw__location_check_folder(link_path, &problem));
	assert_int_equal(unlink(link_path), 0);
	assert_int_equal(rmdir(folder), 0);
}

/* Only root can change a folder's owner; other users check /root. */
static void location__refuses_a_folder_of_another_user(void **state)
{
	char folder[] = "/tmp/awry-test-XXXXXX";
	struct aw__problem problem;

	assert_non_null(mkdtemp(folder));
	if (chown(folder, 65534, (gid_t)-1) == 0) {
		assert_false(aw__location_check_folder(folder, &problem));
		assert_non_null(strstr(problem.text, "belongs to user 65534"));
	} else {
		assert_false(aw__location_check_folder("/root", &problem));
		assert_non_null(strstr(problem.text, "belongs to user 0"));
	}
	assert_int_equal(rmdir(folder), 0);
}

/* The program chooses the name that /proc/PID/stat shows in parentheses. */
static void location__a_process_name_does_not_confuse_the_parser(void **state)
{
	const uint64_t ticks = aw__location_start_ticks(getpid(), NULL);
	char name[16], process_state = '?';

	assert_int_equal(prctl(PR_GET_NAME, name), 0);
	assert_int_equal(prctl(PR_SET_NAME, "a) Z 1 (b 2"), 0);
	assert_int_equal(aw__location_start_ticks(getpid(), &process_state), ticks);
	assert_int_equal(process_state, 'R');
	assert_int_equal(prctl(PR_SET_NAME, name), 0);
}

static void location__identifies_a_process_by_its_start_time(void **state)
{
	char process_state = '?';
	const uint64_t ticks = aw__location_start_ticks(getpid(), &process_state);
	struct aw__location gone = { (uint32_t)getpid(), ticks + 1, 0 };

	assert_true(ticks > 0);
	assert_int_equal(process_state, 'R');
	assert_int_equal(aw__location_start_ticks(0x7ffffff0, NULL), 0);
	/* The pid was reused by another process. */
	assert_int_equal(aw__location_owner(&gone, "/dev/null"), AW__OWNER_GONE);
	/* The process lives, but has not locked the box: it runs another program now. */
	gone.start_ticks = ticks;
	assert_int_equal(aw__location_owner(&gone, "/dev/null"), AW__OWNER_REPLACED);
}

static void location__a_box_is_locked_while_it_is_mapped(void **state)
{
	char path[] = "/dev/shm/test-location-XXXXXX";
	const struct aw__location location = { (uint32_t)getpid(),
					       aw__location_start_ticks(getpid(), NULL), 0 };
	const int fd = mkstemp(path);
	void *memory;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 4096), 0);
	assert_false(aw__location_is_locked(path));
	assert_true(aw__location_lock(fd));
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(memory != MAP_FAILED);
	close(fd);
	assert_true(aw__location_is_locked(path));
	assert_int_equal(aw__location_owner(&location, path), AW__OWNER_ALIVE);
	munmap(memory, 4096);
	assert_false(aw__location_is_locked(path));
	assert_int_equal(aw__location_owner(&location, path), AW__OWNER_REPLACED);
	assert_int_equal(unlink(path), 0);
	assert_false(aw__location_is_locked(path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(location__folder_follows_the_environment),
		cmocka_unit_test(location__names_are_written_and_parsed),
		cmocka_unit_test(location__a_run_s_socket_is_known_by_its_name),
		cmocka_unit_test(location__refuses_a_folder_that_others_can_write),
		cmocka_unit_test(location__refuses_a_folder_of_another_user),
		cmocka_unit_test(location__a_process_name_does_not_confuse_the_parser),
		cmocka_unit_test(location__identifies_a_process_by_its_start_time),
		cmocka_unit_test(location__a_box_is_locked_while_it_is_mapped),
	};

	return cmocka_run_group_tests_name("location", tests, NULL, NULL);
}
