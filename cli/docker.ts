import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { closeConnections, connect } from "../docker/connect";
import { onManager } from "../swarm/managers";
import { inspectSwarm } from "../docker/swarm";
import { dockerCliVariables } from "../transport/docker-host";
import { listenOn } from "./engine-socket";
import { recordedCluster } from "./recorded-cluster";
import type { Target } from "./stack-state";
import { Session } from "../foundation/session";

/**
 * Runs the user's docker command against a manager: a socket in a folder that only the user can enter carries
 * each of its connections to the manager's engine, so whatever docker can do works, on every platform.
 */
export async function runDocker(args: string[], target: Target): Promise<number> {
  if (spawnSync("docker", ["--version"]).error) {
    throw new Error(
      "There is no docker command on PATH. Install Docker's CLI: https://docs.docker.com/engine/install/",
    );
  }
  const { managers } = await recordedCluster(target);
  const waiting = {
    signal: new AbortController().signal,
    session: new Session(),
    progress: (text: string) => console.error(text),
  };
  const manager = await onManager(managers, waiting, async (engine, found) => {
    await inspectSwarm(engine);
    return found;
  });
  const folder = mkdtempSync(path.join(tmpdir(), "pulumi-swarm-"));
  const socket = path.join(folder, "docker.sock");
  const listening = await listenOn(socket, () => connect(manager.connection, waiting).transport.dialEngine());
  try {
    return await run(args, {
      ...target.env,
      ...dockerCliVariables(`unix://${socket}`),
      DOCKER_CONTEXT: undefined,
    });
  } finally {
    await listening.close();
    closeConnections(waiting);
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn("docker", args, { env, stdio: "inherit" });
  // Ctrl-C reaches docker from the terminal itself.
  process.on("SIGINT", () => undefined);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
