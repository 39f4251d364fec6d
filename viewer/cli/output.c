/* SPDX-License-Identifier: MIT */
/* Writes the results of all subcommands to standard output or a pager, and their messages to stderr. */
#include "viewer/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

const char *aw__cli_name = "awry";

static bool holding;
static struct aw__buffer held;

void aw__cli_hold(bool hold)
{
	holding = hold;
	if (hold)
		return;
	aw__cli_write(STDERR_FILENO, aw__buffer_string(&held), held.length);
	aw__buffer_finish(&held);
}

__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list arguments)
{
	struct aw__buffer text = AW__BUFFER_EMPTY, line = AW__BUFFER_EMPTY;

	aw__buffer_vformat(&text, format, arguments);
	aw__buffer_format(&line, "%s: ", aw__cli_name);
	aw__text_escape(&line, aw__buffer_string(&text), text.length, !aw__text_locale_is_utf8());
	aw__buffer_char(&line, '\n');
	if (holding)
		aw__buffer_append(&held, aw__buffer_string(&line), line.length);
	else
		aw__cli_write(STDERR_FILENO, aw__buffer_string(&line), line.length);
	aw__buffer_finish(&line);
	aw__buffer_finish(&text);
}

int aw__cli_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	return AW__EXIT_FAILED;
}

void aw__cli_warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

struct aw__report_options aw__cli_options(int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	static char folder[4096];

	return (struct aw__report_options){
		.colour = isatty(fd) && (no_color == NULL || *no_color == '\0') && term != NULL &&
			  strcmp(term, "dumb") != 0,
		.ascii = !aw__text_locale_is_utf8(),
		.folder = getcwd(folder, sizeof(folder)),
	};
}

bool aw__cli_write(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t done = write(fd, at, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		at += done;
		length -= (size_t)done;
	}
	return true;
}

/* ---- the pager ---- */

enum { OPTION_NO_PAGER = 2100 };

static bool no_pager;

static error_t parse_paging(int key, char *arg, struct argp_state *state)
{
	if (key != OPTION_NO_PAGER)
		return ARGP_ERR_UNKNOWN;
	no_pager = true;
	return 0;
}

static const struct argp_option paging_options[] = {
	{ "no-pager", OPTION_NO_PAGER, NULL, 0, "Do not show long text through a pager", 0 },
	{ 0 },
};

const struct argp aw__paging_argp = { paging_options, parse_paging, NULL, NULL, NULL, NULL, NULL };

/* The command of the pager; NULL: none is wanted. */
static const char *choose_pager(void)
{
	const char *own = getenv("AWRY_PAGER"), *pager = getenv("PAGER");

	if (no_pager || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return NULL;
	if (own != NULL)
		return *own != '\0' ? own : NULL;
	return pager != NULL && *pager != '\0' ? pager : "less -R";
}

/* Show a text through a pager; false if there is none. */
static bool page(const struct aw__buffer *text)
{
	const char *pager = choose_pager();
	int ends[2];
	pid_t pid;

	if (pager == NULL)
		return false;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		setenv("LESS", "FRX", 0);
		dup2(ends[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	if (pid > 0) {
		int status;

		signal(SIGPIPE, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		aw__cli_write(ends[1], text->data, text->length);
		close(ends[1]);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
	}
	close(ends[1]);
	return false;
}

int aw__cli_page(struct aw__buffer *text)
{
	if (text->failed)
		return aw__cli_fail("out of memory");
	if (text->length == 0 || page(text))
		return AW__EXIT_DONE;
	if (aw__cli_write(STDOUT_FILENO, text->data, text->length) || aw__cli_pipe_broke(errno))
		return AW__EXIT_DONE;
	return aw__cli_fail("standard output: %s", strerror(errno));
}
