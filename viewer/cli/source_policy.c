/* SPDX-License-Identifier: MIT */
/* Decides whether lines of a source file are shown, for reports and the viewer alike. */
#include "viewer/cli/source_policy.h"

bool aw__source_policy_allows(const struct aw__source_policy *policy)
{
	if (policy->claim == AW__SOURCE_CONTRADICTED)
		return false;
	return policy->below_root ||
	       (policy->claim == AW__SOURCE_NAMED && policy->changed_ns <= policy->recorded_ns);
}
