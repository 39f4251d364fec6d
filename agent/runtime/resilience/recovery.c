/* SPDX-License-Identifier: MIT */
/* aw_recover(): decides by an error's severity, from a table, whether and when to try again. */
#include "agent/runtime/resilience/resilience.h"

#include <ctype.h>

#include "base/buffer.h"

static const struct aw_strategy built_in[AW_SEVERITIES] = {
	[AW_SEVERITY_LOW] = { .base_ns = AW_MS(100) },
	[AW_SEVERITY_MEDIUM] = { .base_ns = AW_SEC(1), .factor = 2, .cap_ns = AW_SEC(30) },
	[AW_SEVERITY_HIGH] = { .base_ns = AW_SEC(60), .retries_below = 5 },
	[AW_SEVERITY_CRITICAL] = { .emergency = true },
};

struct handling {
	const struct aw_recovery *recovery;
	const aw_error *err;
	const aw_error_context_info *info;
	enum aw_severity severity;
	const struct aw_strategy *strategy;
	bool again;
	aw_ns delay;
};

AW_PRINTF(3, 4)
static void say(const struct handling *handling, enum aw_severity severity, const char *format, ...)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	va_list list;

	if (handling->recovery->log == NULL)
		return;
	va_start(list, format);
	aw__buffer_vformat(&text, format, list);
	va_end(list);
	/* without memory for the text, use the error's message */
	handling->recovery->log(
		severity, text.failed ? aw_error_message(handling->err) : aw__buffer_string(&text),
		handling->recovery->arg);
	aw__buffer_finish(&text);
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void say_error(const struct handling *handling)
{
	char name[16] = "";
	const char *severity = aw_severity_name(handling->severity);

	for (size_t i = 0; severity[i] != '\0' && i < sizeof(name) - 1; i++)
		name[i] = (char)toupper((unsigned char)severity[i]);
	say(handling, handling->severity, "%s ERROR in %s.%s: %s: %s (retry #%u)", name,
	    or_empty(handling->info->component), or_empty(handling->info->operation),
	    aw_error_name(handling->err), aw_error_message(handling->err),
	    handling->info->retry_count);
}

static void decide(struct handling *handling)
{
	const struct aw_strategy *strategy = handling->strategy;
	const unsigned int retries = handling->info->retry_count;

	if (strategy->stop || strategy->emergency)
		return;
	if (strategy->retries_below > 0 && retries >= strategy->retries_below) {
		say(handling, AW_SEVERITY_CRITICAL, "Too many retries for %s",
		    or_empty(handling->info->component));
		return;
	}
	handling->again = true;
	handling->delay =
		aw__backoff(strategy->base_ns, strategy->factor, retries, strategy->cap_ns);
	if (strategy->factor > 0)
		say(handling, AW_SEVERITY_LOW, "Backing off for %gs before retry",
		    (double)handling->delay / 1e9);
}

AW__HOOK_ONLY static void tell(const struct handling *handling)
{
	aw_agent_recovery(&(struct aw_agent_recovery){
		.error = aw__recorder_error(handling->err),
		.severity = handling->severity,
		.retry_count = handling->info->retry_count,
		.delay_ns = handling->delay,
		.again = handling->again,
		.component = handling->info->component,
		.operation = handling->info->operation,
	});
}

static aw_error *act(const struct handling *handling)
{
	const struct aw_recovery *recovery = handling->recovery;

	if (handling->again)
		return aw__clock_sleep(recovery->clock, handling->delay);
	if (!handling->strategy->emergency)
		return NULL;
	say(handling, AW_SEVERITY_CRITICAL, "Critical error in %s: %s",
	    or_empty(handling->info->component), aw_error_message(handling->err));
	if (recovery->emergency == NULL)
		return NULL;
	return recovery->emergency(handling->err, handling->info, recovery->arg);
}

aw_error *aw_recover(const struct aw_recovery *recovery, const aw_error *err,
		     const aw_error_context_info *info, bool *ret_again)
{
	static const struct aw_recovery defaults;
	static const aw_error_context_info nothing;
	struct handling handling = { .recovery = recovery != NULL ? recovery : &defaults,
				     .err = err,
				     .info = info != NULL ? info : &nothing };
	const struct aw_strategy *strategies = handling.recovery->strategies;

	handling.severity = aw_severity_of(recovery, err, info);
	handling.strategy = &(strategies != NULL ? strategies : built_in)[handling.severity];
	say_error(&handling);
	aw_error_stats_add(handling.recovery->stats, err, handling.info);
	decide(&handling);
	if (AW__HOOKED())
		tell(&handling);
	AW_TRY(act(&handling));
	*ret_again = handling.again;
	return NULL;
}
