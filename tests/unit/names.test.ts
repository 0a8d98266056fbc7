import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../../tools/setup/paths";

test("each resource has one class, which is called after its type and never as a component is", () => {
  const source = (folder: string) =>
    readdirSync(path.join(projectRoot, folder))
      .map((file) => readFileSync(path.join(projectRoot, folder, file), "utf8"))
      .join("\n");
  const classes = [
    ...source("resources").matchAll(/export class (\w+) extends resource\b[^(]*\(\s*"swarm:index:(\w+)"/g),
  ];
  const types = [...source("schema").matchAll(/"swarm:index:(\w+)": Resource</g)].map(([, type]) => type);
  expect(classes.map(([, , type]) => type).sort()).toEqual(types.sort());
  expect(classes.map(([, name]) => name)).toEqual(classes.map(([, , type]) => `${type}Resource`));
  const components = [...source("components").matchAll(/export class (\w+)/g)].map(([, name]) => name);
  expect(components.length).toBeGreaterThan(0);
  expect(components.filter((name) => name.endsWith("Resource"))).toEqual([]);
});
