/* SPDX-License-Identifier: MIT */
/* Classifies an error by severity: the first row that matches, of the user's table and then of the default one. */
#include <awry/resilience.h>

#include <string.h>

static const struct aw_severity_rule built_in[] = {
	{ aw_OSError, NULL, 3, AW_SEVERITY_LOW },
	{ aw_OSError, NULL, 10, AW_SEVERITY_MEDIUM },
	{ aw_OSError, NULL, 0, AW_SEVERITY_HIGH },
	{ aw_CancelledError, NULL, 0, AW_SEVERITY_LOW },
	{ aw_ValueError, "market_data", 0, AW_SEVERITY_MEDIUM },
	{ aw_KeyError, "market_data", 0, AW_SEVERITY_MEDIUM },
	{ aw_TypeError, "market_data", 0, AW_SEVERITY_MEDIUM },
	{ aw_IncompleteReadError, NULL, 0, AW_SEVERITY_MEDIUM },
	{ aw_BaseException, NULL, 0, AW_SEVERITY_HIGH },
};

static bool fits(const struct aw_severity_rule *rule, const aw_error *err,
		 const aw_error_context_info *info)
{
	const char *component = info->component != NULL ? info->component : "";

	return aw_error_is(err, rule->type) &&
	       (rule->component == NULL || strstr(component, rule->component) != NULL) &&
	       (rule->retries_below == 0 || info->retry_count < rule->retries_below);
}

static const struct aw_severity_rule *find(const struct aw_severity_rule *rules, size_t count,
					   const aw_error *err, const aw_error_context_info *info)
{
	for (size_t i = 0; i < count; i++)
		if (fits(&rules[i], err, info))
			return &rules[i];
	return NULL;
}

enum aw_severity aw_severity_of(const struct aw_recovery *recovery, const aw_error *err,
				const aw_error_context_info *info)
{
	static const aw_error_context_info nothing;
	const struct aw_severity_rule *rule = NULL;

	if (info == NULL)
		info = &nothing;
	if (recovery != NULL)
		rule = find(recovery->rules, recovery->rule_count, err, info);
	if (rule == NULL)
		rule = find(built_in, sizeof(built_in) / sizeof(built_in[0]), err, info);
	return rule != NULL ? rule->severity : AW_SEVERITY_HIGH;
}

const char *aw_severity_name(enum aw_severity severity)
{
	static const char *const names[] = { "low", "medium", "high", "critical" };

	return (size_t)severity < AW_SEVERITIES ? names[severity] : "?";
}
