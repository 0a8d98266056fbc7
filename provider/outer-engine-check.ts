import type { Problem } from "../validation/problem";
import { onOuterEngine } from "./outer";

/** Engine API of Docker 20.10: the first that runs nodes with private cgroup namespaces, which need API 1.41. */
const OLDEST_API = [1, 41] as const;

/** Whether the engine that shall run the nodes answers and is new enough; looked at before anything is created. */
export async function checkOuterEngine(dockerHost: string | undefined): Promise<Problem[]> {
  try {
    const version = await onOuterEngine(dockerHost, "ask for its version", (docker) => docker.version());
    const [major, minor] = version.ApiVersion.split(".").map(Number);
    if (major > OLDEST_API[0] || (major === OLDEST_API[0] && minor >= OLDEST_API[1])) return [];
    return [
      {
        where: "dockerHost",
        text:
          `the Docker Engine is ${version.Version} (API ${version.ApiVersion}); nodes in containers need ` +
          `API ${OLDEST_API.join(".")} (Docker Engine 20.10) or newer. Upgrade it or name another one in DOCKER_HOST.`,
      },
    ];
  } catch (error) {
    return [{ where: "dockerHost", text: (error as Error).message }];
  }
}
