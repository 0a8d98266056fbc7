import { execFileSync } from "node:child_process";
import path from "node:path";
import { circleThrough, remembered } from "../../tools/lint/imports";
import { PROJECT, readLaw, whyForbidden } from "../../tools/lint/law";

const law = readLaw();

describe("the layers", () => {
  test("are those of the table in the docs, which has no circle", () => {
    expect(law.get("hosts")).toEqual(["hosts", "transport", "validation", "schema"]);
    const usedBy = (layer: string) =>
      (law.get(layer) ?? []).map((name) => name.split("/")[0]).filter((name) => name !== layer);
    const circles = [...law.keys()].flatMap((layer) =>
      usedBy(layer).flatMap((next) => circleThrough(layer, next, usedBy) ?? []),
    );
    // Files of one row may use each other.
    expect(circles.filter((name) => !["index.ts", "program"].includes(name))).toEqual([]);
  });

  test.each([
    ["transport/ssh-transport.ts", "docker/errors.ts"],
    ["components/stack.ts", "transport/docker-host.ts"],
    ["platforms/local/command.ts", "transport/ssh-transport.ts"],
    ["schema/swarm.ts", "validation/duration.ts"],
    ["nowhere/file.ts", "schema/swarm.ts"],
  ])("%s may not use %s", (from, to) => {
    expect(whyForbidden(law, from, to)).toContain("table of docs/architecture.md");
  });

  test.each([
    ["provider/handlers/swarm.ts", "docker/errors.ts"],
    ["platforms/local/command.ts", "transport/docker-host.ts"],
    ["index.ts", "program/settings.ts"],
    ["schema/swarm.ts", "foundation/command-lines.ts"],
  ])("%s may use %s", (from, to) => {
    expect(whyForbidden(law, from, to)).toBeUndefined();
  });
});

describe("circles", () => {
  const imports: Record<string, string[]> = { a: ["b", "c"], b: ["d"], c: [], d: ["b", "a"] };

  test("are shown as the way back to where they began", () => {
    expect(circleThrough("a", "b", (name) => imports[name])).toEqual(["a", "b", "d", "a"]);
    expect(circleThrough("a", "c", (name) => imports[name])).toBeUndefined();
  });

  test("are none between the folders of this project", () => {
    const files = execFileSync("git", ["ls-files", "*.ts", ":!tests"], { cwd: PROJECT, encoding: "utf8" });
    const importsOf = remembered();
    const between = new Map<string, Set<string>>();
    for (const file of files
      .trim()
      .split("\n")
      .map((name) => path.join(PROJECT, name))) {
      const used = between.get(path.dirname(file)) ?? new Set<string>();
      between.set(path.dirname(file), used);
      importsOf(file).forEach((name) => used.add(path.dirname(name)));
      used.delete(path.dirname(file));
    }
    // Files beside each other in the project's own folder are layers of their own.
    between.delete(PROJECT);
    const usesOf = (folder: string) => [...(between.get(folder) ?? [])];
    const circles = [...between.keys()].map((folder) =>
      usesOf(folder)
        .map((next) => circleThrough(folder, next, usesOf))
        .find((found) => found !== undefined),
    );
    expect(circles.filter((found) => found !== undefined)).toEqual([]);
  });
});
