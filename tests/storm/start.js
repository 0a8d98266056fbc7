"use strict";

// `npm run test:storm -- --steps N --seed S`, or `-- --judge FILE` to judge a recording again.
const { spawnSync } = require("node:child_process");
const { parseArgs } = require("node:util");

const { values } = parseArgs({
  options: { steps: { type: "string" }, seed: { type: "string" }, judge: { type: "string" } },
});
const env = { ...process.env };
for (const [name, value] of Object.entries(values)) env[`STORM_${name.toUpperCase()}`] = value;
const { status } = spawnSync("npx", ["jest", "--selectProjects", "storm", "--runInBand"], {
  stdio: "inherit",
  env,
});
process.exitCode = status ?? 1;
