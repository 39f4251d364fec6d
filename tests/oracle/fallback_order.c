/* SPDX-License-Identifier: MIT */
/* aw_fallback over three scripted services: the order of calls, and how the services' health is reported. */
#include "resilience_story.h"

static struct script scripts[] = { { ".VVVV.V", 0 }, { "V.VV.C", 0 }, { ".V.V", 0 } };

static aw_error *live(void *arg, void **ret)
{
	return scripted(&scripts[0], ret);
}

static aw_error *backup(void *arg, void **ret)
{
	return scripted(&scripts[1], ret);
}

static aw_error *cache(void *arg, void **ret)
{
	return scripted(&scripts[2], ret);
}

static void on_health(aw_fallback *fallback, size_t service, enum aw_health health, void *arg)
{
	printf("%s %s\n", service == SIZE_MAX ? "all" : aw_fallback_service(fallback, service).name,
	       aw_health_name(health));
}

static aw_error *amain(void *arg, void **ret)
{
	static const struct aw_service services[] = { { .name = "live", .fn = live },
						      { .name = "backup", .fn = backup },
						      { .name = "cache", .fn = cache } };
	aw_fallback *fallback =
		aw_fallback_create(AW_FALLBACK_OPTS(.services = services, .service_count = 3,
						    .on_health = on_health, .clock = &story_clock));

	for (int step = 0; step < 9; step++) {
		void *result = NULL;
		aw_error *err;

		printf("step %d\n", step);
		err = aw_fallback_call(fallback, NULL, &result);
		if (err == NULL)
			printf("result %d\n", (int)AW_INT(result));
		for (const aw_error *at = err; at != NULL; at = aw_error_context(at)) {
			parts(at);
			puts(aw_error_str(at, "service", "None"));
		}
		aw_error_unref(err);
	}
	printf("{");
	for (size_t i = 0; i < 3; i++) {
		struct aw_service_health health = aw_fallback_service(fallback, i);

		printf("%s'%s': '%s'", i > 0 ? ", " : "", health.name,
		       aw_health_name(health.health));
	}
	printf("} %s\n", aw_health_name(aw_fallback_health(fallback)));
	aw_fallback_destroy(fallback);
	return NULL;
}

ORACLE_MAIN
