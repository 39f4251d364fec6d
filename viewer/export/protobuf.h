/* SPDX-License-Identifier: MIT */
/* Messages of protobuf-c, packed to the end of a buffer. */
#ifndef AW__EXPORT_PROTOBUF_H
#define AW__EXPORT_PROTOBUF_H

#include <protobuf-c/protobuf-c.h>

#include "base/buffer.h"

void aw__protobuf_pack(struct aw__buffer *out, const ProtobufCMessage *message);

#endif
