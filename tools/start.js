"use strict";
// Usage: node tools/start.js MODULE [ARGUMENT ...]. Runs one TypeScript module of this project, compiled first
// where a source is newer: `node tools/start.js cli/main status`.
const path = require("node:path");

require("./build").build();
const [module_, ...args] = process.argv.slice(2);
const file = path.join(path.dirname(__dirname), "dist", `${module_}.js`);
process.argv = [process.argv[0], file, ...args];
require(file);
