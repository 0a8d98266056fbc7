"use strict";

const { readFileSync } = require("node:fs");
const path = require("node:path");

const PROJECT = path.join(__dirname, "..", "..");
/** Every folder may use it, so the table does not repeat it. */
const FOR_ALL = "foundation";

/**
 * The layers, as the table of docs/architecture.md has them: folder, or file outside of all folders → what it may use,
 * those of its own row first.
 * `transport/docker-*` in it is part of a folder alone.
 */
function readLaw(markdown = readFileSync(path.join(PROJECT, "docs", "architecture.md"), "utf8")) {
  const names = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name.replace(/\/$/, ""));
  const law = new Map();
  for (const [, folders, , uses] of markdown.matchAll(/^\| (`[^|]+?) *\|([^|]*)\| *([^|]+?) *\|$/gm))
    for (const folder of names(folders)) law.set(folder, [...names(folders), ...names(uses)]);
  return law;
}

/** Why a file may not import another one, or nothing. Both are paths from the project's root, with "/". */
function whyForbidden(law, from, to) {
  const layer = layerOf(from);
  const uses = law.get(layer);
  if (!uses)
    return `"${layer}" is not in the table of docs/architecture.md. Name there what it is for and what it uses.`;
  if (layerOf(to) === FOR_ALL || uses.some((name) => covers(name, to))) return undefined;
  const known = [...uses, FOR_ALL].join(", ");
  return `${layer} does not use ${to}: by the table of docs/architecture.md it uses ${known}.`;
}

function layerOf(file) {
  return file.split("/")[0];
}

function covers(name, file) {
  if (!name.includes("/")) return layerOf(file) === name;
  return name.endsWith("*") ? file.startsWith(name.slice(0, -1)) : file.replace(/\.ts$/, "") === name;
}

module.exports = { PROJECT, readLaw, whyForbidden };
