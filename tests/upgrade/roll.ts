import { waitFor } from "../../foundation/wait";
import { dockerLines, tryDocker } from "../e2e/harness/docker";
import type { Node } from "../e2e/harness/witness";

/** A member at one moment. */
export interface Member {
  id: string;
  name: string;
  role: "manager" | "worker";
  /** Version of its Docker Engine. */
  engine: string;
  /** It is Ready and takes tasks. */
  inService: boolean;
  /** The leader knows its state: one that was just elected knows nobody's until they speak to it. */
  known: boolean;
  /** Its part in raft; nothing where it has no vote. */
  vote?: { leader: boolean; reachable: boolean };
}

/** All members as a manager saw them at one moment. */
export type Moment = Member[];

type Described = Node & { Description: { Engine?: { EngineVersion: string } } };

const EVERY_MS = 500;
const LIST = "docker node inspect $(docker node ls --quiet)";

/**
 * Looks at a cluster's members twice a second while something goes on, through whatever manager answers. Ends with it,
 * also where that fails.
 */
export async function whileWatched<T>(
  cluster: string,
  work: () => Promise<T>,
): Promise<{ result: T; moments: Moment[] }> {
  const moments: Moment[] = [];
  let stopped = false;
  const watching = waitFor<void>(
    { name: "the test has seen enough", on: cluster, intervalMs: EVERY_MS, timeoutMs: 900_000 },
    async () => {
      const moment = await lookAt(cluster);
      if (moment) moments.push(moment);
      return stopped ? { done: undefined } : { pending: `${moments.length} moments` };
    },
  );
  watching.catch(() => undefined);
  try {
    const result = await work();
    stopped = true;
    await watching;
    return { result, moments };
  } finally {
    stopped = true;
  }
}

/** Nothing while no manager answers for the swarm: an election takes a moment. */
async function lookAt(cluster: string): Promise<Moment | undefined> {
  const filter = `label=pulumi-swarm.cluster=${cluster}`;
  const names = await dockerLines("ps", "--filter", filter, "--format", "{{.Names}}");
  for (const manager of names.filter((name) => name.startsWith(`${cluster}-manager-`))) {
    const { code, stdout } = await tryDocker("exec", manager, "sh", "-c", LIST);
    if (code === 0) return (JSON.parse(stdout) as Described[]).map(memberOf);
  }
  return undefined;
}

function memberOf({ ID, Spec, Description, Status, ManagerStatus }: Described): Member {
  return {
    id: ID,
    name: Description.Hostname,
    role: Spec.Role as Member["role"],
    engine: Description.Engine?.EngineVersion ?? "",
    inService: Status.State === "ready" && Spec.Availability === "active",
    known: Status.State !== "unknown",
    vote: ManagerStatus && {
      leader: ManagerStatus.Leader === true,
      reachable: ManagerStatus.Reachability === "reachable",
    },
  };
}
