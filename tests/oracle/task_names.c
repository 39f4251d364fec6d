/* SPDX-License-Identifier: MIT */
/* Names of tasks: default names and their numbers, given names, members of groups, renaming. */
#include "tell.h"

#include <stdlib.h>
#include <string.h>

CORO(name)
{
	*ret = strdup(aw_task_name(aw_task_current()));
	return NULL;
}

static void show_name(aw_error *err, void *text)
{
	aw_error_unref(err);
	say("%s", (const char *)text);
	free(text);
}

static void no_task(void *arg)
{
	say("%s", truth(aw_task_current() == NULL));
}

static aw_error *group_names(int last)
{
	aw_group *group = aw_group_open(NULL);
	aw_task *member = aw_task_ref(aw_group_create_task_with(group, aw_call(name, NULL),
								AW_TASK_OPTS(.name = "member")));
	aw_task *other = aw_task_ref(aw_group_spawn(group, name, NULL));
	void *first, *second;

	AW_TRY(aw_group_close(&group, NULL));
	AW_TRY(aw_task_result(member, &first));
	AW_TRY(aw_task_result(other, &second));
	say("%s %s", (char *)first, truth(atoi(strchr(second, '-') + 1) == last + 1));
	free(first);
	free(second);
	aw_task_unref(member);
	aw_task_unref(other);
	return NULL;
}

CORO(amain)
{
	aw_task *given, *counted[2];
	void *text = NULL, *texts[2];
	aw_error *err = aw_await(aw_call(name, NULL), &text);

	show_name(err, text);
	given = aw_task_create_with(aw_call(name, NULL), AW_TASK_OPTS(.name = "given"));
	printf("%s ", aw_task_name(given));
	err = aw_await(given, &text);
	show_name(err, text);
	aw_task_set_name(given, "changed");
	say("%s", aw_task_name(given));
	aw_task_unref(given);
	for (int i = 0; i < 2; i++)
		counted[i] = aw_spawn(name, NULL);
	AW_TRY(aw_gather(texts, counted[0], counted[1]));
	say("%s %s", (char *)texts[0], (char *)texts[1]);
	free(texts[0]);
	free(texts[1]);
	AW_TRY(group_names(atoi(strchr(aw_task_name(counted[1]), '-') + 1)));
	for (int i = 0; i < 2; i++)
		aw_task_unref(counted[i]);
	aw_task_set_name(aw_task_current(), "the main one");
	err = aw_await(aw_call(name, NULL), &text);
	show_name(err, text);
	say("%s", truth(aw_task_current() != NULL));
	aw_call_soon(no_task, NULL);
	return aw_yield();
}

ORACLE_MAIN
