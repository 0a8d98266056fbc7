import { describeDockerHost, dockerHostOf, type DockerHost } from "../../transport/docker-host";
import { engineVersion, processorsOf } from "../../transport/docker-looks";
import { show, type Problem } from "../../validation/problem";
import type { ClusterRequest } from "../platform";
import type { LocalMachine, LocalPlatformArgs } from "./args";
import { checkTaken } from "./taken-check";

/** Engine API of Docker 20.10: the first that runs nodes with private cgroup namespaces. */
const OLDEST_API = [1, 41] as const;

/**
 * Whether the engine that shall run the nodes answers, is new enough, and has nothing of others in the cluster's way;
 * looked at before anything is created.
 */
export async function checkOuterEngine(
  args: LocalPlatformArgs,
  request: ClusterRequest<LocalMachine>,
): Promise<Problem[]> {
  const problem = (text: string): Problem[] => [{ where: "dockerHost", text }];
  try {
    const host = dockerHostOf(args.dockerHost);
    const found = await engineVersion(host);
    const address = describeDockerHost(host);
    if ("reason" in found) {
      const { reason, remedy, isOther } = found;
      return problem(
        isOther
          ? `what answers at ${address} is no Docker Engine. ${remedy}`
          : `no Docker Engine answers at ${show(host.url)}: ${reason}. ${remedy}`,
      );
    }
    const { Version: version, ApiVersion: api } = found;
    if (isTooOld(api)) {
      return problem(
        `the Docker Engine at ${address} is ${version} (API ${api}); nodes in containers need API ${OLDEST_API.join(".")} ` +
          "(Docker Engine 20.10) or newer. Upgrade it or name another one in DOCKER_HOST.",
      );
    }
    return [...(await checkProcessors(host, request)), ...(await checkTaken(host, args, request))];
  } catch (error) {
    return problem((error as Error).message);
  }
}

/** Docker refuses more processors than it has; asked only where a pool has such a limit. */
async function checkProcessors(
  host: DockerHost,
  { machines = [] }: ClusterRequest<LocalMachine>,
): Promise<Problem[]> {
  const limited = machines.filter(({ machine }) => typeof machine?.cpus === "number");
  if (limited.length === 0) return [];
  // Where the engine is too busy to tell, Docker itself refuses them.
  const has = await processorsOf(host).catch(() => undefined);
  return limited
    .filter(({ machine }) => has !== undefined && (machine.cpus ?? 0) > has)
    .map(({ where, machine }) => ({
      where: `${where}.cpus`,
      text: `${machine.cpus} processors are more than the ${has} of the Docker Engine that runs the nodes. Use ${has} or fewer.`,
    }));
}

function isTooOld(api: string): boolean {
  const [major, minor] = api.split(".").map(Number);
  return major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1]);
}
