/* SPDX-License-Identifier: MIT */
/*
 * aw_exit_status(): the exit status of main() for the error that aw_run() returned. After a KeyboardInterrupt the
 * program ends by SIGINT, as Python does.
 */
#include <awry/error.h>

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "agent/runtime/error/error_node.h"

static atomic_bool interrupted;

/*
 * Let an interrupted program end by the signal, as Python does: a shell stops its script only then.
 * This is a destructor, so that the functions that the program registered with atexit() run first.
 */
__attribute__((destructor)) static void die_interrupted(void)
{
	if (!atomic_load(&interrupted))
		return;
	fflush(NULL);
	signal(SIGINT, SIG_DFL);
	kill(getpid(), SIGINT);
}

static int system_exit(const aw_error *err)
{
	const struct aw__error_detail *code =
		aw__error_detail_find(err->details, "code", AW__ERROR_INT);

	if (code != NULL)
		return (int)(code->number & 0xff);
	if (*err->message == '\0')
		return 0;
	fprintf(stderr, "%s\n", err->message);
	return 1;
}

int aw_exit_status(aw_error *err)
{
	int status = 1;

	if (err == NULL)
		return 0;
	if (aw_error_is(err, aw_SystemExit)) {
		status = system_exit(err);
	} else {
		aw_error_print(err, stderr);
		if (aw_error_is(err, aw_KeyboardInterrupt)) {
			atomic_store(&interrupted, true);
			status = 128 + SIGINT;
		}
	}
	aw_error_unref(err);
	return status;
}
