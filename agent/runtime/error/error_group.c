/* SPDX-License-Identifier: MIT */
/*
 * Makes exception groups, for aw_error_group(), aw_error_derive() and error_split.c. A group that contains
 * anything but Exceptions becomes a BaseExceptionGroup, as in Python.
 */
#include "agent/runtime/error/error_group.h"

#include <string.h>

#include "base/alloc.h"

/* The type for a group of these members: an ExceptionGroup may contain only Exceptions. */
static aw_error_type *fitting(aw_error_type *wanted, aw_error *const *members, size_t count)
{
	bool bare = wanted == aw_BaseExceptionGroup || wanted == aw_ExceptionGroup;

	for (size_t i = 0; i < count; i++)
		if (!aw_error_is(members[i], aw_Exception))
			return aw_error_type_is(wanted, aw_ExceptionGroup) ? aw_BaseExceptionGroup
									   : wanted;
	return bare ? aw_ExceptionGroup : wanted;
}

/* Copy the errors that are not NULL, and return their number. `*ret_members` is NULL if there is
 * none, or no memory. */
static size_t gather(aw_error *const *errs, size_t n, aw_error ***ret_members)
{
	size_t count = 0;

	*ret_members = NULL;
	for (size_t i = 0; i < n; i++)
		count += errs[i] != NULL;
	if (count == 0)
		return 0;
	*ret_members = aw__alloc(count * sizeof(aw_error *));
	if (*ret_members == NULL)
		return count;
	count = 0;
	for (size_t i = 0; i < n; i++)
		if (errs[i] != NULL)
			(*ret_members)[count++] = errs[i];
	return count;
}

/* No memory for the group: return the first of the errors instead. */
static aw_error *first_of(aw_error *const *errs, size_t n)
{
	aw_error *first = NULL;

	for (size_t i = 0; i < n; i++) {
		if (first == NULL)
			first = errs[i];
		else
			aw_error_unref(errs[i]);
	}
	return first;
}

static aw_error *no_members(aw_error_place site)
{
	static const char text[] = "a group needs at least one error";
	aw_error *err = aw__error_node_create(site, aw_ValueError, text, sizeof(text) - 1);

	return err != NULL ? err : aw__error_node_no_memory();
}

aw_error *aw__error_group(const char *file, int line, const char *function, aw_error_type *type,
			  const char *message, aw_error *const *errs, size_t n)
{
	aw_error_place site = { file, function, line };
	aw_error **members;
	size_t count = gather(errs, errs != NULL ? n : 0, &members);
	aw_error *group;

	if (count == 0)
		return no_members(site);
	if (members == NULL)
		return first_of(errs, n);
	if (message == NULL)
		message = "";
	type = fitting(type, members, count);
	group = aw__error_node_create(site, type, message, strlen(message));
	if (group == NULL) {
		aw__alloc_free(members);
		return first_of(errs, n);
	}
	group->children = members;
	group->child_count = count;
	return group;
}

aw_error *aw__error_group_like(const aw_error *group, aw_error *const *members, size_t count)
{
	aw_error **array = aw__alloc(count * sizeof(aw_error *));
	aw_error *made = array != NULL ? aw__error_node_copy_with(group, array, count) : NULL;

	if (made == NULL) {
		aw__alloc_free(array);
		return NULL;
	}
	memcpy(array, members, count * sizeof(aw_error *));
	made->type = fitting(group->type, members, count);
	return made;
}

aw_error *aw_error_derive(const aw_error *group, aw_error *const *errs, size_t n)
{
	aw_error **members;
	size_t count = gather(errs, errs != NULL ? n : 0, &members);
	aw_error *made = members != NULL ? aw__error_group_like(group, members, count) : NULL;

	aw__alloc_free(members);
	if (count == 0)
		return no_members(group->site);
	return made != NULL ? made : first_of(errs, n);
}
