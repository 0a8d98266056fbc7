import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../setup/paths";
import { GoTypes } from "./go-types";
import { ourProperties } from "./our-types";
import { specified, type Definitions } from "./specification";

/** The oldest and the newest version of the Engine API that the types are held against. */
const VERSIONS = ["1.44", "1.55"];

/** Definition of the specification → its struct in Go. */
const STRUCTS: Record<string, string> = {
  SwarmSpec: "Spec",
  Network: "Inspect",
  EndpointPortConfig: "PortConfig",
  ContainerConfig: "Config",
  ContainerState: "State",
  ContainerSummary: "Summary",
  ImageInspect: "InspectResponse",
  ImageSummary: "Summary",
};

/**
 * Writes what moby's repository says of the properties in docker/api. Facts only, one line for each:
 * node tools/start.js tools/engine-api/main MOBY_GIT_DIR
 */
function main(repository: string): void {
  const git = (...args: string[]) =>
    execFileSync("git", [`--git-dir=${repository}`, ...args], { encoding: "utf8", maxBuffer: 2 ** 28 });
  const commit = git("rev-parse", "HEAD").trim();
  const definitions = VERSIONS.map(
    (version) =>
      (parse(git("show", `HEAD:api/docs/v${version}.yaml`)) as { definitions: Definitions }).definitions,
  );
  const packageOf = (name: string) =>
    git("ls-tree", "-r", "--name-only", "HEAD", `api/types/${name}`)
      .split("\n")
      .filter((file) => file.endsWith(".go"))
      .map((file) => git("show", `HEAD:${file}`))
      .join("\n");
  const swarm = packageOf("swarm");
  // It has an `Info` as well, in which that of the other package is.
  const system = packageOf("system").replace("type Info struct", "type SystemInfo struct");
  const inSwarm = new GoTypes(`${system}\n${swarm}`);
  const [network, container, image, volume] = ["network", "container", "image", "volume"].map(
    (name) => new GoTypes(packageOf(name)),
  );
  const typesOf = (definition: string) =>
    [
      [/^Network/, network] as const,
      [/^(Container|HostConfig)/, container] as const,
      [/^Image/, image] as const,
      [/^Volume/, volume] as const,
    ].find(([name]) => name.test(definition))?.[1] ?? inSwarm;
  const facts = Object.fromEntries(
    ourProperties(path.join(projectRoot, "docker", "api")).map(({ definition, path: at }) => [
      `${definition}.${at}`,
      [
        ...definitions.map((version) => specified(version, newest(version, definition), at) ?? "-"),
        { true: "may be absent", false: "always", undefined: "?" }[
          String(typesOf(definition).mayBeAbsent(STRUCTS[definition] ?? definition, at))
        ],
      ].join(" "),
    ]),
  );
  const file = path.join(projectRoot, "tests", "unit", "fixtures", "engine-api.json");
  writeFileSync(
    file,
    `${JSON.stringify({ source: `moby ${commit}`, versions: VERSIONS.join(" "), facts }, null, 2)}\n`,
  );
}

/** Newer versions tell what an inspection answers from what a list does. */
function newest(definitions: Definitions, name: string): string {
  return `${name}Inspect` in definitions ? `${name}Inspect` : name;
}

main(process.argv[2]);
