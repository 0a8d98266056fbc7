import * as pulumi from "../resources/pulumi";
import type { ComposeFile, StackService } from "../schema/stack";
import { SwarmStackResource } from "../resources/object-resources";
import type { Declared } from "../validation/compose-references";
import { checkIgnore } from "../validation/compose-ignore";
import { checkFormerName, checkVariables } from "../validation/compose-variables";
import { resourceAt } from "../resources/by-urn";
import { isLater } from "../resources/later";
import { optionsIn, placeIn, type Cluster } from "./cluster";
import {
  filesOf,
  readComposeFiles,
  reportComposeFiles,
  reportStages,
  warnOfIgnored,
  writtenCompose,
  type ComposeText,
} from "./compose-files";
import { readEnvFiles } from "./env-files";
import type { Config, Network, Secret } from "./objects";
import { loginsOf, type RegistryArgs } from "./registries";
import { checkStackName } from "./stack-names";
import { onceProgramIsValid, report, reportWithOutputs } from "./program-checks";

export interface StackArgs {
  /** The cluster that the stack runs on. */
  cluster: Cluster;
  /**
   * Paths of compose files, from the program's folder, or texts with a name, which may be outputs; later ones override
   * earlier ones. Paths in a compose file start at its own folder. @default none beside `compose`
   */
  composeFiles?: (string | ComposeText)[];
  /** A compose file as a text or an object, over those of `composeFiles`. Paths in it start at the program's folder. @default none */
  compose?: pulumi.Input<string | object>;
  /** Name in the compose file → secret. The compose file declares it `external: true`. @default none */
  secrets?: Record<string, Secret>;
  /** Name in the compose file → config. The compose file declares it `external: true`. @default none */
  configs?: Record<string, Config>;
  /** Name in the compose file → network. The compose file declares it `external: true`. @default none */
  networks?: Record<string, Network>;
  /** Paths of files like `.env` with values for ${VARIABLES}, from the program's folder; their values are secret. @default none */
  envFiles?: string[];
  /** Values for ${VARIABLES} of the compose files, over those of `envFiles`. @default none */
  env?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Registries that ask for a login, over those of the cluster. @default those of the cluster */
  registries?: RegistryArgs[];
  /** When the registry is asked for image digests. @default that of the cluster: "never" on local machines, else "changed" */
  resolveImage?: "always" | "changed" | "never";
  /** Seconds until every service has to run. @default 300 */
  convergeTimeout?: number;
  /**
   * What becomes of a deployment that fails. "rollback": all services run again as before, with their configs and secrets, and
   * what a first one has made is removed. "pause": Docker pauses the update of each service that fails, whatever the compose
   * files say of it. "leave": what they say. It fails in any case. @default "leave"
   */
  onFailure?: "rollback" | "pause" | "leave";
  /** Last lines of the log of each service that fails, which the error repeats; 0 for none. @default 20 */
  logsOnFailure?: number;
  /**
   * What of the services somebody else owns, an autoscaler for one: `services.NAME.replicas`, `services.NAME.image`. It is as the
   * compose files say when the service is made, and stays as it is from then on. @default none
   */
  ignore?: string[];
  /**
   * Names of services that come first, stage by stage, such as `[["db"], ["migrate"]]`: the services of a stage have to run, and its
   * jobs to have ended well, before the next one begins. Services that it does not name come last. @default all at once
   */
  stages?: string[][];
  /**
   * Take over a stack of this name that somebody else has deployed. Where the compose files say what runs, no task is
   * renewed. @default false
   */
  adopt?: boolean;
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
    const inputs = stackInputs(`Stack "${name}"`, name, args);
    const stack = new SwarmStackResource(name, inputs, stackOptions(args.cluster, this));
    this.services = stack.services;
    this.registerOutputs({ services: this.services });
  }
}

/** What the resource of a stack is told, once all that is wrong with it was reported. @param me - what problems call it */
export function stackInputs(me: string, name: string, args: StackArgs) {
  const { cluster } = args;
  const sources = [
    ...(args.composeFiles ?? []),
    ...(args.compose === undefined ? [] : [writtenCompose(args.compose)]),
  ];
  const { variables, problems } = readEnvFiles(args.envFiles ?? []);
  report(me, [
    ...problems,
    ...checkFormerName(args),
    ...checkIgnore(args.ignore),
    ...checkStackName(me, name, cluster),
  ]);
  reportWithOutputs(me, args.env, checkVariables);
  const env = withVariables(variables, args.env);
  reportComposeFiles(me, sources, declaredBy(args), env);
  reportStages(me, sources, args.stages);
  warnOfIgnored(me, sources);
  return {
    ...placeIn(cluster),
    name,
    composeFiles: readComposeFiles(sources) as pulumi.Input<ComposeFile[]>,
    files: filesOf(me, sources, env),
    secrets: namesOf(args.secrets),
    configs: namesOf(args.configs),
    networks: namesOf(args.networks),
    environment: withSecrets(variables, args.env) as pulumi.Input<Record<string, string>>,
    ...loginsOf(me, args.registries, cluster.registries),
    resolveImage: args.resolveImage ?? cluster.resolveImage,
    convergeTimeout: args.convergeTimeout,
    onFailure: args.onFailure,
    logsOnFailure: args.logsOnFailure,
    ignore: args.ignore,
    stages: args.stages,
    adopt: args.adopt,
    imageFingerprints: cluster.imageFingerprints,
  };
}

/** It waits for all nodes and their images. */
export function stackOptions(cluster: Cluster, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { ...optionsIn(cluster, parent), dependsOn: cluster.ready.apply((urns) => urns.map(resourceAt)) };
}

function withVariables(variables: Record<string, string>, env: StackArgs["env"]): StackArgs["env"] {
  if (Object.keys(variables).length === 0) return env;
  return isLater(env)
    ? pulumi.output(env).apply((known) => ({ ...variables, ...known }))
    : { ...variables, ...env };
}

/** Values of files may be passwords; what the program writes is as secret as it says. */
function withSecrets(variables: Record<string, string>, env: StackArgs["env"]): StackArgs["env"] {
  if (Object.keys(variables).length === 0) return env;
  if (isLater(env)) return pulumi.secret(withVariables(variables, env)) as StackArgs["env"];
  const hidden = Object.entries(variables).map(([name, value]) => [name, pulumi.secret(value)]);
  return { ...(Object.fromEntries(hidden) as Record<string, pulumi.Output<string>>), ...env };
}

function declaredBy({ secrets, configs, networks }: StackArgs): Declared {
  return {
    secrets: Object.keys(secrets ?? {}),
    configs: Object.keys(configs ?? {}),
    networks: Object.keys(networks ?? {}),
  };
}

/** One by one, so that a preview knows which of them will have another name. */
function namesOf(objects: Record<string, { objectName: pulumi.Output<string> }> | undefined) {
  if (!objects) return undefined;
  const names = Object.entries(objects).map(([name, { objectName }]) => [name, objectName]);
  return Object.fromEntries(names) as pulumi.Input<Record<string, string>>;
}
