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
  const label = `label=pulumi-swarm.cluster=${cluster}`;
  const name = `name=^/?${cluster}(-|$)`;
  const both = async (...command: string[]) => {
    const found = await Promise.all(
      [label, name].map((filter) => dockerLines(...command, "--filter", filter)),
    );
    return unique(found.flat());
  };
  const [containers, volumes, networks, images] = await Promise.all([
    both("ps", "--all", "--format", "{{.Names}}"),
    both("volume", "ls", "--format", "{{.Name}}"),
    both("network", "ls", "--format", "{{.Name}}"),
    imagesOf(cluster),
  ]);
  return { containers, volumes, networks, images };
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
