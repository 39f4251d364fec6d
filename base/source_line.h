/* SPDX-License-Identifier: MIT */
/*
 * Lines of source files, by names from untrusted recordings: only regular files with a source file's
 * ending are opened, only so much of them is read, and only so many are kept.
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
 * Decides whether lines of a file may be shown. It is asked once a file.
 *
 * @param path    as it was asked for
 * @param fd      the file, open
 * @param status  of that
 */
typedef bool aw__source_judge(void *arg, const char *path, int fd, const struct stat *status);

/** Without a judge every file is shown. */
void aw__source_files_set_judge(struct aw__source_files *files, aw__source_judge *judge, void *arg);

/**
 * Find a line of a file, without the white space around it.
 *
 * @param line        1-based
 * @param ret_length  of the line, which is not NUL-terminated
 * Returns NULL if it cannot be had.
 */
const char *aw__source_files_line(struct aw__source_files *files, const char *path, uint32_t line,
				  size_t *ret_length);

#endif
