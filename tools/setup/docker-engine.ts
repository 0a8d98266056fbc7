import { existsSync } from "node:fs";
import * as path from "node:path";
import { dockerEndpoint } from "../../transport/docker-endpoint";
import { describeDockerHost, dockerHostOf, type DockerHost } from "../../transport/docker-host";
import { installDocker, canInstallDocker } from "./docker-install";
import { engineVersion } from "../../transport/docker-looks";
import { startDocker } from "./docker-start";
import { findOnPath } from "./executables";
import { cacheFolder } from "./paths";
import { SetupError, type Step } from "./step";

const PING_TIMEOUT_MS = 10_000;

export function dockerEngineStep(env: NodeJS.ProcessEnv): Step {
  const endpoint = dockerHostOf(undefined, env);
  const where = describeDockerHost(endpoint);
  return {
    name: "Docker Engine",
    remedy:
      "install Docker Engine 20.10 or newer, start it, and repeat; `docker version` must show a server.",
    async check() {
      usable(endpoint);
      const answer = await engineVersion(endpoint, PING_TIMEOUT_MS);
      if (!("reason" in answer)) return `${answer.Version} at ${where}`;
      if (answer.isDenied) throw new SetupError(`${where} does not answer: ${answer.reason}.`, answer.remedy);
      if (endpoint.from !== "default") {
        throw new SetupError(
          `the engine at ${where} does not answer: ${answer.reason}.`,
          `start that engine, or ${instead(endpoint)} to use the local one, and repeat.`,
        );
      }
      return undefined;
    },
    async make(progress) {
      const did: string[] = [];
      if (!findOnPath("dockerd", { PATH: `${env.PATH}${path.delimiter}/usr/sbin` })) {
        const hindrance = canInstallDocker();
        if (hindrance) throw new SetupError(`no Docker Engine answers at ${where}, and ${hindrance}.`);
        progress("installing docker.io");
        await installDocker(progress);
        did.push("installed docker.io");
      }
      progress("starting");
      const log = path.join(cacheFolder(env), "dockerd.log");
      did.push(
        await startDocker({
          log,
          systemd: existsSync("/run/systemd/system"),
          answers: () => reasonOfSilence(endpoint),
        }),
      );
      return did.join(", ");
    },
  };
}

/** Finds an address that is no use, and certificates that are missing, before anything is asked of them. */
function usable(endpoint: DockerHost): void {
  try {
    dockerEndpoint(endpoint);
  } catch (error) {
    throw new SetupError(
      (error as Error).message,
      `or ${instead(endpoint)} to use the local engine, and repeat.`,
    );
  }
}

function instead({ from }: DockerHost): string {
  if (from === "context") return "`docker context use default`";
  return from === "DOCKER_TLS" ? "unset DOCKER_TLS_VERIFY and DOCKER_TLS" : "unset DOCKER_HOST";
}

/** What keeps the engine from answering, or undefined when it does. */
async function reasonOfSilence(endpoint: DockerHost): Promise<string | undefined> {
  const answer = await engineVersion(endpoint, PING_TIMEOUT_MS);
  return "reason" in answer ? answer.reason : undefined;
}
