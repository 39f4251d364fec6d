// SPDX-License-Identifier: MIT
// decode_otlp.cjs OTLP_FOLDER PROTOBUF_FOLDER FILE…: decodes requests by OpenTelemetry's own generated code; prints a JSON array.
// A file's name ends in .traces or .logs.
const fs = require("fs");
const Module = require("module");
const path = require("path");

const [otlp, protobuf, ...files] = process.argv.slice(2);
const load = Module._load;
Module._load = (name, ...rest) =>
  load(name === "protobufjs/minimal" ? path.join(protobuf, "protobuf.js") : name, ...rest);
const root = require(path.join(otlp, "root.js"));
const collector = root.opentelemetry.proto.collector;
console.log(JSON.stringify(files.map((file) => {
  const type = file.endsWith(".traces") ? collector.trace.v1.ExportTraceServiceRequest
    : collector.logs.v1.ExportLogsServiceRequest;
  const message = type.decode(fs.readFileSync(file));
  const wrong = type.verify(message);
  if (wrong) throw new Error(wrong);
  return type.toObject(message, { longs: String, bytes: (b) => Buffer.from(b).toString("hex"), enums: Number });
}), (_, value) => value && value.type === "Buffer" ? Buffer.from(value.data).toString("hex")
  : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value));
