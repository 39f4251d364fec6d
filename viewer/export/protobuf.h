/* SPDX-License-Identifier: MIT */
/* Appends packed messages of protobuf-c to a buffer. */
#ifndef AW__EXPORT_PROTOBUF_H
#define AW__EXPORT_PROTOBUF_H

#include <protobuf-c/protobuf-c.h>

#include "base/buffer.h"

void aw__protobuf_pack(struct aw__buffer *out, const ProtobufCMessage *message);

#endif
