/* SPDX-License-Identifier: MIT */
/* The severity of errors for all combinations of type, component and number of retries. */
#include "resilience_story.h"

static AW_ERROR_TYPE(RiskManagementError, aw_Exception);

int main(void)
{
	static const struct aw_severity_rule rule = { RiskManagementError, NULL, 0,
						      AW_SEVERITY_CRITICAL };
	static const struct aw_recovery recovery = { .rules = &rule, .rule_count = 1 };
	static const char *const components[] = { "market_data_processor", "orders", "",
						  "old_market_data" };
	static const unsigned int retries[] = { 0, 2, 3, 9, 10, 1000 };
	aw_error_type *const types[] = {
		aw_ConnectionError,	aw_OSError,
		aw_TimeoutError,	aw_FileNotFoundError,
		aw_CancelledError,	aw_ValueError,
		aw_UnicodeError,	aw_KeyError,
		aw_TypeError,		aw_IndexError,
		aw_IncompleteReadError, aw_LimitOverrunError,
		RiskManagementError,	aw_RuntimeError,
		aw_MemoryError,		aw_EOFError,
		aw_KeyboardInterrupt,	NULL,
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		aw_error *err = types[i] != NULL ? aw_raise(types[i], NULL)
						 : GROUP("g", aw_raise(aw_OSError, NULL));

		for (size_t j = 0; j < 24; j++) {
			aw_error_context_info info = { .component = components[j / 6],
						       .retry_count = retries[j % 6] };

			printf("%s %s %u %s\n", aw_error_name(err), info.component,
			       info.retry_count,
			       aw_severity_name(aw_severity_of(&recovery, err, &info)));
		}
		aw_error_unref(err);
	}
	return 0;
}
