/* SPDX-License-Identifier: MIT */
/*
 * The options of commands that can fail a build: --fail-on and --allow of `awry report` and `awry run`, --allow alone
 * of `awry diff`. Reads the allow-list; at the end prints which terms are met and which entries are out of date, for
 * which the command exits with 66.
 */
#include "viewer/cli/option_gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OPTION_FAIL_ON = 2000, OPTION_ALLOW = 2100 };

/* ---- --allow ---- */

static const struct argp_option allow_options[] = {
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

static error_t parse_allow(int key, char *arg, struct argp_state *state)
{
	if (key != OPTION_ALLOW)
		return ARGP_ERR_UNKNOWN;
	read_list(state->input, arg, state);
	return 0;
}

const struct argp aw__option_allow_argp = {
	allow_options, parse_allow, NULL, NULL, NULL, NULL, NULL
};

/* An expired entry fails the build even if nothing else does, so that allow-lists are kept up to date. */
bool aw__option_allow_tell(const struct aw__allow_list *list)
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

/* ---- --fail-on ---- */

static const struct argp_option gate_options[] = {
	{ "fail-on", OPTION_FAIL_ON, "TERM[,TERM...]", 0,
	  "Exit with 66 if a term is met: KIND, KIND>=COUNT, KIND>TIME; 'any' is every kind", 0 },
	{ 0 },
};

static error_t parse_gate(int key, char *arg, struct argp_state *state)
{
	struct aw__option_gate *option = state->input;
	struct aw__problem problem;

	switch (key) {
	case OPTION_FAIL_ON:
		if (!aw__gate_parse(&option->gate, arg, &problem))
			aw__cli_usage_at(state, "--fail-on", &problem);
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &option->allow;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &aw__option_allow_argp, 0, NULL, 0 }, { 0 } };
const struct argp aw__option_gate_argp = { gate_options, parse_gate, NULL, NULL,
					   children,	 NULL,	     NULL };

int aw__option_gate_check(const struct aw__option_gate *option,
			  const struct aw__report_process *processes, size_t count)
{
	struct aw__buffer why = AW__BUFFER_EMPTY;
	bool expired = aw__option_allow_tell(option->allow), fails;
	char *rest = NULL;

	fails = aw__gate_fails(&option->gate, processes, count, &why);
	for (char *line = why.data != NULL ? strtok_r(why.data, "\n", &rest) : NULL; line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		aw__cli_fail("--fail-on %s", line);
	aw__buffer_finish(&why);
	return fails || expired ? AW__EXIT_FOUND : AW__EXIT_DONE;
}

void aw__option_gate_finish(struct aw__option_gate *option)
{
	aw__allow_list_destroy(option->allow);
	option->allow = NULL;
}
