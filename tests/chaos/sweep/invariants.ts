import { waitFor } from "../../../foundation/wait";
import { dockerLines } from "../../e2e/harness/docker";
import { leftovers, NOTHING } from "../../e2e/harness/leftovers";
import type { Settings, Workspace } from "../../e2e/harness/workspace";
import { Witness, type Node } from "../../e2e/harness/witness";

/** What a later look is compared with. */
export interface Identity {
  clusterId: string;
  /** Node name → node ID. */
  nodes: Record<string, string>;
}

/** The names that a configuration asks for. */
export function namesOf({ managers, workers = [] }: Settings): string[] {
  const pools = workers as { name: string; count: number }[];
  const numbered = [{ name: "manager", count: Number(managers) }, ...pools];
  return numbered
    .flatMap(({ name, count }) => Array.from({ length: count }, (_, index) => `${name}-${index + 1}`))
    .sort();
}

/**
 * One swarm; every wanted node in it once, Ready, its manager Reachable, and no other node; a container and a volume
 * for each, one network; services whole; and nothing left to do.
 */
export async function expectOneCluster(workspace: Workspace, settings: Settings): Promise<Identity> {
  const { cluster } = workspace;
  const names = namesOf(settings);
  const witness = await Witness.of(workspace);
  const clusterIds = await witness.clusterIds();
  expect(clusterIds).toHaveLength(1);

  const nodes = await witness.nodes();
  expect(nodes.map(({ Description, Status }) => `${Description.Hostname} ${Status.State}`)).toEqual(
    names.map((name) => `${name} ready`),
  );
  const isManager = (name: string) => name.startsWith("manager-");
  expect(nodes.filter(isReachable).map(({ Description }) => Description.Hostname)).toEqual(
    names.filter(isManager),
  );

  const { containers, volumes, networks } = await leftovers(cluster);
  expect(await hostnamesOf(cluster)).toEqual(names);
  expect(volumes).toEqual(containers);
  expect(networks).toEqual([cluster]);
  if (settings.demo) await servicesAreWhole(witness);
  expect(await workspace.preview("--expect-no-changes")).toEqual({});
  return {
    clusterId: clusterIds[0],
    nodes: Object.fromEntries(nodes.map(({ ID, Description }) => [Description.Hostname, ID])),
  };
}

export async function expectNothing(workspace: Workspace): Promise<void> {
  expect(await workspace.leftovers()).toEqual(NOTHING);
}

function isReachable({ ManagerStatus }: Node): boolean {
  return ManagerStatus?.Reachability === "reachable";
}

/** The node that each container was made for, as its label says; a replaced one has another name. */
async function hostnamesOf(cluster: string): Promise<string[]> {
  const format = '{{.Label "pulumi-swarm.node"}} {{.Label "pulumi-swarm.cluster"}} {{.State}}';
  const rows = await dockerLines("ps", "--all", "--format", format);
  const own = rows.map((row) => row.split(" ")).filter(([, owner]) => owner === cluster);
  expect(own.map(([, , state]) => state)).toEqual(own.map(() => "running"));
  return own.map(([name]) => name).sort();
}

/** A service that lost a node with its tasks is whole again after a moment. */
function servicesAreWhole(witness: Witness): Promise<void> {
  return waitFor<void>(
    { name: "all services are whole", on: witness.cluster, intervalMs: 500, timeoutMs: 60_000 },
    async () => {
      const rows = (await witness.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}")).split("\n");
      const lacking = rows.filter((row) => !/ (\d+)\/\1( |$)/.test(row));
      return lacking.length === 0 ? { done: undefined } : { pending: lacking.join(", ") };
    },
  );
}
