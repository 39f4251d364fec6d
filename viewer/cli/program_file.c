/* SPDX-License-Identifier: MIT */
/*
 * Looks at the file of a command, for `awry run`, which explains why nothing was recorded, and for `awry doctor`: script or ELF, static or
 * not, with more rights than its user. The file may be anything: each read is bounded, and each number is checked by the read that uses it.
 */
#include "viewer/cli/program_file.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/alloc.h"

#define MOST_DYNAMIC_BYTES 4096u
#define MOST_SEGMENTS	   64u
#define MOST_SEARCHED	   (UINT64_C(1) << 30)
#define CHUNK_BYTES	   (1u << 20)

static bool read_header(int fd, Elf64_Ehdr *ret)
{
	return pread(fd, ret, sizeof(*ret), 0) == (ssize_t)sizeof(*ret) &&
	       memcmp(ret->e_ident, ELFMAG, SELFMAG) == 0;
}

static bool read_segment(int fd, const Elf64_Ehdr *header, unsigned index, Elf64_Phdr *ret)
{
	return index < header->e_phnum && index < MOST_SEGMENTS &&
	       pread(fd, ret, sizeof(*ret), (off_t)(header->e_phoff + index * sizeof(*ret))) ==
		       (ssize_t)sizeof(*ret);
}

static bool find_segment(int fd, const Elf64_Ehdr *header, uint32_t type, Elf64_Phdr *ret)
{
	for (unsigned i = 0; read_segment(fd, header, i, ret); i++)
		if (ret->p_type == type)
			return true;
	return false;
}

/* The dynamic section's first entries; returns how many there are. */
static size_t read_dynamic(int fd, const Elf64_Ehdr *header,
			   Elf64_Dyn ret[MOST_DYNAMIC_BYTES / sizeof(Elf64_Dyn)])
{
	Elf64_Phdr segment;
	ssize_t bytes;

	if (!find_segment(fd, header, PT_DYNAMIC, &segment))
		return 0;
	bytes = pread(fd, ret,
		      segment.p_filesz < MOST_DYNAMIC_BYTES ? segment.p_filesz : MOST_DYNAMIC_BYTES,
		      (off_t)segment.p_offset);
	return bytes > 0 ? (size_t)bytes / sizeof(*ret) : 0;
}

/* Whether a position-independent file is a program: the dynamic linker itself is a library. */
static bool is_pie(const Elf64_Dyn *dynamic, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (dynamic[i].d_tag == DT_FLAGS_1)
			return (dynamic[i].d_un.d_val & DF_1_PIE) != 0;
	return false;
}

/* A program that does not name a dynamic linker loads no library. */
static bool is_static(int fd, const Elf64_Ehdr *header, const Elf64_Dyn *dynamic, size_t count)
{
	Elf64_Phdr segment;

	if (header->e_phnum == 0 || find_segment(fd, header, PT_INTERP, &segment))
		return false;
	return header->e_type == ET_EXEC || (header->e_type == ET_DYN && is_pie(dynamic, count));
}

/* The place in the file of an address of the program; 0: none. */
static uint64_t offset_of(int fd, const Elf64_Ehdr *header, uint64_t address)
{
	Elf64_Phdr segment;

	for (unsigned i = 0; read_segment(fd, header, i, &segment); i++)
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address - segment.p_vaddr < segment.p_filesz)
			return segment.p_offset + (address - segment.p_vaddr);
	return 0;
}

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void read_libraries(int fd, const Elf64_Ehdr *header, const Elf64_Dyn *dynamic, size_t count,
			   struct aw__program_file *ret)
{
	uint64_t strings = 0;

	for (size_t i = 0; i < count && dynamic[i].d_tag != DT_NULL; i++)
		if (dynamic[i].d_tag == DT_STRTAB)
			strings = offset_of(fd, header, dynamic[i].d_un.d_ptr);
	for (size_t i = 0; strings != 0 && i < count && dynamic[i].d_tag != DT_NULL; i++) {
		char name[32];
		ssize_t length;

		if (dynamic[i].d_tag != DT_NEEDED)
			continue;
		length =
			pread(fd, name, sizeof(name) - 1, (off_t)(strings + dynamic[i].d_un.d_val));
		name[length > 0 ? length : 0] = '\0';
		ret->needs_awry = ret->needs_awry || begins_with(name, "libawry.so.") ||
				  begins_with(name, "libawry-agent.so.");
		ret->needs_uv = ret->needs_uv || begins_with(name, "libuv.so.");
	}
}

static bool names_musl(int fd, const Elf64_Ehdr *header)
{
	Elf64_Phdr segment;
	char name[64];
	ssize_t length;

	if (!find_segment(fd, header, PT_INTERP, &segment))
		return false;
	length = pread(fd, name, sizeof(name) - 1, (off_t)segment.p_offset);
	name[length > 0 ? length : 0] = '\0';
	return strstr(name, "/ld-musl-") != NULL;
}

static void look_at_elf(int fd, const Elf64_Ehdr *header, struct aw__program_file *ret)
{
	Elf64_Dyn dynamic[MOST_DYNAMIC_BYTES / sizeof(Elf64_Dyn)];
	size_t count;

	ret->kind = AW__PROGRAM_DYNAMIC;
	ret->machine = header->e_machine;
	ret->is_64 = header->e_ident[EI_CLASS] == ELFCLASS64;
	if (!ret->is_64 || header->e_phentsize != sizeof(Elf64_Phdr))
		return;
	ret->is_musl = names_musl(fd, header);
	count = read_dynamic(fd, header, dynamic);
	if (is_static(fd, header, dynamic, count))
		ret->kind = AW__PROGRAM_STATIC;
	else
		read_libraries(fd, header, dynamic, count, ret);
}

static void look_at_rights(int fd, const struct stat *status, struct aw__program_file *ret)
{
	ret->set_user = (status->st_mode & S_ISUID) != 0 && status->st_uid != getuid();
	ret->set_group = (status->st_mode & S_ISGID) != 0 && status->st_gid != getgid();
	ret->has_capabilities = getuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

static bool look_at_script(int fd, struct aw__program_file *ret)
{
	char line[sizeof(ret->interpreter) + 2];
	const ssize_t length = pread(fd, line, sizeof(line) - 1, 0);
	const char *from = line + 2;

	if (length < 2 || line[0] != '#' || line[1] != '!')
		return false;
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	from += strspn(from, " \t");
	memcpy(ret->interpreter, from, strlen(from) + 1);
	ret->kind = AW__PROGRAM_SCRIPT;
	return true;
}

void aw__program_file_look(const char *path, struct aw__program_file *ret)
{
	const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat status;
	Elf64_Ehdr header;

	memset(ret, 0, sizeof(*ret));
	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		ret->kind = AW__PROGRAM_OTHER;
		if (read_header(fd, &header)) {
			look_at_elf(fd, &header, ret);
			look_at_rights(fd, &status, ret);
		} else {
			look_at_script(fd, ret);
		}
	}
	close(fd);
}

bool aw__program_file_has(const char *path, const char *text)
{
	const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	const size_t overlap = strlen(text);
	char *chunk = aw__alloc_must(CHUNK_BYTES);
	bool found = false;
	ssize_t length = 1;

	/* each chunk begins within the one before, so that a text across two is found */
	for (uint64_t at = 0; fd >= 0 && !found && at < MOST_SEARCHED && length > 0;
	     at += CHUNK_BYTES - overlap) {
		length = pread(fd, chunk, CHUNK_BYTES, (off_t)at);
		found = length > 0 && memmem(chunk, (size_t)length, text, overlap) != NULL;
	}
	if (fd >= 0)
		close(fd);
	aw__alloc_free(chunk);
	return found;
}
