import { waitFor } from "../../../foundation/wait";
import { tryDocker } from "./docker";

/** Each look is a process in a container, and what is looked at needs the processor too. */
const EVERY_MS = 500;

export interface SwarmWatch {
  /** What the command printed, each time that it succeeded. */
  texts: string[];
  stop(): Promise<void>;
}

/**
 * Runs a command on a manager about twice a second, until `stop`.
 * @param managers - containers of managers: the first one that answers is asked, as one may be replaced meanwhile.
 * @param script - shell script; its arguments are $0, $1, …
 */
export function watchSwarm(managers: string[], script: string, ...args: string[]): SwarmWatch {
  const texts: string[] = [];
  let stopped = false;
  const watching = waitFor<void>(
    { name: "the test has seen enough", on: "the swarm", intervalMs: EVERY_MS, timeoutMs: 900_000 },
    async () => {
      for (const manager of managers) {
        const { code, stdout } = await tryDocker("exec", manager, "sh", "-c", script, ...args);
        if (code !== 0) continue;
        texts.push(stdout.trim());
        break;
      }
      return stopped ? { done: undefined } : { pending: `${texts.length} looks` };
    },
  );
  watching.catch(() => undefined);
  return {
    texts,
    async stop() {
      stopped = true;
      await watching;
    },
  };
}
