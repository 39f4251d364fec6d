/* SPDX-License-Identifier: MIT */
/*
 * The option --allow of `awry report`, `awry run` and `awry diff`: reads the allow-list and, at the end, reports
 * its expired entries, which make the command fail.
 */
#include "viewer/cli/allowing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OPTION_ALLOW = 2100 };

static const struct argp_option options[] = {
	{ "allow", OPTION_ALLOW, "FILE", 0,
	  "Findings that FILE allows do not count: see awry-allow(5)", 0 },
	{ 0 },
};

static void today(char ret_date[11])
{
	time_t now = time(NULL);
	struct tm local;

	if (localtime_r(&now, &local) == NULL || strftime(ret_date, 11, "%Y-%m-%d", &local) != 10)
		snprintf(ret_date, 11, "9999-12-31");
}

static bool read_file(const char *path, struct aw__buffer *out, struct aw__problem *problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	while (fd >= 0 && out->length <= AW__ALLOW_MAX_BYTES) {
		char bytes[4096];

		got = read(fd, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		aw__buffer_append(out, bytes, (size_t)got);
	}
	if (got < 0)
		aw__problem_set(problem, "%.200s: %s", path, strerror(errno));
	else if (out->length > AW__ALLOW_MAX_BYTES)
		got = aw__problem_set(problem, "%.200s: is larger than 1 MiB", path) - 1;
	if (fd >= 0)
		close(fd);
	return got == 0;
}

static void read_list(struct aw__allow_list **list, const char *path, struct argp_state *state)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	struct aw__problem problem;
	char date[11];

	if (*list != NULL)
		aw__cli_usage(state, "--allow is given twice; one file may have many entries");
	today(date);
	if (read_file(path, &text, &problem))
		*list = aw__allow_list_parse(path, aw__buffer_string(&text), text.length, date,
					     &problem);
	aw__buffer_finish(&text);
	if (*list == NULL) {
		aw__cli_fail("%s", problem.text);
		exit(AW__EXIT_USAGE);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != OPTION_ALLOW)
		return ARGP_ERR_UNKNOWN;
	read_list(state->input, arg, state);
	return 0;
}

const struct argp aw__allowing_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };

/* An expired entry fails the build even if nothing else does, so that allow-lists are kept up to date. */
bool aw__allowing_tell(const struct aw__allow_list *list)
{
	bool expired = false;

	for (size_t i = 0; list != NULL && i < list->count; i++) {
		const struct aw__allowance *entry = &list->entries[i];

		if (entry->expired)
			aw__cli_fail("%s:%u: this entry was allowed until %s: %s", list->name,
				     entry->line, entry->expires, entry->reason);
		else if (entry->used == 0)
			aw__cli_warn("%s:%u: this entry allowed nothing: %s", list->name,
				     entry->line, entry->reason);
		expired = expired || entry->expired;
	}
	return expired;
}
