import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as pulumi from "../resources/pulumi";
import type { ComposeFile, StackService } from "../contract/objects";
import { SwarmStack } from "../resources/objects";
import { programFolder } from "../resources/program-folder";
import { checkComposeFiles } from "../validation/compose";
import { checkVariables } from "../validation/compose-variables";
import { show, type Problem } from "../validation/problem";
import { resourceAt } from "../resources/by-urn";
import { optionsIn, placeIn, type Cluster } from "./cluster";
import type { Config, Network, Secret } from "./objects";
import { onceProgramIsValid, report, reportOnceKnown } from "./program-checks";

export interface StackArgs {
  /** The cluster that the stack runs on. */
  cluster: Cluster;
  /** Paths of compose files, from the program's folder; later ones override earlier ones. */
  composeFiles: string[];
  /** Name in the compose file → secret. The compose file declares it `external: true`. @default none */
  secrets?: Record<string, Secret>;
  /** Name in the compose file → config. The compose file declares it `external: true`. @default none */
  configs?: Record<string, Config>;
  /** Name in the compose file → network. The compose file declares it `external: true`. @default none */
  networks?: Record<string, Network>;
  /** Values for ${VARIABLES} of the compose files. @default none */
  environment?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** When the registry is asked for image digests. @default that of the cluster: "never" on local machines, else "changed" */
  resolveImage?: "always" | "changed" | "never";
  /** Seconds until every service has to run. @default 300 */
  convergeTimeout?: number;
}

/**
 * A stack of services, described in compose files. It is up when every service runs; an update that fails or rolls
 * back fails with the failing task's own error.
 */
export class Stack extends pulumi.ComponentResource {
  /** The services with their replicas and ports. */
  readonly services: pulumi.Output<StackService[]>;

  constructor(name: string, args: StackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("swarm:index:Stack", name, {}, onceProgramIsValid(opts));
    const { cluster } = args;
    const { files, problems } = readComposeFiles(args.composeFiles);
    report(`Stack "${name}"`, [...problems, ...checkContent(files, args)]);
    reportVariables(`Stack "${name}"`, args.environment);
    const stack = new SwarmStack(
      name,
      {
        ...placeIn(cluster),
        name,
        composeFiles: files,
        secrets: namesOf(args.secrets),
        configs: namesOf(args.configs),
        networks: namesOf(args.networks),
        environment: args.environment as pulumi.Input<Record<string, string>>,
        resolveImage: args.resolveImage ?? cluster.resolveImage,
        convergeTimeout: args.convergeTimeout,
        imageFingerprints: cluster.imageFingerprints,
      },
      { ...optionsIn(cluster, this), dependsOn: cluster.ready.apply((urns) => urns.map(resourceAt)) },
    );
    this.services = stack.services;
    this.registerOutputs({ services: this.services });
  }
}

function readComposeFiles(paths: string[]): { files: ComposeFile[]; problems: Problem[] } {
  const files: ComposeFile[] = [];
  const problems: Problem[] = [];
  if (paths.length === 0)
    problems.push({ where: "composeFiles", text: "names no file. Name at least one compose file." });
  paths.forEach((name, index) => {
    const file = path.resolve(programFolder(), name);
    if (existsSync(file) && statSync(file).isFile())
      files.push({ name, content: readFileSync(file, "utf8") });
    else
      problems.push({
        where: `composeFiles[${index}]`,
        text: `${show(name)} is no file (looked at ${file}). Paths start at the program's folder.`,
      });
  });
  return { files, problems };
}

function checkContent(files: ComposeFile[], { secrets, configs, networks }: StackArgs): Problem[] {
  if (files.length === 0) return [];
  return checkComposeFiles(files, {
    secrets: Object.keys(secrets ?? {}),
    configs: Object.keys(configs ?? {}),
    networks: Object.keys(networks ?? {}),
  });
}

/** A name that is written in the program is judged now, whatever its value has to wait for. */
function reportVariables(stack: string, environment: StackArgs["environment"] = {}): void {
  if (isLater(environment)) return reportOnceKnown(stack, environment, checkVariables);
  const written = Object.entries(environment).map(([name, value]) => [name, isLater(value) ? "" : value]);
  report(stack, checkVariables(Object.fromEntries(written)));
}

function isLater(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function namesOf(objects: Record<string, { objectName: pulumi.Output<string> }> | undefined) {
  if (!objects) return undefined;
  return pulumi.all(
    Object.fromEntries(Object.entries(objects).map(([name, { objectName }]) => [name, objectName])),
  );
}
