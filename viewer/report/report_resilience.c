/* SPDX-License-Identifier: MIT */
/* Prints how an error was handled: "attempt 4 of 5 of fetch: failed", the breaker, the service, the decision. */
#include "viewer/report/report_internal.h"

#include <inttypes.h>
#include <time.h>

#include <awry/agent.h>
#include <awry/agent_resilience.h>

#include "base/text.h"

static void show_since(struct aw__writing *writing, uint64_t since_ns)
{
	const uint64_t real_ns =
		since_ns != 0 ? aw__model_realtime_ns(writing->model, since_ns) : 0;
	const time_t seconds = (time_t)(real_ns / 1000000000u);
	struct tm tm;

	if (real_ns != 0 && localtime_r(&seconds, &tm) != NULL)
		aw__buffer_format(writing->out, " since %02d:%02d:%02d", tm.tm_hour, tm.tm_min,
				  tm.tm_sec);
}

static void show_breaker(struct aw__writing *writing, const struct aw__handled *handled)
{
	aw__buffer_text(writing->out, "breaker ");
	if (handled->breaker_name != NULL) {
		aw__writing_foreign(writing, handled->breaker_name);
		aw__buffer_char(writing->out, ' ');
	}
	aw__buffer_text(writing->out, aw__breaker_name(handled->breaker_state));
	show_since(writing, handled->breaker_since_ns);
	if (handled->breaker_failures > 0) {
		aw__buffer_text(writing->out, ", after ");
		aw__writing_plural(writing, handled->breaker_failures, "failure");
	}
}

static void begin(struct aw__writing *writing, const struct aw__margin *margin)
{
	aw__margin_line(writing, margin);
	aw__buffer_text(writing->out, "  ");
}

static void show_outcome(struct aw__writing *writing, const struct aw__handled *handled)
{
	if (handled->outcome == AW_ATTEMPT_GAVE_UP) {
		aw__buffer_text(writing->out, ": gave up");
	} else if (handled->outcome == AW_ATTEMPT_FAILED) {
		aw__buffer_text(writing->out, ": failed, the next one after ");
		aw__text_duration(writing->out, handled->delay_ns);
	}
}

static void show_attempt(struct aw__writing *writing, const struct aw__margin *margin,
			 const struct aw__handled *handled)
{
	begin(writing, margin);
	aw__buffer_format(writing->out, "attempt %" PRIu64 " of %" PRIu64, handled->attempt,
			  handled->attempts);
	if (handled->what != NULL) {
		aw__buffer_text(writing->out, " of ");
		aw__writing_foreign(writing, handled->what);
	}
	show_outcome(writing, handled);
	if (handled->breaker) {
		aw__buffer_text(writing->out, "; ");
		show_breaker(writing, handled);
	}
	aw__buffer_char(writing->out, '\n');
}

static void show_service(struct aw__writing *writing, const struct aw__margin *margin,
			 const struct aw__handled *handled)
{
	begin(writing, margin);
	aw__buffer_text(writing->out, "service ");
	aw__writing_foreign(writing, handled->service != NULL ? handled->service : "?");
	aw__buffer_format(writing->out, ", number %" PRIu64 " of %" PRIu64 ", failed",
			  handled->service_index + 1, handled->services);
	if (handled->service_failures > 1)
		aw__buffer_format(writing->out, " %" PRIu64 " times in a row",
				  handled->service_failures);
	aw__buffer_char(writing->out, '\n');
}

static void show_decision(struct aw__writing *writing, const struct aw__margin *margin,
			  const struct aw__handled *handled)
{
	begin(writing, margin);
	aw__buffer_format(writing->out, "severity %s", aw__severity_name(handled->severity));
	if (handled->operation != NULL) {
		aw__buffer_text(writing->out, " in ");
		aw__writing_foreign(writing, handled->operation);
	}
	aw__buffer_format(writing->out, ", retry #%" PRIu64 ": ", handled->retry_count);
	if (handled->again) {
		aw__buffer_text(writing->out, "again after ");
		aw__text_duration(writing->out, handled->wait_ns);
	} else {
		aw__buffer_text(writing->out, "stop");
	}
	aw__buffer_char(writing->out, '\n');
}

void aw__resilience_show(struct aw__writing *writing, const struct aw__margin *margin,
			 const struct aw__error *error)
{
	const struct aw__handled *handled = error->handled;

	if (handled == NULL)
		return;
	if (handled->attempt > 0 && handled->attempts > 0) {
		show_attempt(writing, margin, handled);
	} else if (handled->breaker) {
		begin(writing, margin);
		show_breaker(writing, handled);
		aw__buffer_char(writing->out, '\n');
	}
	if (handled->services > 0)
		show_service(writing, margin, handled);
	if (handled->decided)
		show_decision(writing, margin, handled);
}
