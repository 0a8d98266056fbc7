import { readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { readIfFile } from "../foundation/read-file";
import type { ComposeFile, StackService, SwarmStackInputs } from "../schema/stack";
import type { Context } from "../foundation/context";
import { runStack } from "../swarm/stacks/run-stack";
import { removeStackOfOurs } from "../swarm/stacks/stack-removal";
import { checkComposeFiles } from "../validation/compose";
import { checkSources, readSources } from "../validation/compose-sources";
import { checkStages } from "../validation/compose-stages";
import { checkFormerName, checkVariables } from "../validation/compose-variables";
import { describeProblems } from "../validation/problem";
import type { LocalCluster } from "./local-cluster";

/** A text in YAML, an object, a path of a compose file, or several of them, of which later ones override earlier ones. */
export type Compose = string | object | readonly (string | object)[];

export interface DeployOptions {
  /** Name of the stack: its services are `<name>_<service>`. @default "app" */
  name?: string;
  /** Values for ${VARIABLES} of the compose files. @default none */
  env?: Record<string, string>;
  /** Seconds until every service has to run. @default 60 */
  timeout?: number;
  /** What becomes of a deployment that fails, as of a `Stack`. @default "leave" */
  onFailure?: SwarmStackInputs["onFailure"];
  /** Names of services that come first, stage by stage, as of a `Stack`. @default all at once */
  stages?: string[][];
}

const DEFAULT_STACK = "app";
/** Its images are there. */
const TIMEOUT_S = 60;

export async function deployed(
  compose: Compose,
  options: DeployOptions,
  cluster: LocalCluster,
  imageFingerprints: Record<string, string>,
  context: Context,
): Promise<StackService[]> {
  const { name = DEFAULT_STACK, env = {}, timeout = TIMEOUT_S, onFailure, stages } = options;
  const composeFiles = [compose].flat().map(fileOf);
  const declared = { secrets: [], configs: [], networks: [] };
  const files = readSources(composeFiles, env, (file, named) =>
    readIfFile(path.resolve(path.dirname(file.name), named)),
  );
  const problems = [
    ...checkComposeFiles(composeFiles, declared, { variables: env }),
    ...checkFormerName(options),
    ...checkVariables(env),
    ...checkSources(composeFiles, env, files),
    ...checkStages(stages, composeFiles),
  ];
  if (problems.length > 0)
    throw new Error(`Stack "${name}": nothing was deployed.\n${describeProblems(problems)}`);
  const inputs: SwarmStackInputs = {
    ...inSwarm(cluster),
    name,
    composeFiles,
    files,
    environment: env,
    imageFingerprints,
    resolveImage: "never",
    convergeTimeout: timeout,
    onFailure,
    stages,
  };
  return (await runStack(inputs, context)).services;
}

export function removed(name = DEFAULT_STACK, cluster: LocalCluster, context: Context): Promise<void> {
  return removeStackOfOurs({ ...inSwarm(cluster), name, composeFiles: [] }, context);
}

function inSwarm({ owner, specs: { clusterId, managers } }: LocalCluster) {
  return { owner, clusterId, managers };
}

/** A text has lines, a path has none. */
function fileOf(source: string | object, index: number): ComposeFile {
  if (typeof source !== "string")
    return {
      name: `compose ${index + 1}`,
      content: stringify(source, { version: "1.1", aliasDuplicateObjects: false }),
    };
  if (source.includes("\n")) return { name: `compose ${index + 1}`, content: source };
  return { name: source, content: readFileSync(source, "utf8") };
}
