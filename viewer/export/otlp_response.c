/* SPDX-License-Identifier: MIT */
/* Parses a collector's answer to an OTLP request (partial success), as JSON or protobuf. The answer is untrusted. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/text.h"
#include "otlp.pb-c.h"
#include "viewer/export/export_internal.h"

#define MOST_BYTES 65536u

static bool take(uint64_t rejected, const char *message, uint64_t *ret_rejected,
		 struct aw__buffer *ret_message)
{
	*ret_rejected = rejected;
	if (message != NULL)
		aw__text_valid(ret_message, message, strlen(message));
	return rejected > 0 || ret_message->length > 0;
}

static bool from_json(const char *body, size_t length, uint64_t *ret_rejected,
		      struct aw__buffer *ret_message)
{
	json_t *root = json_loadb(body, length, 0, NULL);
	json_t *partial = json_object_get(root, "partialSuccess");
	json_t *count = json_object_get(partial, "rejectedSpans");
	long long rejected;
	bool is;

	if (count == NULL)
		count = json_object_get(partial, "rejectedLogRecords");
	rejected =
		json_is_string(count) ? atoll(json_string_value(count)) : json_integer_value(count);
	is = take(rejected > 0 ? (uint64_t)rejected : 0,
		  json_string_value(json_object_get(partial, "errorMessage")), ret_rejected,
		  ret_message);
	json_decref(root);
	return is;
}

bool aw__export_partial_success(const void *body, size_t length, bool json, uint64_t *ret_rejected,
				struct aw__buffer *ret_message)
{
	Otlp__Response *response;
	bool is = false;

	*ret_rejected = 0;
	if (length == 0 || length > MOST_BYTES)
		return false;
	if (json)
		return from_json(body, length, ret_rejected, ret_message);
	response = otlp__response__unpack(NULL, length, body);
	if (response != NULL && response->partial_success != NULL)
		is = take(response->partial_success->rejected > 0
				  ? (uint64_t)response->partial_success->rejected
				  : 0,
			  response->partial_success->error_message, ret_rejected, ret_message);
	if (response != NULL)
		otlp__response__free_unpacked(response, NULL);
	return is;
}
