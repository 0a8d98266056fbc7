"use strict";

const path = require("node:path");
const { circleThrough, fileOf, remembered } = require("./imports");
const { PROJECT, readLaw, whyForbidden } = require("./law");

/** Calls `judge` with each file that a file imports, and reports the texts that it answers. */
function importRule(description, judge) {
  return {
    meta: { type: "problem", docs: { description }, schema: [] },
    create(context) {
      const from = context.filename;
      const look = (node, literal) => {
        const to = typeof literal?.value === "string" && fileOf(from, literal.value);
        const message = to && judge(from, to);
        if (message) context.report({ node, message });
      };
      return {
        ImportDeclaration: (node) => look(node, node.source),
        ExportNamedDeclaration: (node) => look(node, node.source),
        ExportAllDeclaration: (node) => look(node, node.source),
        ImportExpression: (node) => look(node, node.source),
        TSImportType: (node) => look(node, node.source ?? node.argument?.literal),
        "CallExpression[callee.name='require']": (node) => look(node, node.arguments[0]),
      };
    },
  };
}

const inProject = (file) => path.relative(PROJECT, file).split(path.sep).join("/");

const law = readLaw();
const read = remembered();

/** The rules of this project's house, for eslint.config.mjs. */
module.exports = {
  rules: {
    layers: importRule("imports go the way of the table in docs/architecture.md", (from, to) =>
      whyForbidden(law, inProject(from), inProject(to)),
    ),
    "no-circle": importRule("no file comes back to itself by its imports", (from, to) => {
      const circle = circleThrough(from, to, read);
      return circle && `This closes a circle: ${circle.map(inProject).join(" → ")}.`;
    }),
  },
};
