/* SPDX-License-Identifier: MIT */
/* Shared by the writers of report formats. Each format has a file, and a row of the table in formats.c. */
#ifndef AW__REPORT_FORMATS_H
#define AW__REPORT_FORMATS_H

#include "viewer/report/allow.h"
#include "viewer/report/identity.h"
#include "viewer/report/report_internal.h"
#include "viewer/report/format_parts.h"

void aw__sarif_write(const struct aw__report_process *processes, size_t count,
		     const struct aw__report_options *options, struct aw__buffer *out);
void aw__junit_write(const struct aw__report_process *processes, size_t count,
		     const struct aw__report_options *options, struct aw__buffer *out);
void aw__github_write(const struct aw__report_process *processes, size_t count,
		      const struct aw__report_options *options, struct aw__buffer *out);
void aw__html_write(const struct aw__report_process *processes, size_t count,
		    const struct aw__report_options *options, struct aw__buffer *out);

/**
 * The place that a finding points at: where the error was raised; else the innermost frame of its stack
 * that belongs to the program; else where the coroutine is defined.
 *
 * Returns false if no place with a file is known; `ret_frame` may still have a function.
 */
bool aw__headline_place(const struct aw__model *model, const struct aw__found_group *group,
			struct aw__frame *ret_frame);
/** One line, not escaped: "Task exception was never retrieved: Exception: not consumed (Task-2)". */
void aw__headline_text(const struct aw__model *model, const struct aw__found_group *group,
		       struct aw__buffer *out);
/** "Exception: not consumed"; "Error of an unknown type". */
void aw__headline_error(const struct aw__model *model, const struct aw__error *error,
			struct aw__buffer *out);
/** The last part of a program's path, or "unknown program". */
const char *aw__headline_program(const struct aw__model *model);

/** Append text, escaped for XML; characters that XML forbids become U+FFFD. */
void aw__xml_text(struct aw__buffer *out, const char *text, size_t length);
/** The same for an attribute's value in quotes: white space that XML would normalise is escaped, too. */
void aw__xml_attribute(struct aw__buffer *out, const char *text, size_t length);

#endif
