import { waitFor, WaitTimeout } from "../../foundation/wait";
import { demoStatus } from "../e2e/harness/demo-page";
import { containersOf, leftovers } from "../e2e/harness/leftovers";
import { docker } from "../e2e/harness/docker";
import type { Node } from "../e2e/harness/witness";
import type { Workspace } from "../e2e/harness/workspace";
import { machinesOf, onAny } from "./machines";
import type { Model } from "./model";
import type { Observation } from "./recording";

/** Three heartbeats. */
const HEARD_WITHIN_MS = 15_000;
/** The demo's grace period is 3 s, and a busy machine takes its time. */
const STOPPED_WITHIN_MS = 15_000;
/** An entry that gossip did not bring to a node comes with the next exchange of whole tables, every 30 s (moby, networkdb/cluster.go). */
const EXCHANGED_WITHIN_MS = 45_000;

/** Looks at the cluster from the inside and the outside, with the docker CLI: it shares no code with the product. */
export async function observe(workspace: Workspace, model: Model): Promise<Observation> {
  const { cluster } = workspace;
  const ask = (...args: string[]) => onAny(cluster, model.managers, ...args);
  const lines = async (...args: string[]) => (await ask(...args)).split("\n").filter(Boolean);
  const nodes = await onceSettled(
    "the leader has heard from every node",
    HEARD_WITHIN_MS,
    isUnheard,
    async () => {
      const ids = await lines("node", "ls", "--quiet");
      return JSON.parse(await ask("node", "inspect", ...ids)) as Node[];
    },
  );
  const rows = await onceSettled("tasks that are over have ended", STOPPED_WITHIN_MS, hasTooMany, () =>
    lines("service", "ls", "--format", "{{.Name}} {{.Replicas}}"),
  );
  const { volumes, networks } = await leftovers(cluster);
  return {
    clusterIds: await clusterIdsOf(cluster),
    nodes,
    services: Object.fromEntries(rows.map((row) => [row.split(" ")[0], row.slice(row.indexOf(" ") + 1)])),
    secrets: await lines("secret", "ls", "--format", "{{.Name}}"),
    configs: await lines("config", "ls", "--format", "{{.Name}}"),
    machines: (await machinesOf(cluster)).map(({ node, state }) => ({ node, state })),
    volumes: volumes.length,
    networks,
    pages: await pagesOf(cluster),
    doctor: await onceSettled("the nodes have exchanged their tables", EXCHANGED_WITHIN_MS, isOfTables, () =>
      doctorSays(workspace),
    ),
    preview: await workspace.preview(),
  };
}

/**
 * A leader that was just elected, as after the demotion of the last one, says "unknown" of every node until it hears from it
 * (swarmkit, markNodesUnknown of the dispatcher). Who stays unknown is judged so.
 */
const isUnheard = ({ Status }: Node) => Status.State === "unknown";

/** Tasks that a scale-down has ended get their grace period, and an `up` does not wait for that. */
function hasTooMany(row: string): boolean {
  const [running, wanted] = (row.split(" ")[1] ?? "").split("/").map(Number);
  return running > wanted;
}

const isOfTables = (finding: string) => /^(overlay entries|service discovery):/.test(finding);

/** What is listed when none of it is on its way any more; what stays so is judged as it is. */
async function onceSettled<T>(
  name: string,
  timeoutMs: number,
  isOnItsWay: (one: T) => boolean,
  list: () => Promise<T[]>,
): Promise<T[]> {
  let seen: T[] = [];
  await waitFor<void>({ name, intervalMs: 500, timeoutMs }, async () => {
    seen = await list();
    const late = seen.filter(isOnItsWay).length;
    return late > 0 ? { pending: `${late} are not` } : { done: undefined };
  }).catch((error: unknown) => {
    if (!(error instanceof WaitTimeout)) throw error;
  });
  return seen;
}

/** Cluster IDs that the nodes' engines themselves know of, each once. */
async function clusterIdsOf(cluster: string): Promise<string[]> {
  const format = "{{if .Swarm.Cluster}}{{.Swarm.Cluster.ID}}{{end}}";
  const containers = await containersOf(cluster);
  const ids = await Promise.all(
    containers.map((name) => docker("exec", name, "docker", "info", "--format", format)),
  );
  return [...new Set(ids.filter(Boolean))];
}

/** The page as each node answers it; the reason where one does not. */
async function pagesOf(cluster: string): Promise<Observation["pages"]> {
  const machines = await machinesOf(cluster);
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const pages = await Promise.all(
    machines.map(async ({ node, container }) => {
      try {
        const { config, secret } = await demoStatus(await docker("inspect", "--format", format, container));
        return [node, { text: config.text, fingerprint: secret.fingerprint }] as const;
      } catch (error) {
        return [node, (error as Error).message] as const;
      }
    }),
  );
  return Object.fromEntries(pages) as Observation["pages"];
}

/** What the doctor calls a failure: of the members, of the services, of the network's tables. */
async function doctorSays(workspace: Workspace): Promise<string[]> {
  const { stdout, stderr } = await workspace.swarm("doctor", "--json");
  if (!stdout.trim()) return [stderr.trim()];
  const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; found: string }[] };
  return findings.filter(({ level }) => level === "fail").map(({ check, found }) => `${check}: ${found}`);
}
