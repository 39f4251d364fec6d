/* SPDX-License-Identifier: MIT */
/* Tests of the policy on showing source lines; tests/cli/sourcing.py tests the whole program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "viewer/cli/option_source.h"

static bool allows(enum aw__symbols_claim claim, bool below_root, uint64_t changed_ns)
{
	return aw__source_policy_allows(&(struct aw__source_policy){ .claim = claim,
								     .below_root = below_root,
								     .changed_ns = changed_ns,
								     .recorded_ns = 1000 });
}

static void policy__below_the_root_everything_is_shown(void **state)
{
	assert_true(allows(AW__SOURCE_UNKNOWN, true, 1));
	assert_true(allows(AW__SOURCE_UNKNOWN, true, 2000));
	assert_true(allows(AW__SOURCE_NAMED, true, 2000));
}

static void policy__elsewhere_only_named_and_unchanged_files_are_shown(void **state)
{
	assert_false(allows(AW__SOURCE_UNKNOWN, false, 1));
	assert_true(allows(AW__SOURCE_NAMED, false, 1000));
	assert_false(allows(AW__SOURCE_NAMED, false, 1001));
}

static void policy__contradicted_files_are_never_shown(void **state)
{
	assert_false(allows(AW__SOURCE_CONTRADICTED, true, 1));
	assert_false(allows(AW__SOURCE_CONTRADICTED, false, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy__below_the_root_everything_is_shown),
		cmocka_unit_test(policy__elsewhere_only_named_and_unchanged_files_are_shown),
		cmocka_unit_test(policy__contradicted_files_are_never_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
