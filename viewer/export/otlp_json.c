/* SPDX-License-Identifier: MIT */
/*
 * Writes a message as OTLP/JSON: protobuf's JSON mapping, but with ids in hexadecimal and enumerations as numbers. The
 * fields come from protobuf-c's descriptors. Lists of values contain no lists, so the recursion is shallow.
 */
#include "viewer/export/otlp.h"

#include <inttypes.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

static const void *member(const ProtobufCMessage *message, unsigned offset)
{
	return (const char *)message + offset;
}

/* "trace_id" -> "traceId" */
static const char *camel(const char *name, char space[64])
{
	char *at = space;
	bool upper = false;

	for (; *name != '\0' && at < space + 63; name++) {
		if (*name == '_') {
			upper = true;
			continue;
		}
		*at++ = upper && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
		upper = false;
	}
	*at = '\0';
	return space;
}

static void quoted_number(struct aw__export *export, const char *key, bool is_negative,
			  uint64_t number)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	aw__buffer_format(&text, "%s%" PRIu64, is_negative ? "-" : "",
			  is_negative ? -number : number);
	aw__write_string(export, key, aw__buffer_string(&text));
	aw__buffer_finish(&text);
}

static void hex(struct aw__export *export, const char *key, const ProtobufCBinaryData *bytes)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;

	for (size_t i = 0; i < bytes->len; i++)
		aw__buffer_format(&text, "%02x", bytes->data[i]);
	aw__write_string(export, key, aw__buffer_string(&text));
	aw__buffer_finish(&text);
}

/* proto3 leaves out fields that are 0 or empty, except members of a oneof. */
static bool is_default(const ProtobufCFieldDescriptor *field, const void *at)
{
	uint64_t number = 0;

	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return *(ProtobufCMessage *const *)at == NULL;
	case PROTOBUF_C_TYPE_STRING:
		return *(const char *const *)at == NULL || **(const char *const *)at == '\0';
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)at)->len == 0;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_FIXED64:
		memcpy(&number, at, sizeof(number));
		return number == 0;
	default:
		memcpy(&number, at, sizeof(uint32_t));
		return number == 0;
	}
}

static void write_value(struct aw__export *export, const char *key,
			const ProtobufCFieldDescriptor *field, const void *at)
{
	uint64_t number = 0;

	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		aw__write_begin(export, key, '{');
		aw__otlp_json(export, *(ProtobufCMessage *const *)at);
		aw__write_end(export, '}');
		break;
	case PROTOBUF_C_TYPE_STRING:
		aw__write_string(export, key, *(const char *const *)at);
		break;
	case PROTOBUF_C_TYPE_BYTES:
		hex(export, key, at);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		aw__write_bool(export, key, *(const protobuf_c_boolean *)at != 0);
		break;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_FIXED64:
		memcpy(&number, at, sizeof(number));
		quoted_number(export, key,
			      field->type == PROTOBUF_C_TYPE_INT64 && (int64_t)number < 0, number);
		break;
	default:
		memcpy(&number, at, sizeof(uint32_t));
		aw__write_number(export, key, number);
		break;
	}
}

static void write_list(struct aw__export *export, const char *key,
		       const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message)
{
	size_t count = *(const size_t *)member(message, field->quantifier_offset);
	ProtobufCMessage *const *items =
		*(ProtobufCMessage *const *const *)member(message, field->offset);

	if (count == 0)
		return;
	aw__write_begin(export, key, '[');
	for (size_t i = 0; i < count; i++)
		write_value(export, NULL, field, &items[i]);
	aw__write_end(export, ']');
}

void aw__otlp_json(struct aw__export *export, const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	char space[64];

	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
		const void *at = member(message, field->offset);
		const char *key = camel(field->name, space);

		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			write_list(export, key, field, message);
		} else if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
			if (*(const uint32_t *)member(message, field->quantifier_offset) ==
			    field->id)
				write_value(export, key, field, at);
		} else if (!is_default(field, at)) {
			write_value(export, key, field, at);
		}
	}
}
