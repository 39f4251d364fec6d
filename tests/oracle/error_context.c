/* SPDX-License-Identifier: MIT */
/*
 * Contexts and causes that are set in unusual orders (again, in a chain, after `from`): the printed traceback, and
 * that no cycle forms.
 */
#include "error_story.h"

static void story(const char *name, aw_error *err)
{
	puts(name);
	parts(err);
	if (aw_error_context(err) != NULL)
		parts(aw_error_context(err));
	shown_end(err);
}

static aw_error *not_raised(aw_error *err)
{
	return err;
}

static aw_error *in_chain(void)
{
	aw_error *a = RAISE(ValueError, "a");
	aw_error *b = aw_raise_in(aw_error_ref(a), RAISE(TypeError, "b"));

	return aw_error_from_none(aw_raise_in(b, a));
}

int main(void)
{
	aw_error *a = RAISE(ValueError, "a"), *b, *err;

	story("from_none", aw_error_from_none(aw_raise_in(a, RAISE(TypeError, "b"))));
	a = RAISE(ValueError, "a");
	story("again", aw_raise_in(aw_error_ref(a), a));
	a = RAISE(ValueError, "a");
	b = aw_raise_in(a, aw_error_note(RAISE(TypeError, "b"), "made while handling"));
	story("then_cause",
	      aw_error_from(not_raised(aw__raise(NULL, 0, NULL, aw_KeyError, "'c'")), b));
	err = aw_error_from(aw__raise(NULL, 0, NULL, aw_ValueError, "first"),
			    RAISE(RuntimeError, "r"));
	story("replaced", aw_error_from(aw__raise(NULL, 0, NULL, aw_KeyError, "'second'"), err));
	err = in_chain();
	printf("in_chain\n%s %s %s\n", aw_error_name(err),
	       aw_error_context(err) == NULL ? "True" : aw_error_name(aw_error_context(err)),
	       truth(aw_error_suppresses_context(err)));
	aw_error_unref(err);
	return 0;
}
