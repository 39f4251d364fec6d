/* SPDX-License-Identifier: MIT */
/* The loops in JSON reports, with their lag histograms. */
#include "viewer/report/json.h"

/* The histogram of a loop's iterations, without empty buckets. */
static json_t *lags_json(const struct aw__lags *lags)
{
	json_t *object = json_object(), *buckets = json_array();
	uint64_t list[AW__LAG_LIST_WORDS];
	const uint32_t length = aw__lags_list(lags, list);

	json_object_set_new(object, "count", aw__json_number(aw__lags_count(lags)));
	json_object_set_new(object, "p50_ns", aw__json_number(aw__lags_quantile_ns(lags, 500)));
	json_object_set_new(object, "p99_ns", aw__json_number(aw__lags_quantile_ns(lags, 990)));
	json_object_set_new(object, "longest_ns", aw__json_number(lags->longest_ns));
	for (uint32_t i = 0; i < length; i += 2) {
		json_t *bucket = json_object();

		json_object_set_new(bucket, "from_ns", aw__json_number(list[i]));
		json_object_set_new(bucket, "count", aw__json_number(list[i + 1]));
		json_array_append_new(buckets, bucket);
	}
	json_object_set_new(object, "buckets", buckets);
	return object;
}

static json_t *loop_json(const struct aw__loop *loop)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", aw__json_number(loop->id));
	json_object_set_new(object, "label", aw__json_text(loop->label));
	json_object_set_new(object, "tid", aw__json_number(loop->tid));
	json_object_set_new(object, "closed", json_boolean(loop->closed));
	json_object_set_new(object, "blocked", aw__json_number(loop->blocked_count));
	json_object_set_new(object, "blocked_ns", aw__json_number(loop->blocked_ns));
	json_object_set_new(object, "iterations", lags_json(&loop->lags));
	return object;
}

json_t *aw__json_loops(const struct aw__model *model)
{
	json_t *loops = json_array();

	for (size_t i = 0; i < aw__model_loop_count(model); i++)
		json_array_append_new(loops, loop_json(aw__model_loop_at(model, i)));
	return loops;
}
