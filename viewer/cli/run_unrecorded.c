/* SPDX-License-Identifier: MIT */
/*
 * Finds out why nothing was recorded of the command of `awry run`, for its last line: looks at the kind of the file, and
 * whether awry's Python part was preloaded. If the reason is not certain, the possible ones are listed.
 */
#include "viewer/cli/run.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viewer/cli/run_python.h"

#define MOST_ARGUMENTS	   64u /* looked at */
#define MOST_DYNAMIC_BYTES 4096u

static bool read_header(int fd, Elf64_Ehdr *ret)
{
	return pread(fd, ret, sizeof(*ret), 0) == (ssize_t)sizeof(*ret) &&
	       memcmp(ret->e_ident, ELFMAG, SELFMAG) == 0;
}

static bool find_segment(int fd, const Elf64_Ehdr *header, uint32_t type, Elf64_Phdr *ret)
{
	for (unsigned i = 0; i < header->e_phnum; i++)
		if (pread(fd, ret, sizeof(*ret), (off_t)(header->e_phoff + i * sizeof(*ret))) ==
			    (ssize_t)sizeof(*ret) &&
		    ret->p_type == type)
			return true;
	return false;
}

/* Whether a position-independent file is a program: the dynamic linker itself is a library. */
static bool is_pie(int fd, const Elf64_Ehdr *header)
{
	Elf64_Phdr dynamic;
	Elf64_Dyn entry;

	if (!find_segment(fd, header, PT_DYNAMIC, &dynamic))
		return false;
	for (uint64_t at = 0; at < dynamic.p_filesz && at < MOST_DYNAMIC_BYTES;
	     at += sizeof(entry)) {
		if (pread(fd, &entry, sizeof(entry), (off_t)(dynamic.p_offset + at)) !=
		    (ssize_t)sizeof(entry))
			return false;
		if (entry.d_tag == DT_FLAGS_1)
			return (entry.d_un.d_val & DF_1_PIE) != 0;
	}
	return false;
}

/* A program that does not name a dynamic linker loads no library. */
static bool is_static(int fd, const Elf64_Ehdr *header)
{
	Elf64_Phdr segment;

	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_phentsize != sizeof(Elf64_Phdr) ||
	    header->e_phnum == 0 || find_segment(fd, header, PT_INTERP, &segment))
		return false;
	return header->e_type == ET_EXEC || (header->e_type == ET_DYN && is_pie(fd, header));
}

/* The reason that the file's kind gives; NULL if there is none. */
static const char *reason_of_file(const char *command)
{
	const char *reason = NULL;
	struct stat status;
	Elf64_Ehdr header;
	char path[4096];
	int fd;

	if (!aw__python_find_command(command, path))
		return NULL;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	/* the kernel ignores the bits of a script */
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || !read_header(fd, &header))
		reason = NULL;
	else if ((status.st_mode & S_ISUID) != 0 && status.st_uid != getuid())
		reason = "it is a set-user-ID program, which ignores AWRY_ variables";
	else if ((status.st_mode & S_ISGID) != 0 && status.st_gid != getgid())
		reason = "it is a set-group-ID program, which ignores AWRY_ variables";
	else if (is_static(fd, &header))
		reason =
			"it is statically linked, and loads neither libawry nor awry's Python part";
	close(fd);
	return reason;
}

/* Whether an argument, which may be a line for a shell, has the name of an interpreter among its words. */
static bool names_python(char *const *argv)
{
	static const char between[] = " \t\n;|&(){}`'\"$<>";

	for (unsigned i = 0; argv[i] != NULL && i < MOST_ARGUMENTS; i++)
		for (const char *at = argv[i]; *at != '\0'; at += strspn(at, between)) {
			const size_t length = strcspn(at, between);

			if (aw__python_is_name(at, length))
				return true;
			at += length;
		}
	return false;
}

const char *aw__run_unrecorded_reason(char *const *argv)
{
	const char *reason = reason_of_file(argv[0]);
	char path[4096];

	if (reason != NULL)
		return reason;
	switch (aw__python_part(argv, path)) {
	case AW__PYTHON_PART_PRELOADED:
		return "awry's Python part was preloaded, and it saw no asyncio task: none was "
		       "made, the program's environment was changed, there is no adapter for its "
		       "Python version, or a line above says why";
	case AW__PYTHON_PART_MISSING:
		return "awry's Python part, awry-python.so, is not installed";
	case AW__PYTHON_PART_UNNAMEABLE:
		return "awry's Python part was not preloaded: LD_PRELOAD cannot name a path with a "
		       "space or a colon; install awry elsewhere";
	default:
		break;
	}
	if (names_python(argv))
		return "awry's Python part was not preloaded, since python is not one of the "
		       "first words of the command; perhaps the command starts it: write awry run "
		       "-- python3 ... there";
	return "no awry runtime or adapter was started in it";
}
