"use strict";
// Compiles Docker's schemas of compose files, validation/compose-schema/, to one program: a program that uses the library neither
// has nor loads a validator, and a check costs milliseconds.
const { createHash } = require("node:crypto");
const { mkdirSync, readdirSync, readFileSync, statSync } = require("node:fs");
const path = require("node:path");

/** What Go's time.ParseDuration takes. */
const DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** What makes a schema worth a function of its own. */
const LARGE = ["properties", "patternProperties", "oneOf", "anyOf", "items"];

/** The versions differ in little: what they have in common is compiled once. */
class Shared {
  constructor() {
    this.definitions = {};
  }

  /** @param name - what it is called. Default: by what it says */
  add(schema, root, name) {
    const own = this.rewritten(schema, root, false);
    if (typeof own !== "object") return own;
    if (name === undefined && !LARGE.some((key) => key in own)) return own;
    const called = name ?? `s${createHash("sha256").update(JSON.stringify(own)).digest("hex").slice(0, 8)}`;
    this.definitions[called] = own;
    return { $ref: `#/definitions/${called}` };
  }

  /** @param isShape - below oneOf or anyOf, whose errors have to tell so by their paths */
  rewritten(schema, root, isShape) {
    if (schema === null || typeof schema !== "object" || Array.isArray(schema)) return schema;
    if (schema.$ref) return this.add(root.definitions[schema.$ref.replace("#/definitions/", "")], root);
    const inner = (one) => (isShape ? this.rewritten(one, root, true) : this.add(one, root));
    const parts = Object.entries(schema).filter(([key]) => !["id", "$schema", "definitions"].includes(key));
    return Object.fromEntries(
      parts.map(([key, value]) => {
        if (key === "oneOf" || key === "anyOf")
          return [key, value.map((one) => this.rewritten(one, root, true))];
        if (key === "properties" || key === "patternProperties")
          return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]))];
        return [key, key === "items" || key === "additionalProperties" ? inner(value) : value];
      }),
    );
  }
}

function compile(files, outfile) {
  const Ajv = require("ajv-draft-04").default;
  const standalone = require("ajv/dist/standalone").default;
  const shared = new Shared();
  for (const [version, file] of files) {
    const schema = JSON.parse(readFileSync(file, "utf8"));
    shared.add(schema, schema, version);
  }
  // Ports are looked at where they are compared, and by Docker itself.
  const formats = { duration: DURATION, expose: true, ports: true };
  const options = {
    allErrors: true,
    strict: false,
    messages: false,
    inlineRefs: false,
    formats,
    code: { source: true },
  };
  const ajv = new Ajv(options).addSchema({ definitions: shared.definitions }, "compose");
  const exported = files.map(([version]) => [version, `compose#/definitions/${version}`]);
  require("esbuild").buildSync({
    stdin: {
      contents: standalone(ajv, Object.fromEntries(exported)),
      resolveDir: path.dirname(__dirname),
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    logLevel: "error",
  });
}

/** @param dist - the folder of what is compiled */
function compileComposeSchemas(root, dist) {
  const from = path.join(root, "validation", "compose-schema");
  const files = readdirSync(from)
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name.replace(".json", "").replace(".", "_"), path.join(from, name)]);
  const outfile = path.join(dist, "validation", "compose-validators.js");
  const made = statSync(outfile, { throwIfNoEntry: false });
  const newest = Math.max(
    ...[__filename, ...files.map(([, file]) => file)].map((one) => statSync(one).mtimeMs),
  );
  if (made && made.mtimeMs >= newest) return;
  mkdirSync(path.dirname(outfile), { recursive: true });
  compile(files, outfile);
}

module.exports = { compileComposeSchemas };
