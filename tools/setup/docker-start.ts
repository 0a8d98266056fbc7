import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { waitFor } from "../../foundation/wait";
import { command } from "./run-command";
import { SetupError } from "./step";

const START_TIMEOUT_MS = 60_000;

export interface StartDocker {
  /** Where a daemon that we start ourselves writes. */
  log: string;
  /** Is systemd the one to start it? */
  systemd: boolean;
  /** What keeps the engine from answering, or undefined when it does. */
  answers: () => Promise<string | undefined>;
  /** For a daemon beside the usual one. */
  arguments?: string[];
}

/** Starts the Docker Engine of this machine and waits until it answers. Says what it did. */
export async function startDocker(start: StartDocker): Promise<string> {
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      "the Docker Engine is installed but not running, and only root can start it.",
      "`sudo systemctl enable --now docker`, and repeat.",
    );
  }
  if (start.systemd) {
    await command("systemctl", ["enable", "--now", "docker"]);
    await untilItAnswers(start, () => undefined);
    return "started docker.service";
  }
  const ended = spawnDaemon(start);
  await untilItAnswers(start, ended);
  return `started dockerd, which writes to ${start.log}`;
}

function untilItAnswers(start: StartDocker, ended: () => string | undefined): Promise<void> {
  const remedy = `Read ${start.systemd ? "`journalctl -u docker`" : start.log}.`;
  return waitFor(
    {
      name: "the Docker Engine answers",
      on: "dockerd",
      intervalMs: 200,
      timeoutMs: START_TIMEOUT_MS,
      remedy,
    },
    async () => {
      const end = ended();
      if (end)
        throw new SetupError(
          end,
          `remove the cause that the last lines name, or start dockerd yourself, and repeat.`,
        );
      const pending = await start.answers();
      return pending === undefined ? { done: undefined } : { pending };
    },
  );
}

/** Starts dockerd so that it outlives this process. The function it returns tells how it ended, if it did. */
function spawnDaemon(start: StartDocker): () => string | undefined {
  mkdirSync(path.dirname(start.log), { recursive: true });
  const log = openSync(start.log, "a", 0o600);
  const daemon = spawn("dockerd", start.arguments ?? [], { detached: true, stdio: ["ignore", log, log] });
  let end: string | undefined;
  daemon.on("error", (error) => (end = `dockerd could not be started: ${error.message}`));
  daemon.on("exit", (code, signal) => {
    end = `dockerd ended with ${code === null ? `signal ${signal}` : `exit code ${code}`}; its last lines:\n${tail(start.log)}`;
  });
  daemon.unref();
  return () => end;
}

function tail(file: string, lines = 5): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-lines).join("\n");
}
