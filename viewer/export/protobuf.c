/* SPDX-License-Identifier: MIT */
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
