import { docker, dockerLines, tryDocker } from "../e2e/harness/docker";

/** A node's machine as the engine that runs it knows it. */
export interface Machine {
  node: string;
  container: string;
  /** "running", "paused", "exited", … */
  state: string;
}

/** The machines of a cluster, whichever of them the program wants. */
export async function machinesOf(cluster: string): Promise<Machine[]> {
  const label = (name: string) => `{{.Label "pulumi-swarm.${name}"}}`;
  const format = `{{.Names}} {{.State}} ${label("cluster")} ${label("node")}`;
  const rows = (await dockerLines("ps", "--all", "--format", format)).map((row) => row.split(" "));
  return rows
    .filter(([, , owner]) => owner === cluster)
    .map(([container, state, , node]) => ({ node, container, state }));
}

export async function machineOf(cluster: string, node: string): Promise<Machine> {
  const found = (await machinesOf(cluster)).find((machine) => machine.node === node);
  if (!found) throw new Error(`Node ${node} has no machine.`);
  return found;
}

/** What a command prints inside of the first of some nodes whose engine can answer it. */
export async function onAny(cluster: string, nodes: readonly string[], ...args: string[]): Promise<string> {
  const refusals: string[] = [];
  const machines = (await machinesOf(cluster)).filter(({ node }) => nodes.includes(node));
  for (const { node, container, state } of machines) {
    if (state !== "running") continue;
    const { code, stdout, stderr } = await tryDocker("exec", container, "docker", ...args);
    if (code === 0) return stdout.trim();
    refusals.push(`${node}: ${stderr.trim()}`);
  }
  throw new Error(`Nobody could answer \`docker ${args.join(" ")}\`: ${refusals.join("; ") || "none runs"}`);
}

/** A shell script inside of a machine. */
export function inside(container: string, script: string): Promise<string> {
  return docker("exec", container, "sh", "-c", script);
}
