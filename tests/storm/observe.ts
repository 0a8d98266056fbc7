import { waitFor, WaitTimeout } from "../../engine/wait";
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

/** Looks at the cluster from the inside and the outside, with the docker CLI: it shares no code with the product. */
export async function observe(workspace: Workspace, model: Model): Promise<Observation> {
  const { cluster } = workspace;
  const ask = (...args: string[]) => onAny(cluster, model.managers, ...args);
  const lines = async (...args: string[]) => (await ask(...args)).split("\n").filter(Boolean);
  const nodes = await nodesOnceKnown(async () => {
    const ids = await lines("node", "ls", "--quiet");
    return JSON.parse(await ask("node", "inspect", ...ids)) as Node[];
  });
  const rows = await lines("service", "ls", "--format", "{{.Name}} {{.Replicas}}");
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
    doctor: await doctorSays(workspace),
    preview: await workspace.preview(),
  };
}

/**
 * A leader that was just elected, as after the demotion of the last one, says "unknown" of every node until it hears from it
 * (swarmkit, markNodesUnknown of the dispatcher). Who stays unknown is judged so.
 */
async function nodesOnceKnown(list: () => Promise<Node[]>): Promise<Node[]> {
  let nodes = await list();
  await waitFor<void>(
    { name: "the leader has heard from every node", intervalMs: 500, timeoutMs: HEARD_WITHIN_MS },
    async () => {
      nodes = await list();
      const unknown = nodes.filter(({ Status }) => Status.State === "unknown");
      return unknown.length > 0 ? { pending: `${unknown.length} are unknown` } : { done: undefined };
    },
  ).catch((error: unknown) => {
    if (!(error instanceof WaitTimeout)) throw error;
  });
  return nodes;
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
