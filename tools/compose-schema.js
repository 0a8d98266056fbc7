"use strict";
// Compiles Docker's schemas of compose files, validation/compose-schema/, to one program each: a check of a file costs no more
// than its own schema, and a program that uses the library neither has nor loads a validator.
const { mkdirSync, readdirSync, readFileSync, statSync } = require("node:fs");
const path = require("node:path");

/** What Go's time.ParseDuration takes. */
const DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** Their IDs would be bases for the references in them, which all begin at the file's root. */
function withoutIds(value) {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key, inner]) => key !== "id" || typeof inner !== "string");
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutIds(inner)]));
}

function compile(file, outfile) {
  const Ajv = require("ajv-draft-04").default;
  const standalone = require("ajv/dist/standalone").default;
  // Ports are looked at where they are compared, and by Docker itself.
  const formats = { duration: DURATION, expose: true, ports: true };
  const ajv = new Ajv({ allErrors: true, strict: false, formats, code: { source: true } });
  const schema = withoutIds(JSON.parse(readFileSync(file, "utf8")));
  const contents = `${standalone(ajv, ajv.compile(schema))}\nmodule.exports.schema = ${JSON.stringify(schema)};`;
  require("esbuild").buildSync({
    stdin: { contents, resolveDir: path.dirname(__dirname) },
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
  const to = path.join(dist, "validation", "compose-schema");
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((one) => one.endsWith(".json"))) {
    const outfile = path.join(to, name.replace(/json$/, "js"));
    const made = statSync(outfile, { throwIfNoEntry: false });
    const newest = Math.max(statSync(path.join(from, name)).mtimeMs, statSync(__filename).mtimeMs);
    if (!made || made.mtimeMs < newest) compile(path.join(from, name), outfile);
  }
}

module.exports = { compileComposeSchemas };
