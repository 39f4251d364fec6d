/* SPDX-License-Identifier: MIT */
/* Appends a packed protobuf message to a buffer, for the perfetto, otlp and pprof exporters. */
#include "viewer/export/protobuf.h"

void aw__protobuf_pack(struct aw__buffer *out, const ProtobufCMessage *message)
{
	size_t length = protobuf_c_message_get_packed_size(message);
	char *room = aw__buffer_reserve(out, length);

	if (room == NULL)
		return;
	protobuf_c_message_pack(message, (uint8_t *)room);
	out->length += length;
	out->data[out->length] = '\0';
}
