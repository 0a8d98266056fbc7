"use strict";
// Compiles the TypeScript sources to dist/, and does nothing when no source is newer than the last build.
// `npm ci`, the Pulumi program and the provider all pass here, so none of them ever runs stale code.
// Plain JavaScript, because it runs before anything is compiled.
const { spawnSync } = require("node:child_process");
const {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} = require("node:fs");
const path = require("node:path");

const root = path.dirname(__dirname);
/** Written when all is done: the compiler writes files and its own record also where it finds errors. */
const stamp = path.join(root, "dist", ".built");
const NOT_SOURCES = new Set(["node_modules", "dist", "tests", ".git", ".pulumi-state"]);

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (NOT_SOURCES.has(entry.name)) continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSource(file));
    else if (/\.(ts|json)$/.test(entry.name)) newest = Math.max(newest, statSync(file).mtimeMs);
  }
  return newest;
}

function isFresh() {
  return existsSync(stamp) && statSync(stamp).mtimeMs >= newestSource(root);
}

/** Brings dist/ up to date. Throws with the compiler's messages when the sources do not compile. */
function build() {
  if (isFresh()) return;
  rmSync(stamp, { force: true });
  const began = new Date();
  const tsc = require.resolve("typescript/bin/tsc");
  const result = spawnSync(process.execPath, [tsc, "--project", path.join(root, "tsconfig.build.json")], {
    encoding: "utf8",
  });
  if (result.status !== 0)
    throw new Error(`The TypeScript sources do not compile:\n${result.stdout}${result.stderr}`);
  // tsc copies no JSON that is read at run time.
  copyFileSync(path.join(root, "schema", "swarm.json"), path.join(root, "dist", "schema", "swarm.json"));
  require("./compose-schema").compileComposeSchemas(root, path.join(root, "dist"));
  bundleLanguageHost();
  leaveOutSources(path.join(root, "dist"));
  writeFileSync(stamp, "");
  // What was edited meanwhile is newer than this build.
  utimesSync(stamp, began, began);
}

/** Folders that a program loads: who debugs one steps into them. */
const OF_PROGRAMS = ["components", "foundation", "platforms", "resources", "schema", "testing", "validation"];

/** Maps of what runs in processes of its own keep lines and names for stack traces; with the sources they were half of the package. */
function leaveOutSources(dist) {
  for (const folder of readdirSync(dist, { withFileTypes: true })) {
    if (!folder.isDirectory() || OF_PROGRAMS.includes(folder.name)) continue;
    for (const name of readdirSync(path.join(dist, folder.name), { recursive: true })) {
      if (!name.endsWith(".js.map")) continue;
      const file = path.join(dist, folder.name, name);
      const { sourcesContent, ...map } = JSON.parse(readFileSync(file, "utf8"));
      if (sourcesContent) writeFileSync(file, JSON.stringify(map));
    }
  }
}

/** One executable file: the Pulumi CLI starts it from a folder of tools, where it finds no packages. */
function bundleLanguageHost() {
  require("esbuild").buildSync({
    entryPoints: [path.join(root, "tools", "language-host", "main.ts")],
    outfile: path.join(root, "dist", "tools", "pulumi-language-nodejs"),
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
  });
}

module.exports = { build };
if (require.main === module) {
  try {
    // What is packed holds nothing of sources that are gone.
    if (process.argv.includes("--anew")) rmSync(path.join(root, "dist"), { recursive: true, force: true });
    build();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
