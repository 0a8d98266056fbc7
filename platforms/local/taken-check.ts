import { createServer } from "node:net";
import { describeOwner, hasNames, type ClusterNames } from "../../schema/owner";
import type { DockerHost } from "../../transport/docker-host";
import { hasImage, seenContainers, seenNetworks, type SeenContainer } from "../../transport/docker-looks";
import { show, type Problem } from "../../validation/problem";
import type { ClusterRequest } from "../platform";
import type { LocalPlatformArgs, LocalPort } from "./args";

/**
 * Names, ports and images that the cluster needs from an engine that others use as well. Whether what has the same
 * three names is this cluster's own only its identity tells, which no program knows: there the provider decides.
 */
export async function checkTaken(
  host: DockerHost,
  args: LocalPlatformArgs,
  request: ClusterRequest,
): Promise<Problem[]> {
  const { owner, nodes } = request;
  const [containers, networks, images] = await Promise.all([
    seenContainers(host).catch(untold),
    seenNetworks(host).catch(untold),
    missingImages(host, args),
  ]);
  const wanted = new Map(nodes.map(({ name }) => [`/${owner.cluster}-${name}`, name]));
  const takenNames = containers.flatMap(({ Names, Labels }) => {
    const name = Names.find((one) => wanted.has(one));
    if (name === undefined || hasNames(owner, Labels)) return [];
    return [{ where: `node ${wanted.get(name)}`, text: taken(`a container "${name.slice(1)}"`, Labels) }];
  });
  const takenNetworks = networks
    .filter(({ Name, Labels }) => Name === owner.cluster && !hasNames(owner, Labels))
    .map(({ Name, Labels }) => ({ where: "network", text: taken(`a network "${Name}"`, Labels) }));
  return [
    ...takenNames,
    ...takenNetworks,
    ...(await takenPorts(host, args.ports ?? [], containers, owner)),
    ...images,
  ];
}

function taken(what: string, labels: Record<string, string> | null): string {
  return `there is ${what} already, which belongs to ${describeOwner(labels)}. Choose another name for the cluster, or remove that object yourself.`;
}

/** Where the engine is too busy to tell, the provider looks again when it makes the object. */
const untold = () => [];

/** Images to load that are neither there nor built by the program; found here, before the nodes are made. */
async function missingImages(host: DockerHost, { images = [] }: LocalPlatformArgs): Promise<Problem[]> {
  const problems = images.map(async ({ name, build }, index): Promise<Problem[]> => {
    if (!name || build !== undefined) return [];
    if (await hasImage(host, name).catch(() => true)) return [];
    const text =
      `${show(name)} is not in the Docker Engine that runs the nodes, so it cannot be loaded into them. ` +
      `Build or pull it there first (docker pull ${name}), or name its folder as \`build\`.`;
    return [{ where: `images[${index}].name`, text }];
  });
  return (await Promise.all(problems)).flat();
}

async function takenPorts(
  host: DockerHost,
  ports: LocalPort[],
  containers: SeenContainer[],
  owner: ClusterNames,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  // One after the other: two looks at one port at the same time would find each other.
  for (const [index, port] of ports.entries()) {
    const user = await userOf(port, host, containers, owner);
    const text = `${port.published} is in use by ${user}. Publish another port, or end what uses it.`;
    if (user !== undefined) problems.push({ where: `ports[${index}].published`, text });
  }
  return problems;
}

/** Who has a port of the host, other than this cluster itself; nothing where it is free or cannot be told. */
async function userOf(
  { published, protocol = "tcp", hostIp = "127.0.0.1" }: LocalPort,
  host: DockerHost,
  containers: SeenContainer[],
  owner: ClusterNames,
): Promise<string | undefined> {
  const holder = containers.find(({ Ports }) =>
    Ports.some((one) => one.PublicPort === published && one.Type === protocol && meets(one.IP, hostIp)),
  );
  if (holder)
    return hasNames(owner, holder.Labels) ? undefined : `the container "${holder.Names[0]?.slice(1)}"`;
  const isElsewhere = !host.url.startsWith("unix:");
  if (isElsewhere || protocol !== "tcp" || (await isFree(published, hostIp))) return undefined;
  return "another program on this host";
}

function meets(one: string | undefined, other: string): boolean {
  return one === other || one === undefined || one === "0.0.0.0" || other === "0.0.0.0";
}

/** Any other failure than "in use" is left to Docker, which may be allowed what this process is not. */
function isFree(port: number, host: string): Promise<boolean> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return Promise.resolve(true);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
