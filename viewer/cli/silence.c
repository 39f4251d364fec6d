/* SPDX-License-Identifier: MIT */
/*
 * Why nothing was recorded of a command of `awry run`, for its last line: the kind of the file, and whether awry's Python part was
 * preloaded. Only what can be seen is said; what is merely likely is called so.
 */
#include "viewer/cli/silence.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/cli/python.h"

#define MOST_ARGUMENTS 64u /* looked at */

/* A program without an interpreter of its own (the dynamic linker) loads no library. Other files: false. */
static bool is_static(int fd)
{
	Elf64_Ehdr header;
	bool dynamic = false;

	if (pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0)
		return false;
	for (unsigned i = 0; i < header.e_phnum && !dynamic; i++) {
		Elf64_Phdr segment;
		const off_t at = (off_t)(header.e_phoff + i * sizeof(segment));

		if (pread(fd, &segment, sizeof(segment), at) != (ssize_t)sizeof(segment))
			return false;
		dynamic = segment.p_type == PT_INTERP;
	}
	return !dynamic;
}

/* NULL: the file tells nothing. */
static const char *reason_of_file(const char *command)
{
	const char *reason = NULL;
	struct stat status;
	char path[4096];
	int fd;

	if (!aw__python_find_command(command, path))
		return NULL;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		reason = NULL;
	else if ((status.st_mode & S_ISUID) != 0 && status.st_uid != getuid())
		reason = "it is a set-user-ID program, which ignores AWRY_ variables";
	else if ((status.st_mode & S_ISGID) != 0 && status.st_gid != getgid())
		reason = "it is a set-group-ID program, which ignores AWRY_ variables";
	else if (is_static(fd))
		reason = "it is statically linked, and loads neither libawry nor awry's Python part";
	close(fd);
	return reason;
}

static bool names_python(char *const *argv)
{
	for (unsigned i = 0; argv[i] != NULL && i < MOST_ARGUMENTS; i++)
		if (strstr(argv[i], "python") != NULL)
			return true;
	return false;
}

const char *aw__silence_reason(char *const *argv)
{
	const char *reason = reason_of_file(argv[0]);
	char path[4096];

	if (reason != NULL)
		return reason;
	if (aw__python_is(argv))
		return aw__python_library(path) ?
			       "awry's Python part was preloaded; most likely the program never imported "
			       "asyncio" :
			       "awry's Python part, awry-python.so, is not installed";
	if (names_python(argv))
		return "awry's Python part was not preloaded, since python is no word of the command by "
		       "itself: write awry run -- python3 ... where it is started";
	return "no awry runtime or adapter was started in it";
}
