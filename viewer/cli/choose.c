/* SPDX-License-Identifier: MIT */
#include "viewer/cli/choose.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/cli/row.h"

#define NUMBER_WIDTH 5

struct choice {
	struct aw__source_box *boxes;
	size_t count, live;
};

static void name_target(const struct aw__source_box *box, char ret[AW__LOCATION_PATH_BYTES])
{
	/* The id of a dead process may be another's by now. */
	if (box->state == AW__OWNER_GONE)
		snprintf(ret, AW__LOCATION_PATH_BYTES, "%s", box->path);
	else
		snprintf(ret, AW__LOCATION_PATH_BYTES, "%u", box->location.pid);
}

static int refuse(const struct choice *choice)
{
	struct aw__buffer list = AW__BUFFER_EMPTY;

	for (size_t i = 0; i < choice->count; i++)
		if (choice->boxes[i].state != AW__OWNER_GONE)
			aw__buffer_format(&list, "%s%u", list.length > 0 ? ", " : "",
					  choice->boxes[i].location.pid);
	if (choice->live > 0)
		aw__cli_fail("which one? Alive are %s", aw__buffer_string(&list));
	else
		aw__cli_fail("no debuggable process is alive; start one with AWRY_DEBUG=1, or by "
			     "awry run");
	aw__buffer_finish(&list);
	return AW__EXIT_USAGE;
}

/* Leaves only those that can be read. */
static void show(struct choice *choice)
{
	struct aw__buffer out = AW__BUFFER_EMPTY;
	size_t shown = 0;

	aw__text_pad(&out, 0, NUMBER_WIDTH);
	aw__row_head(&out);
	for (size_t i = 0; i < choice->count; i++) {
		struct aw__row row;
		size_t from = out.length;

		if (!aw__row_read(&row, &choice->boxes[i]))
			continue;
		aw__buffer_format(&out, "%zu", shown + 1);
		aw__text_pad(&out, from, NUMBER_WIDTH);
		aw__row_print(&row, &out);
		aw__row_finish(&row);
		choice->boxes[shown++] = choice->boxes[i];
	}
	choice->count = shown;
	aw__cli_write(STDOUT_FILENO, aw__buffer_string(&out), out.length);
	aw__buffer_finish(&out);
}

/* A row's number, or the process id in one. NULL if it is neither. */
static const struct aw__source_box *understand(const struct choice *choice, const char *answer)
{
	uint32_t number;

	if (!aw__source_is_pid(answer, &number))
		return NULL;
	if (number <= choice->count)
		return &choice->boxes[number - 1];
	for (size_t i = choice->count; i-- > 0;)
		if (choice->boxes[i].location.pid == number)
			return &choice->boxes[i];
	return NULL;
}

/* NULL if the user leaves. */
static const struct aw__source_box *ask(const struct choice *choice)
{
	const struct aw__source_box *box;
	char answer[32];

	while (choice->count > 0) {
		printf("Which one, 1 to %zu? (Enter: none) ", choice->count);
		fflush(stdout);
		if (fgets(answer, sizeof(answer), stdin) == NULL)
			return NULL;
		answer[strcspn(answer, "\n")] = '\0';
		if (answer[0] == '\0')
			return NULL;
		box = understand(choice, answer);
		if (box != NULL)
			return box;
	}
	return NULL;
}

static const struct aw__source_box *only_live(struct choice *choice)
{
	const struct aw__source_box *live = NULL;

	for (size_t i = 0; i < choice->count; i++) {
		if (choice->boxes[i].state == AW__OWNER_GONE)
			continue;
		live = &choice->boxes[i];
		choice->live++;
	}
	return choice->live == 1 ? live : NULL;
}

int aw__choose_target(char ret_target[AW__LOCATION_PATH_BYTES])
{
	const struct aw__source_box *chosen;
	struct choice choice = { 0 };
	struct aw__problem problem;
	int status = AW__EXIT_DONE;

	ret_target[0] = '\0';
	if (!aw__source_list(&choice.boxes, &choice.count, &problem))
		return aw__cli_fail("%s", problem.text);
	chosen = only_live(&choice);
	if (chosen == NULL && choice.count > 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		show(&choice);
		chosen = ask(&choice);
	} else if (chosen == NULL) {
		status = refuse(&choice);
	}
	if (chosen != NULL)
		name_target(chosen, ret_target);
	aw__alloc_free(choice.boxes);
	return status;
}
