/* SPDX-License-Identifier: MIT */
/*
 * Bounds on the lists of JSON reports: each element's size is counted before it is added, and the document says
 * how many are left out.
 */
#include "viewer/report/json.h"

bool aw__json_has_room(struct aw__json_limit *limit)
{
	if (limit->bytes < AW__REPORT_MOST_BYTES)
		return true;
	limit->left_out++;
	return false;
}

bool aw__json_add(struct aw__json_limit *limit, json_t *list, json_t *value_take)
{
	if (limit->bytes < AW__REPORT_MOST_BYTES)
		limit->bytes += json_dumpb(value_take, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
	if (limit->bytes <= AW__REPORT_MOST_BYTES && json_array_append_new(list, value_take) == 0)
		return true;
	if (limit->bytes > AW__REPORT_MOST_BYTES)
		json_decref(value_take);
	limit->bytes = AW__REPORT_MOST_BYTES;
	limit->left_out++;
	return false;
}

static void put(json_t *object, const char *key, const struct aw__json_limit *limit)
{
	if (limit->left_out > 0)
		json_object_set_new(object, key, aw__json_number(limit->left_out));
}

void aw__json_left_out(json_t *document, const struct aw__json_limits *limits)
{
	json_t *object = json_object();

	put(object, "findings", &limits->findings);
	put(object, "errors", &limits->errors);
	put(object, "stacks", &limits->stacks);
	put(object, "tasks", &limits->tasks);
	if (json_object_size(object) > 0)
		json_object_set_new(document, "left_out", object);
	else
		json_decref(object);
}
