"use strict";

const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");

const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(?\s*|\brequire\(\s*)"(\.[^"]+)"/g;

/** The source files that a file imports, types as well, as absolute paths. */
function importsOf(file) {
  const found = [...readFileSync(file, "utf8").matchAll(SPECIFIER)].map(([, name]) => fileOf(file, name));
  return [...new Set(found.filter((name) => name !== undefined))];
}

/** The source file that an import names, or nothing: a package, a JSON file. */
function fileOf(from, specifier) {
  if (!specifier.startsWith(".")) return undefined;
  const base = path.resolve(path.dirname(from), specifier);
  return [`${base}.ts`, path.join(base, "index.ts")].find((file) => existsSync(file));
}

/** The way from one file over others back to it, both ends included, or nothing. */
function circleThrough(first, next, read = importsOf) {
  const before = new Map([[next, undefined]]);
  for (const file of before.keys()) {
    if (file === first) return [first, ...back(file, before)];
    for (const found of read(file)) if (!before.has(found)) before.set(found, file);
  }
  return undefined;
}

function back(last, before) {
  const way = [];
  for (let file = last; file !== undefined; file = before.get(file)) way.unshift(file);
  return way;
}

/** Reads each file once: a lint of the whole project asks for every file from every other one. */
function remembered(read = importsOf) {
  const known = new Map();
  return (file) => {
    if (!known.has(file)) known.set(file, read(file));
    return known.get(file);
  };
}

module.exports = { circleThrough, fileOf, remembered };
