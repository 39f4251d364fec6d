/* SPDX-License-Identifier: MIT */
/*
 * Reads single lines of source files for reports, the viewer and findings on stderr. The paths come from
 * recordings and are untrusted: a judge decides what may be shown, and size and number of files are bounded.
 */
#include "source_line.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "buffer.h"

struct file {
	char *path;
	struct aw__buffer content; /* empty if the file could not be read */
	size_t *starts;		   /* where each line begins */
	size_t line_count;
};

struct aw__source_files {
	struct file *files;
	size_t count;
	aw__source_judge *judge; /* NULL: every file is shown */
	void *judge_arg;
};

struct aw__source_files *aw__source_files_create(void)
{
	struct aw__source_files *files = aw__alloc_must(sizeof(*files));

	files->files = aw__alloc_must_zeroed(AW__SOURCE_MAX_FILES, sizeof(*files->files));
	files->count = 0;
	files->judge = NULL;
	return files;
}

void aw__source_files_set_judge(struct aw__source_files *files, aw__source_judge *judge, void *arg)
{
	files->judge = judge;
	files->judge_arg = arg;
}

void aw__source_files_destroy(struct aw__source_files *files)
{
	if (files == NULL)
		return;
	for (size_t i = 0; i < files->count; i++) {
		aw__alloc_free(files->files[i].path);
		aw__alloc_free(files->files[i].starts);
		aw__buffer_finish(&files->files[i].content);
	}
	aw__alloc_free(files->files);
	aw__alloc_free(files);
}

static int looks_like_source(const char *path)
{
	static const char endings[] =
		".c.h.cc.hh.cpp.hpp.cxx.hxx.C.H.inc.ipp.m.mm.s.S.y.l.rs.go.zig.d"
		".py.pyx.pyi.js.mjs.ts.lua.rb.java.kt.swift.nim.";
	const char *ending = strrchr(path, '.');
	const char *slash = strrchr(path, '/');
	size_t length;

	if (ending == NULL || (slash != NULL && slash > ending) || ending[1] == '\0')
		return 0;
	length = strlen(ending);
	for (const char *at = strstr(endings, ending); at != NULL; at = strstr(at + 1, ending))
		if (at[length] == '.')
			return 1;
	return 0;
}

static void read_all(int fd, struct aw__buffer *content)
{
	while (content->length < AW__SOURCE_MAX_BYTES) {
		char *at = aw__buffer_reserve(content, 65536);
		ssize_t got = at != NULL ? read(fd, at, 65536) : -1;

		if (got <= 0)
			return;
		content->length += (size_t)got;
	}
}

static void load(const struct aw__source_files *files, struct file *file)
{
	struct stat status;
	int fd;

	if (!looks_like_source(file->path))
		return;
	fd = open(file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    (files->judge == NULL || files->judge(files->judge_arg, file->path, fd, &status)))
		read_all(fd, &file->content);
	close(fd);
}

static void index_lines(struct file *file)
{
	const char *data = file->content.data;
	size_t count = 1;

	if (file->content.length == 0)
		return;
	for (size_t i = 0; i < file->content.length; i++)
		count += data[i] == '\n';
	file->starts = aw__alloc_must((count + 1) * sizeof(*file->starts));
	file->starts[0] = 0;
	for (size_t i = 0; i < file->content.length; i++)
		if (data[i] == '\n')
			file->starts[++file->line_count] = i + 1;
	if (data[file->content.length - 1] != '\n')
		file->starts[++file->line_count] = file->content.length + 1;
}

static struct file *find(struct aw__source_files *files, const char *path)
{
	struct file *file;

	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->files[i].path, path) == 0)
			return &files->files[i];
	if (files->count == AW__SOURCE_MAX_FILES)
		return NULL;
	file = &files->files[files->count++];
	file->path = aw__alloc_must_copy(path, strlen(path));
	load(files, file);
	index_lines(file);
	return file;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

const char *aw__source_files_indented(struct aw__source_files *files, const char *path,
				      uint32_t line, size_t *ret_length)
{
	const struct file *file = path != NULL ? find(files, path) : NULL;
	const char *from, *to;

	if (file == NULL || line == 0 || line > file->line_count)
		return NULL;
	from = file->content.data + file->starts[line - 1];
	to = file->content.data + file->starts[line] - 1;
	while (from < to && is_blank(to[-1]))
		to--;
	*ret_length = (size_t)(to - from);
	return from;
}

const char *aw__source_files_line(struct aw__source_files *files, const char *path, uint32_t line,
				  size_t *ret_length)
{
	size_t length, indent = 0;
	const char *text = aw__source_files_indented(files, path, line, &length);

	if (text == NULL || length == 0)
		return NULL;
	while (is_blank(text[indent]))
		indent++;
	*ret_length = length - indent;
	return text + indent;
}
