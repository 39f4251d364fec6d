/* SPDX-License-Identifier: MIT */
/*
 * A program that starts the recorder itself.
 *
 *	starts TRACE [fork]    with options; then again with others, which must change nothing. `fork`: a child records, too
 *	starts TRACE wrong     first with options that are not allowed
 *
 * It prints what the starts returned, and whether the kernel marks it as a set-user-id program.
 */
#include <awry/agent.h>

#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

static void lose(const char *name)
{
	struct aw_agent_task task = { .id = aw_agent_new_task_id() };
	const struct aw_agent_birth birth = { .name = name, .name_length = strlen(name) };

	aw_agent_task_created(&task, &birth);
	aw_agent_task_destroyed_pending(&task);
}

static int record_in_child(void)
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0) {
		lose("child");
		aw_agent_stop();
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[2] : "";
	char other[4096];

	if (argc < 2)
		return 2;
	snprintf(other, sizeof(other), "%s.other", argv[1]);
	if (strcmp(mode, "wrong") == 0)
		printf("%d ",
		       aw_agent_start_with(AW_AGENT_OPTS(.trace = other, .held_s = 8640001)));
	printf("%d ", aw_agent_start_with(AW_AGENT_OPTS(.runtime = "first", .trace = argv[1])));
	printf("%d ", aw_agent_start_with(AW_AGENT_OPTS(.runtime = "second", .trace = other,
							.no_stderr = true)));
	printf("%d %d\n", aw_agent_start("third"), getauxval(AT_SECURE) != 0);
	fflush(stdout);
	lose("parent");
	return strcmp(mode, "fork") == 0 ? record_in_child() : 0;
}
