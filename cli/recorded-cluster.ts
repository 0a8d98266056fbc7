import type { ClusterRecord, RecordedCluster } from "../schema/cluster-record";
import { deployedServices, type DeployedService } from "../schema/stack";
import { upCommand } from "../foundation/command-lines";
import { stateResources, type StateResource, type Target } from "./stack-state";

const CLUSTERS = ["swarm:index:SwarmCluster", "swarm:index:ExistingCluster"];
const STACK = "swarm:index:SwarmStack";
const JOB = "swarm:index:SwarmJob";

/**
 * The cluster that a command works on, as the state of its Pulumi stack has it.
 *
 * @throws with what to do, where the stack has no cluster, more than one, or none of the name that was given.
 */
export async function recordedCluster(target: Target): Promise<RecordedCluster> {
  const resources = await stateResources(target);
  return clusterIn(resources, target);
}

/**
 * The same, for what is done on the machines of its nodes.
 *
 * @throws with what to do, where the program of the stack does not make the cluster.
 */
export async function clusterMadeHere(target: Target): Promise<RecordedCluster> {
  const recorded = await recordedCluster(target);
  if (!recorded.isExisting) return recorded;
  throw new Error(
    `Cluster ${recorded.cluster} is not made by this stack, which knows its managers alone. ` +
      "Run this in the project that makes it.",
  );
}

export function clusterIn(
  resources: readonly StateResource[],
  { stack, cluster }: Pick<Target, "stack" | "cluster">,
): RecordedCluster {
  const which = stack ? `Stack ${stack}` : "The selected stack";
  const components = resources.filter(({ type }) => CLUSTERS.includes(type));
  if (components.length === 0) throw new Error(`${which} has no cluster. Make it first: ${upCommand()}`);
  const names = components.map(({ urn }) => nameIn(urn));
  const wanted = cluster ?? names[0];
  const sorted = [...names].sort();
  if (!names.includes(wanted))
    throw new Error(`${which} has no cluster ${wanted}. It has: ${sorted.join(", ")}.`);
  if (cluster === undefined && names.length > 1)
    throw new Error(
      `${which} has ${names.length} clusters. Name one: --cluster ${sorted.join(" or --cluster ")}`,
    );
  const { record } = components[names.indexOf(wanted)].outputs as { record?: ClusterRecord };
  if (!record) {
    throw new Error(
      `${which} does not tell how cluster ${wanted} is reached: it was never finished, or made by an earlier version. ` +
        `Renew it: ${upCommand()}`,
    );
  }
  const own = resources.filter(({ inputs }) => inputs.clusterId === record.clusterId);
  return {
    ...record,
    stacks: servicesIn(own, STACK),
    jobs: servicesIn(own, JOB),
    failed: Object.fromEntries(own.flatMap(failureIn)),
  };
}

function servicesIn(resources: readonly StateResource[], of: string): Record<string, DeployedService[]> {
  return Object.fromEntries(
    resources
      .filter(({ type }) => type === of)
      .map(({ inputs, outputs }) => [inputs.name as string, deployedServices(outputs)]),
  );
}

/** "job migrate" → the first line of its error. */
function failureIn({ type, inputs, initErrors }: StateResource): [string, string][] {
  const what = type === JOB ? "job" : "stack";
  const [error] = (type === STACK || type === JOB ? initErrors : undefined) ?? [];
  return error === undefined ? [] : [[`${what} ${inputs.name as string}`, error.trim().split("\n")[0]]];
}

function nameIn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
