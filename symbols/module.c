/* SPDX-License-Identifier: MIT */
/*
 * Opens the file of a module, and its separate debug file if it has one. Paths come from recordings and are
 * untrusted: only regular files with the recorded build id are used.
 */
#include "symbols/symbols_internal.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

#define MAX_ID_BYTES 64

static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

static void hex_id(Elf *elf, char ret_hex[MAX_ID_BYTES * 2 + 1])
{
	const void *id;
	ssize_t length = dwelf_elf_gnu_build_id(elf, &id);

	ret_hex[0] = '\0';
	for (ssize_t i = 0; i < length && i < MAX_ID_BYTES; i++)
		sprintf(ret_hex + i * 2, "%02x", ((const unsigned char *)id)[i]);
}

static Elf *open_elf(const char *path, int *ret_fd)
{
	Elf *elf = NULL;

	*ret_fd = open_regular(path);
	if (*ret_fd >= 0)
		elf = elf_begin(*ret_fd, ELF_C_READ_MMAP, NULL);
	if (elf != NULL && elf_kind(elf) == ELF_K_ELF)
		return elf;
	if (elf != NULL)
		elf_end(elf);
	if (*ret_fd >= 0)
		close(*ret_fd);
	*ret_fd = -1;
	return NULL;
}

static bool has_section(Elf *elf, const char *wanted)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return false;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr header;
		const char *name;

		if (gelf_getshdr(section, &header) == NULL || header.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, names, header.sh_name);
		if (name != NULL && strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}

static bool has_debug(Elf *elf)
{
	return has_section(elf, ".debug_info") || has_section(elf, ".zdebug_info");
}

static void open_debug_file(struct aw__module *module)
{
	char path[256], id[MAX_ID_BYTES * 2 + 1];

	if (module->build_id == NULL || strlen(module->build_id) < 4 ||
	    strspn(module->build_id, "0123456789abcdef") != strlen(module->build_id))
		return;
	if (snprintf(path, sizeof(path), "/usr/lib/debug/.build-id/%.2s/%s.debug", module->build_id,
		     module->build_id + 2) >= (int)sizeof(path))
		return;
	module->debug_elf = open_elf(path, &module->debug_fd);
	if (module->debug_elf == NULL)
		return;
	hex_id(module->debug_elf, id);
	if (strcmp(id, module->build_id) == 0)
		return;
	elf_end(module->debug_elf);
	close(module->debug_fd);
	module->debug_elf = NULL;
	module->debug_fd = -1;
}

static bool open_file(struct aw__module *module, char *problem, size_t problem_bytes)
{
	const char *recorded = module->build_id != NULL ? module->build_id : "";
	char id[MAX_ID_BYTES * 2 + 1];

	module->elf = open_elf(module->path, &module->fd);
	if (module->elf == NULL) {
		snprintf(problem, problem_bytes, "cannot be read");
		return false;
	}
	hex_id(module->elf, id);
	if (strcmp(id, recorded) == 0)
		return true;
	module->other = true;
	snprintf(problem, problem_bytes,
		 "is not the file that ran: its build id is %s, the recorded one %s",
		 *id ? id : "none", *recorded ? recorded : "none");
	elf_end(module->elf);
	close(module->fd);
	module->elf = NULL;
	module->fd = -1;
	return false;
}

bool aw__module_load(struct aw__module *module, char *problem, size_t problem_bytes)
{
	bool opened;

	if (module->tried)
		return true;
	module->tried = true;
	elf_version(EV_CURRENT);
	opened = open_file(module, problem, problem_bytes);
	if (!opened || !has_debug(module->elf))
		open_debug_file(module);
	aw__names_read(&module->names, module->debug_elf);
	aw__names_read(&module->names, module->elf);
	if (module->debug_elf != NULL)
		aw__lines_open(&module->lines, module->debug_elf);
	if (opened && has_debug(module->elf))
		aw__lines_open(&module->lines, module->elf);
	return opened || module->debug_elf != NULL;
}

void aw__module_finish(struct aw__module *module)
{
	aw__lines_finish(&module->lines);
	aw__names_finish(&module->names);
	if (module->elf != NULL)
		elf_end(module->elf);
	if (module->debug_elf != NULL)
		elf_end(module->debug_elf);
	if (module->fd >= 0)
		close(module->fd);
	if (module->debug_fd >= 0)
		close(module->debug_fd);
	aw__alloc_free(module->path);
	aw__alloc_free(module->build_id);
}
