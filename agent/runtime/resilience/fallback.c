/* SPDX-License-Identifier: MIT */
/* aw_fallback: calls several services for the same purpose in order, until one answers. */
#include "agent/runtime/resilience/resilience.h"

#include <string.h>

#include "agent/runtime/loop/bug.h"
#include "agent/runtime/error/current.h"
#include "agent/runtime/error/error_tell.h"
#include "base/alloc.h"
#include "base/options_copy.h"

struct service {
	struct aw_service_health health; /* its name and its last error are owned */
	aw_coro_fn *fn;
	aw_breaker *breaker;
};

struct aw_fallback {
	const aw_clock *clock;
	aw_fallback_fn *on_health;
	void *arg;
	unsigned int down_after;
	unsigned int under_way;
	enum aw_health health;
	uint64_t id;
	size_t count;
	struct service services[];
};

static void set_health(struct aw_fallback *fallback, size_t index, enum aw_health *health,
		       enum aw_health now)
{
	if (*health == now)
		return;
	*health = now;
	if (fallback->on_health != NULL)
		fallback->on_health(fallback, index, now, fallback->arg);
}

aw_fallback *aw_fallback_create(const struct aw_fallback_options *options)
{
	struct aw_fallback_options o;
	struct aw_fallback *fallback;

	AW__OPTIONS(aw_fallback_options, &o, options);
	aw__must(o.service_count > 0, "a fallback needs a service");
	fallback =
		aw__alloc_zeroed(1, sizeof(*fallback) + o.service_count * sizeof(struct service));
	if (fallback == NULL)
		return NULL;
	fallback->clock = o.clock;
	fallback->on_health = o.on_health;
	fallback->arg = o.arg;
	fallback->down_after = o.down_after > 0 ? o.down_after : 3;
	for (size_t i = 0; i < o.service_count; i++) {
		const struct aw_service *from = &o.services[i];
		const char *name = from->name != NULL ? from->name : "";
		struct service *to = &fallback->services[i];

		to->health.name = aw__alloc_copy(name, strlen(name));
		if (to->health.name == NULL)
			goto fail;
		to->fn = from->fn;
		to->breaker = from->breaker;
		fallback->count++;
	}
	return fallback;
fail:
	aw_fallback_destroy(fallback);
	return NULL;
}

void aw_fallback_destroy(aw_fallback *fallback)
{
	if (fallback == NULL)
		return;
	aw__must(fallback->under_way == 0, "a fallback is destroyed while a call uses it");
	for (size_t i = 0; i < fallback->count; i++) {
		aw__alloc_free((void *)(uintptr_t)fallback->services[i].health.name);
		aw_error_unref((aw_error *)(uintptr_t)fallback->services[i].health.last_error);
	}
	aw__alloc_free(fallback);
}

AW__HOOK_ONLY static void tell(struct aw_fallback *fallback, size_t index, const aw_error *err)
{
	const struct service *service = &fallback->services[index];

	aw_agent_service(&(struct aw_agent_service){
		.fallback = aw__recorder_id(&fallback->id),
		.name = service->health.name,
		.service = index,
		.services = fallback->count,
		.failures = service->health.failures_in_row,
		/* the last service's error is not reported yet, because it may still be changed */
		.error = index + 1 < fallback->count ? aw__recorder_error(err) : aw__error_id(err),
		.failed = err != NULL,
		.task = aw__current_agent_task(),
	});
}

static void answered(struct aw_fallback *fallback, size_t index)
{
	struct aw_service_health *health = &fallback->services[index].health;

	health->last_success = aw__clock_now(fallback->clock);
	health->failures_in_row = 0;
	if (index > 0 && AW__HOOKED())
		tell(fallback, index, NULL);
	set_health(fallback, index, &health->health, AW_HEALTH_HEALTHY);
	set_health(fallback, SIZE_MAX, &fallback->health,
		   index == 0 ? AW_HEALTH_HEALTHY : AW_HEALTH_DEGRADED);
}

static void failed(struct aw_fallback *fallback, size_t index, const aw_error *err)
{
	struct aw_service_health *health = &fallback->services[index].health;
	aw_error *before = (aw_error *)(uintptr_t)health->last_error;

	health->failures++;
	health->failures_in_row++;
	health->last_failure = aw__clock_now(fallback->clock);
	health->last_error = aw_error_ref(err);
	aw_error_unref(before);
	if (AW__HOOKED())
		tell(fallback, index, err);
	set_health(fallback, index, &health->health,
		   health->failures_in_row >= fallback->down_after ? AW_HEALTH_DOWN
								   : AW_HEALTH_DEGRADED);
}

static aw_error *call_one(struct service *service, void *arg, void **ret)
{
	service->health.calls++;
	if (service->breaker != NULL)
		return aw_breaker_call(service->breaker, service->fn, arg, ret);
	return service->fn(arg, ret);
}

static aw_error *call_all(struct aw_fallback *fallback, void *arg, void **ret)
{
	aw_error *before = NULL;

	for (size_t i = 0; i < fallback->count; i++) {
		struct service *service = &fallback->services[i];
		void *result = NULL;
		aw_error *err = call_one(service, arg, &result);

		if (err == NULL) {
			answered(fallback, i);
			if (ret != NULL)
				*ret = result;
			aw_error_unref(before);
			return NULL;
		}
		if (!aw_error_is(err, aw_Exception))
			return aw_raise_in(before, err);
		err = aw_raise_in(before, aw_error_with_str(err, "service", service->health.name));
		failed(fallback, i, err);
		before = err;
	}
	set_health(fallback, SIZE_MAX, &fallback->health, AW_HEALTH_DOWN);
	return before;
}

aw_error *aw_fallback_call(aw_fallback *fallback, void *arg, void **ret)
{
	aw_error *err;

	if (fallback == NULL)
		return aw_raise(aw_MemoryError, NULL);
	fallback->under_way++;
	err = call_all(fallback, arg, ret);
	fallback->under_way--;
	return err;
}

enum aw_health aw_fallback_health(const aw_fallback *fallback)
{
	return fallback != NULL ? fallback->health : AW_HEALTH_UNKNOWN;
}

struct aw_service_health aw_fallback_service(const aw_fallback *fallback, size_t index)
{
	static const struct aw_service_health none;

	return fallback != NULL && index < fallback->count ? fallback->services[index].health
							   : none;
}

const char *aw_health_name(enum aw_health health)
{
	static const char *const names[] = { "unknown", "healthy", "degraded", "down" };

	return (size_t)health < sizeof(names) / sizeof(names[0]) ? names[health] : "?";
}
