/* SPDX-License-Identifier: MIT */
/*
 * A pseudo-terminal for the command of `awry run --tui`: the newest 256 KiB that the command wrote are kept for
 * the viewer's output pane; after the viewer is closed, the output is passed to awry's own terminal.
 */
#include "viewer/cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "viewer/cli/cli.h"

#define KEPT_BYTES (256u << 10)
#define TURN_BYTES (64u << 10) /* read at a time; keys are not handled meanwhile */

bool aw__run_output_open(struct aw__run_output *ret_output, struct aw__problem *problem)
{
	struct aw__run_output output = { .fd = -1, .terminal = -1 };
	struct winsize size;
	const char *name;

	output.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (output.fd >= 0 && grantpt(output.fd) == 0 && unlockpt(output.fd) == 0 &&
	    (name = ptsname(output.fd)) != NULL)
		output.terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (output.terminal < 0) {
		aw__problem_set(problem, "cannot make a terminal for the command: %s",
				strerror(errno));
		aw__run_output_close(&output);
		return false;
	}
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(output.terminal, TIOCSWINSZ, &size);
	fcntl(output.fd, F_SETFL, O_NONBLOCK);
	*ret_output = output;
	return true;
}

void aw__run_output_started(struct aw__run_output *output)
{
	if (output->terminal >= 0)
		close(output->terminal);
	output->terminal = -1;
}

static void keep(struct aw__run_output *output, const char *bytes, size_t length)
{
	aw__buffer_append(&output->text, bytes, length);
	if (output->text.length > 2 * KEPT_BYTES)
		aw__buffer_consume(&output->text, output->text.length - KEPT_BYTES);
}

void aw__run_output_read(struct aw__run_output *output, bool through)
{
	char bytes[4096];
	size_t taken = 0;
	ssize_t got;

	while (output->fd >= 0 && taken < TURN_BYTES) {
		got = read(output->fd, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) { /* EIO: no process has the terminal open any more */
			close(output->fd);
			output->fd = -1;
			return;
		}
		taken += (size_t)got;
		if (through)
			aw__cli_write(STDOUT_FILENO, bytes, (size_t)got);
		else
			keep(output, bytes, (size_t)got);
	}
}

void aw__run_output_close(struct aw__run_output *output)
{
	aw__run_output_started(output);
	if (output->fd >= 0)
		close(output->fd);
	output->fd = -1;
	aw__buffer_finish(&output->text);
}
