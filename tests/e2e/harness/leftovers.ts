import { docker, dockerLines, tryDocker } from "./docker";

/** What is left of a cluster in the engine that runs the nodes, found by our labels and by name. */
export interface Leftovers {
  containers: string[];
  volumes: string[];
  networks: string[];
  images: string[];
}

export const NOTHING: Leftovers = { containers: [], volumes: [], networks: [], images: [] };

export async function leftovers(cluster: string): Promise<Leftovers> {
  const [containers, volumes, networks, images] = await Promise.all([
    namesOf(cluster, "{{.Names}}", "ps", "--all"),
    namesOf(cluster, "{{.Name}}", "volume", "ls"),
    namesOf(cluster, "{{.Name}}", "network", "ls"),
    imagesOf(cluster),
  ]);
  return { containers, volumes, networks, images };
}

/** Containers that carry a cluster's label. */
export async function containersOf(cluster: string): Promise<string[]> {
  const rows = await dockerLines("ps", "--all", "--format", `{{.Names}} ${CLUSTER_LABEL}`);
  return sorted(rows.map((row) => row.split(" ")).filter(([, label]) => label === cluster));
}

const CLUSTER_LABEL = '{{.Label "pulumi-swarm.cluster"}}';

/**
 * By label or by name. Judged here: the engine's own filters let through containers that are just being removed,
 * whosever they are.
 */
async function namesOf(cluster: string, name: string, ...list: string[]): Promise<string[]> {
  const rows = await dockerLines(...list, "--format", `${name} ${CLUSTER_LABEL}`);
  const isOurs = ([found, label]: string[]) =>
    label === cluster || found === cluster || found.startsWith(`${cluster}-`);
  return sorted(rows.map((row) => row.split(" ")).filter(isOurs));
}

function sorted(rows: string[][]): string[] {
  return unique(rows.map(([name]) => name));
}

/** Removes what is left of a cluster; nothing that is another's. */
export async function removeLeftovers(cluster: string): Promise<void> {
  const { containers, volumes, networks, images } = await leftovers(cluster);
  if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
  if (volumes.length > 0) await docker("volume", "rm", "--force", ...volumes);
  if (networks.length > 0) await docker("network", "rm", ...networks);
  // An image that another cluster shares cannot go, and need not.
  for (const image of images) await tryDocker("image", "rm", "--force", image);
}

/** By tag where there is one, else by ID. */
async function imagesOf(cluster: string): Promise<string[]> {
  const format = ["--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"];
  const [labelled, all] = await Promise.all([
    dockerLines("image", "ls", ...format, "--filter", `label=pulumi-swarm.cluster=${cluster}`),
    dockerLines("image", "ls", ...format),
  ]);
  const named = all.filter((line) => line.split(" ")[0].endsWith(`:${cluster}`));
  return unique([...labelled, ...named]).map((line) => {
    const [tag, id] = line.split(" ");
    return tag.includes("<none>") ? id : tag;
  });
}

function unique(names: string[]): string[] {
  return [...new Set(names)].sort();
}
