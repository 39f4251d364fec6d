// SPDX-License-Identifier: MIT
// validate.mjs MODULES SCHEMA.json DOCUMENT.json: exit 0 if the document fits the schema, 1 with what is wrong if not.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, schemaPath, documentPath] = process.argv.slice(2);
const require = createRequire(join(modules, "index.js"));
const schema = JSON.parse(readFileSync(schemaPath, "utf8"));
const recent = schema.$schema.includes("2020-12");
const Ajv = require(recent ? "ajv/dist/2020" : "ajv").default;
const ajv = new Ajv({ strict: recent && schema.$id?.startsWith("urn:awry:"), strictRequired: false, allErrors: true, allowUnionTypes: true });
require("ajv-formats").default(ajv);
const validate = ajv.compile(schema);
if (!validate(JSON.parse(readFileSync(documentPath, "utf8")))) {
	console.log(validate.errors.slice(0, 5).map((one) => `${one.instancePath}: ${one.message}`).join("\n"));
	process.exit(1);
}
