/* SPDX-License-Identifier: MIT */
/*
 * How errors were handled: attempts, breakers, services, decisions.
 *
 * Each is kept with the error that it is about, and dropped with it. Only the last state of a breaker is kept;
 * an attempt that used a breaker copies the state, which may change later.
 *
 * aw__errors_taken() may drop another error with its parts: so it is called before any pointer is taken.
 */
#include "viewer/model/model_internal.h"

#include <string.h>

#include <awry/agent.h>
#include <awry/agent_resilience.h>

#include "base/alloc.h"

#define MAX_BREAKERS 4096u

struct aw__handled *aw__handled_of(struct aw__model *model, uint64_t id)
{
	struct aw__error *error = aw__errors_need_known(model, id);

	if (error == NULL || error->handled != NULL)
		return error != NULL ? error->handled : NULL;
	if (!aw__model_charge(model, sizeof(*error->handled))) {
		model->counts.errors_beyond++;
		return NULL;
	}
	error->handled = aw__alloc_must_zeroed(1, sizeof(*error->handled));
	return error->handled;
}

void aw__handled_free(struct aw__model *model, struct aw__handled *handled)
{
	if (handled == NULL)
		return;
	aw__model_drop(model, handled->what);
	aw__model_drop(model, handled->breaker_name);
	aw__model_drop(model, handled->service);
	aw__model_drop(model, handled->operation);
	model->bytes -= sizeof(*handled);
	aw__alloc_free(handled);
}

static void replace(struct aw__model *model, char **text, const char *by, size_t length)
{
	aw__model_drop(model, *text);
	*text = aw__model_copy(model, by, length);
}

static void replace_string(struct aw__model *model, char **text, const char *by)
{
	replace(model, text, by, by != NULL ? strlen(by) : 0);
}

static void attempted(struct aw__model *model, const struct aw__event *event)
{
	struct aw__handled *handled;
	const struct aw__breaker *breaker =
		aw__map_get(&model->breakers, aw__event_listed(event, AW__ATTEMPT_BREAKER));

	if (event->attempt.outcome == AW_ATTEMPT_FAILED)
		aw__errors_taken(model, event->attempt.error,
				 aw__event_listed(event, AW__ATTEMPT_TASK), event->time_ns);
	handled = aw__handled_of(model, event->attempt.error);
	if (handled == NULL)
		return;
	handled->attempt = event->attempt.attempt;
	handled->attempts = event->attempt.attempts;
	handled->delay_ns = event->attempt.delay_ns;
	handled->outcome = event->attempt.outcome;
	replace(model, &handled->what, event->text, event->text_length);
	if (breaker == NULL)
		return;
	handled->breaker = true;
	handled->breaker_state = breaker->state;
	handled->breaker_since_ns = breaker->since_ns;
	handled->breaker_failures = breaker->failures;
	replace_string(model, &handled->breaker_name, breaker->name);
}

/* An attribute's value as a number; `otherwise` if it is not a number. */
static uint64_t number(const struct aw__event *event, uint64_t otherwise)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < event->text_length; i++) {
		if (i == 18 || event->text[i] < '0' || event->text[i] > '9')
			return otherwise;
		value = 10 * value + (uint64_t)(event->text[i] - '0');
	}
	return event->text_length > 0 ? value : otherwise;
}

/* Remove the quotes that repr() puts around an attribute's value. */
static void unquoted(struct aw__model *model, char **text, const struct aw__event *event)
{
	if (event->text_length >= 2)
		replace(model, text, event->text + 1, event->text_length - 2);
	else /* there may be no text at all */
		replace(model, text, event->text, event->text_length);
}

enum carried { ATTEMPT, ATTEMPTS, RETRY, BREAKER, BREAKER_STATE, BREAKER_FAILURES, BREAKER_SINCE };

static const char *const carried_names[] = {
	"attempt",	 "attempts",	     "retry",	      "breaker",
	"breaker_state", "breaker_failures", "breaker_since",
};

void aw__resilience_attribute(struct aw__model *model, uint64_t error,
			      const struct aw__event *event)
{
	const char *name = aw__model_string(model, event->attribute.key);
	struct aw__handled *handled;
	unsigned i = 0;

	while (name != NULL && i <= BREAKER_SINCE && strcmp(name, carried_names[i]) != 0)
		i++;
	if (name == NULL || i > BREAKER_SINCE)
		return;
	handled = aw__handled_of(model, error);
	if (handled == NULL)
		return;
	switch ((enum carried)i) {
	case ATTEMPT:
		handled->attempt = number(event, 0);
		break;
	case ATTEMPTS: /* only a retry that gave up has this attribute */
		handled->attempts = number(event, 0);
		handled->outcome = AW_ATTEMPT_GAVE_UP;
		break;
	case RETRY:
		unquoted(model, &handled->what, event);
		break;
	case BREAKER:
		unquoted(model, &handled->breaker_name, event);
		break;
	case BREAKER_STATE:
		handled->breaker = true;
		handled->breaker_state = number(event, AW_BREAKER_STATES);
		break;
	case BREAKER_FAILURES:
		handled->breaker_failures = number(event, 0);
		break;
	case BREAKER_SINCE:
		handled->breaker_since_ns = number(event, 0);
		break;
	}
}

struct aw__breaker *aw__breaker_need(struct aw__model *model, uint64_t id)
{
	struct aw__breaker *breaker = id != 0 ? aw__map_get(&model->breakers, id) : NULL;

	if (breaker != NULL || id == 0)
		return breaker;
	if (model->breakers.count >= MAX_BREAKERS) {
		model->counts.nonsense++;
		return NULL;
	}
	breaker = aw__alloc_must_zeroed(1, sizeof(*breaker));
	aw__map_put(&model->breakers, id, breaker);
	return breaker;
}

static void breaker_changed(struct aw__model *model, const struct aw__event *event)
{
	struct aw__breaker *breaker = aw__breaker_need(model, event->subject);
	struct aw__handled *handled;

	if (breaker == NULL)
		return;
	breaker->state = event->breaker.state;
	breaker->since_ns = event->breaker.since_ns;
	breaker->failures = event->breaker.failures;
	replace(model, &breaker->name, event->text, event->text_length);
	handled = aw__handled_of(model, event->breaker.error);
	if (handled == NULL)
		return;
	handled->breaker = true;
	handled->breaker_state = breaker->state;
	handled->breaker_since_ns = breaker->since_ns;
	handled->breaker_failures = breaker->failures;
	replace_string(model, &handled->breaker_name, breaker->name);
}

static void service_tried(struct aw__model *model, const struct aw__event *event)
{
	struct aw__handled *handled;

	if (event->service.error != 0 && event->service.service + 1 < event->service.services)
		aw__errors_taken(model, event->service.error,
				 aw__event_listed(event, AW__SERVICE_TASK), event->time_ns);
	handled = aw__handled_of(model, event->service.error);
	if (handled == NULL)
		return;
	handled->service_index = event->service.service;
	handled->services = event->service.services;
	handled->service_failures = event->service.failures;
	replace(model, &handled->service, event->text, event->text_length);
}

static void recovered(struct aw__model *model, const struct aw__event *event)
{
	struct aw__handled *handled;

	aw__errors_taken(model, event->subject, 0, event->time_ns);
	handled = aw__handled_of(model, event->subject);
	if (handled == NULL)
		return;
	handled->decided = true;
	handled->severity = event->recovery.severity;
	handled->retry_count = event->recovery.retry_count;
	handled->wait_ns = event->recovery.delay_ns;
	handled->again = event->recovery.again != 0;
	replace(model, &handled->operation, event->text, event->text_length);
}

void aw__resilience_event(struct aw__model *model, const struct aw__event *event)
{
	switch (event->kind) {
	case AW__ATTEMPT:
		attempted(model, event);
		break;
	case AW__BREAKER:
		breaker_changed(model, event);
		break;
	case AW__SERVICE:
		service_tried(model, event);
		break;
	default:
		recovered(model, event);
		break;
	}
}

void aw__resilience_finish(struct aw__model *model)
{
	struct aw__map *breakers = &model->breakers;

	for (size_t i = 0; i < breakers->capacity; i++) {
		struct aw__breaker *breaker = breakers->slots[i].value;

		if (breaker == NULL)
			continue;
		aw__model_drop(model, breaker->name);
		aw__alloc_free(breaker);
	}
	aw__map_finish(breakers);
}
