import { currentDockerHost } from "../../transport/docker-host";
import { show, type Problem } from "../../validation/problem";
import type { ClusterRequest } from "../platform";
import { askEngine } from "./engine-request";
import type { LocalPlatformArgs } from "./args";
import { checkTaken } from "./taken-check";

/** Engine API of Docker 20.10: the first that runs nodes with private cgroup namespaces. */
const OLDEST_API = [1, 41] as const;
const REMEDY =
  "Start it or name another one in DOCKER_HOST, then run the same command again (`npm run setup` installs and starts one).";

/**
 * Whether the engine that shall run the nodes answers, is new enough, and has nothing of others in the cluster's way;
 * looked at before anything is created.
 */
export async function checkOuterEngine(args: LocalPlatformArgs, request: ClusterRequest): Promise<Problem[]> {
  const problem = (text: string): Problem[] => [{ where: "dockerHost", text }];
  let address = args.dockerHost;
  try {
    address ??= currentDockerHost().url;
    const { json } = await askEngine(address, "/version");
    const { Version: version = "unknown", ApiVersion: api } = (json ?? {}) as {
      Version?: string;
      ApiVersion?: string;
    };
    if (!api) return problem(`what answers at ${address} is no Docker Engine. ${REMEDY}`);
    if (isTooOld(api)) {
      return problem(
        `the Docker Engine at ${address} is ${version} (API ${api}); nodes in containers need API ${OLDEST_API.join(".")} ` +
          "(Docker Engine 20.10) or newer. Upgrade it or name another one in DOCKER_HOST.",
      );
    }
    return await checkTaken(address, args, request);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (address === undefined || code === undefined) return problem(message);
    return problem(`no Docker Engine answers at ${show(address)}: ${message || code}. ${REMEDY}`);
  }
}

function isTooOld(api: string): boolean {
  const [major, minor] = api.split(".").map(Number);
  return major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1]);
}
