"use strict";
// Usage: node tools/schema.js. Writes schema/swarm.json, which is Pulumi's description of the package, and
// docs/resources.md, the same for people, from the interfaces. A unit test finds them out of date.
const { readdirSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { describeResources } = require("./schema-docs");
const { readModel, TOKEN } = require("./schema-read");

const root = path.dirname(__dirname);
/** Where interfaces say what a program may give. */
const SOURCES = ["schema", "components", "platforms", "program"];

function sourcesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => path.join(folder, file));
}

/** The package as Pulumi knows one (https://www.pulumi.com/docs/iac/using-pulumi/extending-pulumi/schema/). */
function packageSchema({ resources, types }) {
  const { version, description, license } = require("../package.json");
  return {
    name: "swarm",
    displayName: "Docker Swarm",
    version,
    description,
    license,
    types: Object.fromEntries([...types].sort(byName).map(([name, type]) => [TOKEN + name, typeSpec(type)])),
    provider: {},
    resources: Object.fromEntries(resources.map((resource) => [resource.token, resourceSpec(resource)])),
  };
}

const byName = ([one], [other]) => (one < other ? -1 : 1);

function typeSpec({ description, fields, values }) {
  if (values) return { description, type: "string", enum: values.map((value) => ({ value })) };
  return { description, type: "object", properties: propertySpecs(fields), required: requiredOf(fields) };
}

function resourceSpec({ description, inputs, outputs }) {
  const state = [...inputs, ...outputs];
  return {
    description,
    properties: propertySpecs(state),
    required: requiredOf(state),
    inputProperties: propertySpecs(inputs, true),
    requiredInputs: requiredOf(inputs),
  };
}

/** @param asInputs - also what a change of each means to the provider */
function propertySpecs(fields, asInputs = false) {
  return Object.fromEntries(
    fields.map(({ name, spec, description, default: otherwise, secret, change }) => [
      name,
      {
        // Not as a `default`, which a program would send: what was left out stays left out.
        description: otherwise ? `${description} Default: ${otherwise}.` : description,
        ...spec,
        ...(secret ? { secret } : {}),
        ...(change === "replace" ? { replaceOnChanges: true } : {}),
        ...(asInputs ? { language: { swarm: { change } } } : {}),
      },
    ]),
  );
}

function requiredOf(fields) {
  return fields.filter(({ optional }) => !optional).map(({ name }) => name);
}

/** File → its text. */
function generate() {
  const model = readModel(
    SOURCES.flatMap((folder) => sourcesIn(path.join(root, folder))),
    "Resources",
  );
  return {
    "schema/swarm.json": `${JSON.stringify(packageSchema(model), undefined, 2)}\n`,
    "docs/resources.md": describeResources(model),
  };
}

function main() {
  for (const [file, text] of Object.entries(generate())) writeFileSync(path.join(root, file), text);
}

module.exports = { generate, packageSchema };
if (require.main === module) {
  try {
    main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
