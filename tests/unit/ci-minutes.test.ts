import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";

const OUTPUT = `
> pulumi-swarm@0.1.0 test
PASS unit tests/unit/quick.test.ts
PASS unit tests/unit/other.test.ts
Tests:       5 passed, 5 total
PASS e2e tests/e2e/short.test.ts (90.05 s)
FAIL e2e tests/e2e/long.test.ts (620.5 s)
  ● a claim
PASS provider tests/provider/middle.test.ts (301 s)
Summary of all failing tests
FAIL e2e tests/e2e/long.test.ts (620.5 s)
PASS is what a test printed
Tests:       1 failed, 41 passed, 42 total
`;

/** A checkout whose `npm` prints that, and its `.ci/run`. */
function ciRun(status: number) {
  const folder = mkdtempSync(path.join(tmpdir(), "ci-run-"));
  try {
    cpSync(path.join(projectRoot, ".ci"), path.join(folder, ".ci"), { recursive: true });
    mkdirSync(path.join(folder, "bin"));
    writeFileSync(path.join(folder, "output"), OUTPUT);
    const npm = `#!/bin/sh\n[ "$1" = test ] || exit 0\ncat ${folder}/output\nexit ${status}\n`;
    writeFileSync(path.join(folder, "bin", "npm"), npm, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
    return spawnSync("bash", [path.join(folder, ".ci", "run")], { encoding: "utf8", env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("CI ends with minutes per test file, the longest first, and the number of tests", () => {
  const { stdout, status } = ciRun(1);
  expect(stdout.slice(stdout.indexOf("Minutes")).split("\n")).toEqual([
    "Minutes per test file:",
    "   10.3  tests/e2e/long.test.ts",
    "    5.0  tests/provider/middle.test.ts",
    "    1.5  tests/e2e/short.test.ts",
    "         2 more, each in less than 5 s",
    "",
    "46 passed, 1 failed",
    "",
  ]);
  expect(status).toBe(1);
});
