"use strict";
// What Pulumi.yaml names as main: index.ts in its compiled form, compiled first where a source is newer.
require("./tools/build").build();
module.exports = require("./dist/index.js");
