/* SPDX-License-Identifier: MIT */
/* Hooks of error handling: a record for each retry attempt, circuit breaker, fallback service and recovery decision. */
#include <awry/agent_resilience.h>
#include <stdio.h>
#include <string.h>

#include "agent/record/ring.h"
#include "agent/record/writer.h"

#define NAME_BYTES 128u

static void name_it(struct aw__event *event, const char *name)
{
	size_t length = name != NULL ? strnlen(name, NAME_BYTES) : 0;

	if (length == NAME_BYTES) /* cut, but not within a character */
		while (length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80)
			length--;
	event->text = name;
	event->text_length = (uint32_t)length;
}

static void put(struct aw__writer *writer, struct aw__event *event)
{
	aw__writer_now(writer);
	aw__ring_put(writer, AW__EVENTS, event);
}

void aw_agent_attempt(const struct aw_agent_attempt *attempt)
{
	struct aw__writer *writer = aw__writer_get();
	const uint64_t list[AW__ATTEMPT_NUMBERS] = {
		[AW__ATTEMPT_TASK] = attempt->task != NULL ? attempt->task->id : 0,
		[AW__ATTEMPT_BREAKER] = attempt->breaker,
	};
	struct aw__event event = { .kind = AW__ATTEMPT,
				   .subject = attempt->retry,
				   .list = list,
				   .list_length = AW__ATTEMPT_NUMBERS };

	if (writer == NULL)
		return;
	event.attempt.attempt = attempt->attempt;
	event.attempt.attempts = attempt->attempts;
	event.attempt.error = attempt->error;
	event.attempt.delay_ns = attempt->delay_ns;
	event.attempt.outcome = attempt->outcome;
	name_it(&event, attempt->name);
	put(writer, &event);
}

void aw_agent_breaker(const struct aw_agent_breaker *breaker)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__event event = { .kind = AW__BREAKER, .subject = breaker->id };

	if (writer == NULL)
		return;
	event.breaker.state = breaker->state;
	event.breaker.failures = breaker->failures;
	event.breaker.since_ns = aw__writer_now(writer);
	event.breaker.recovery_ns = breaker->recovery_ns;
	event.breaker.error = breaker->error;
	name_it(&event, breaker->name);
	put(writer, &event);
}

void aw_agent_service(const struct aw_agent_service *service)
{
	struct aw__writer *writer = aw__writer_get();
	const uint64_t list[AW__SERVICE_NUMBERS] = {
		[AW__SERVICE_TASK] = service->task != NULL ? service->task->id : 0,
	};
	struct aw__event event = { .kind = AW__SERVICE,
				   .subject = service->fallback,
				   .list = list,
				   .list_length = AW__SERVICE_NUMBERS };

	if (writer == NULL)
		return;
	event.service.service = service->service;
	event.service.services = service->services;
	event.service.error = service->error;
	event.service.failures = service->failures;
	event.service.failed = service->failed;
	name_it(&event, service->name);
	put(writer, &event);
}

void aw_agent_recovery(const struct aw_agent_recovery *recovery)
{
	struct aw__writer *writer = aw__writer_get();
	struct aw__event event = { .kind = AW__RECOVERY, .subject = recovery->error };
	char name[2 * NAME_BYTES];

	if (writer == NULL)
		return;
	event.recovery.severity = recovery->severity;
	event.recovery.retry_count = recovery->retry_count;
	event.recovery.delay_ns = recovery->delay_ns;
	event.recovery.again = recovery->again;
	snprintf(name, sizeof(name), "%.100s.%.100s",
		 recovery->component != NULL ? recovery->component : "",
		 recovery->operation != NULL ? recovery->operation : "");
	name_it(&event, name);
	put(writer, &event);
}
