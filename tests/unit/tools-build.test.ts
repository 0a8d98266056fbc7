import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-build-"));
  cpSync(path.join(projectRoot, "tools", "build.js"), path.join(folder, "tools", "build.js"));
  symlinkSync(path.join(projectRoot, "node_modules"), path.join(folder, "node_modules"));
  const compilerOptions = {
    ...{ incremental: true, tsBuildInfoFile: "dist/.tsbuildinfo", outDir: "dist" },
    ...{ lib: ["es2022"], types: [], skipLibCheck: true },
  };
  writeFileSync(path.join(folder, "tsconfig.build.json"), JSON.stringify({ compilerOptions }));
  writeFileSync(path.join(folder, "library.ts"), 'export { nothing } from "not-installed";\n');
});

afterEach(() => rmSync(folder, { recursive: true }));

test("sources that did not compile are compiled again, though the compiler has written files", () => {
  for (const attempt of ["first", "second"]) {
    const { status, stderr } = spawnSync(process.execPath, [path.join(folder, "tools", "build.js")], {
      encoding: "utf8",
    });
    expect({ attempt, status }).toEqual({ attempt, status: 1 });
    expect(stderr).toContain("not-installed");
  }
});
