/* SPDX-License-Identifier: MIT */
/*
 * OSErrors with one or two file names: message, repr() and attributes, also for names with quotes and control
 * characters.
 */
#include "error_story.h"

#include <errno.h>
#include <stdio.h>

static void story(int number, const char *path, const char *path2)
{
	aw_error *err = aw_raise_os(number, path, path2);
	char *repr = aw_error_repr(err);

	show(err);
	printf("%s %s %s\n", repr, aw_error_str(err, "filename", "None"),
	       aw_error_str(err, "filename2", "None"));
	free(repr);
	aw_error_unref(err);
}

static void happens(aw_error *err)
{
	char *repr = aw_error_repr(err);

	printf("%s: %s %s %s%s%s\n", aw_error_name(err), aw_error_message(err), repr,
	       aw_error_str(err, "filename", "None"),
	       aw_error_str(err, "filename2", NULL) != NULL ? " " : "",
	       aw_error_str(err, "filename2", ""));
	free(repr);
	aw_error_unref(err);
}

int main(void)
{
	story(ENOENT, NULL, NULL);
	story(ENOENT, "x", NULL);
	story(ENOENT, "", NULL);
	story(EACCES, "it's", "b");
	story(EXDEV, "a\nb", "tab\t'\"");
	story(EEXIST, "grün", "\x7f\x01");
	story(ENOTDIR, "back\\slash", NULL);
	story(EISDIR, "\"", NULL);
	if (fopen("/nonexistent/file", "r") == NULL)
		happens(aw_raise_os(errno, "/nonexistent/file", NULL));
	if (rename("/nonexistent/a", "/nonexistent/b") != 0)
		happens(aw_raise_os(errno, "/nonexistent/a", "/nonexistent/b"));
	return 0;
}
