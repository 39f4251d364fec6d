/* SPDX-License-Identifier: MIT */
/*
 * Lines of source files whose names come from untrusted recordings: only regular files with a source file's
 * extension are read, and both their size and their number are bounded.
 */
#ifndef AW__SOURCE_LINE_H
#define AW__SOURCE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define AW__SOURCE_MAX_BYTES (8u << 20)
#define AW__SOURCE_MAX_FILES 256u

struct aw__source_files;

struct aw__source_files *aw__source_files_create(void);
void aw__source_files_destroy(struct aw__source_files *files);

/**
 * Decides whether lines of a file may be shown. Called once for each file.
 *
 * @param path    as given to aw__source_files_line()
 * @param fd      the open file
 * @param status  the file's, from fstat()
 */
typedef bool aw__source_judge(void *arg, const char *path, int fd, const struct stat *status);

/** Without a judge every file is shown. */
void aw__source_files_set_judge(struct aw__source_files *files, aw__source_judge *judge, void *arg);

/**
 * Find a line of a file, without the white space around it.
 *
 * @param line        1-based
 * @param ret_length  the line's, in bytes: it is not NUL-terminated
 * Returns NULL if the line is blank, or cannot be read or shown.
 */
const char *aw__source_files_line(struct aw__source_files *files, const char *path, uint32_t line,
				  size_t *ret_length);

/** The same with the line's indentation. A blank line has the length 0, and is not NULL. */
const char *aw__source_files_indented(struct aw__source_files *files, const char *path,
				      uint32_t line, size_t *ret_length);

#endif
