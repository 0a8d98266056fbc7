import { chmodSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { Session } from "../foundation/session";
import { waitFor, type Look } from "../foundation/wait";
import { isListenedOn } from "../transport/listened-socket";
import { makeFolder, removeEntry, socketOf, writeEntry, type KeeperEntry } from "./keeper-entry";
import { asLine, onLines, type FromKeeper, type ToKeeper } from "./keeper-lines";
import { startOf } from "./process-start";

/** A starter connects at once; one that has not by then was killed. */
const FIRST_LEASE_MS = 10_000;
/** How long a warm swarm waits for the next test file where the run's own process does not end with the run. */
const IDLE_MS = 30_000;
const LOOK_MS = 500;
/** What the engine was asked for before the tests' process ended may come after it: a look that late finds it. */
const LATE_MS = 2_000;
const REMOVE_TIMEOUT_MS = 120_000;
/** Longer than any run of tests. */
const FOREVER_MS = 7 * 24 * 3_600_000;

/**
 * The process that removes a test swarm when nobody uses it any more. It is started before anything is made, outlives the
 * tests whatever kills them, and knows by an open connection that they are there: so nothing is removed that is in use.
 */
class Keeper {
  private lessee?: Socket;
  private freeSince = Date.now();
  private limitMs: number;
  private record: unknown;
  private wasAsked = false;
  private isEnding = false;
  private isWarm: boolean;

  constructor(
    private readonly entry: KeeperEntry,
    isOrphan: boolean,
  ) {
    this.isWarm = entry.reuse;
    this.limitMs = isOrphan ? 0 : FIRST_LEASE_MS;
  }

  /** Who only looks whether somebody listens asks for nothing. */
  accept(client: Socket): void {
    client.on("error", () => client.destroy());
    onLines<ToKeeper>(client, (line) => {
      if (line.ask === "lease") this.lease(client);
      else if (client !== this.lessee) return;
      else if (line.ask === "end") this.wasAsked = this.isEnding = true;
      else this.record = line.record;
    });
  }

  /** From now on nobody else gets it. */
  endWithLease(): void {
    this.isWarm = false;
    this.limitMs = 0;
  }

  private lease(client: Socket): void {
    // What is being removed is nobody's any more.
    if (this.lessee || this.isEnding) return void client.end(asLine({ answer: "busy" }));
    this.lessee = client;
    client.write(asLine({ answer: "lease", record: this.record }));
    client.on("close", () => {
      this.lessee = undefined;
      this.freeSince = Date.now();
      this.limitMs = this.isWarm && this.record !== undefined ? IDLE_MS : 0;
    });
  }

  /** Until the swarm is to be removed. */
  async untilUnused(): Promise<void> {
    await waitFor<void>(
      { name: "nobody uses the swarm", intervalMs: LOOK_MS, timeoutMs: FOREVER_MS },
      async () => (this.isUnused() ? { done: undefined } : { pending: "it is used" }),
    );
  }

  /** Removes everything, also what comes late. @returns why something is left, where it is */
  async remove(): Promise<string | undefined> {
    this.isEnding = true;
    // Loaded when it is needed: whoever starts a swarm waits for the first word of this process.
    const { removeLocalCluster } = require("./local-cluster") as typeof import("./local-cluster");
    const { closeConnections } = require("../docker/connect") as typeof import("../docker/connect");
    const session = new Session();
    const silent = () => undefined;
    const signal = new AbortController().signal;
    const context = { session, signal, progress: silent, info: silent, warn: silent };
    const since = Date.now();
    const { owner, shape } = this.entry;
    try {
      await waitFor<void>(
        { name: "it is removed", on: owner.cluster, intervalMs: LATE_MS, timeoutMs: REMOVE_TIMEOUT_MS },
        async (): Promise<Look<void>> => {
          try {
            await removeLocalCluster({ owner, dockerHost: shape.dockerHost }, context);
          } catch (error) {
            return { pending: (error as Error).message };
          }
          // Who asks for the end has nothing under way.
          return this.wasAsked || Date.now() - since >= LATE_MS
            ? { done: undefined }
            : { pending: "something may come late" };
        },
      );
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      closeConnections(context);
    }
  }

  answer(line: FromKeeper): Promise<void> {
    return new Promise((resolve) => {
      if (this.lessee) this.lessee.end(asLine(line), () => resolve());
      else resolve();
    });
  }

  private isUnused(): boolean {
    if (this.wasAsked) return true;
    if (this.lessee) return false;
    const { pid, start } = this.entry.run;
    // The run of which other files could have used it is over.
    const isOver = this.record !== undefined && startOf(pid) !== start;
    return isOver || Date.now() - this.freeSince >= this.limitMs;
  }
}

async function main([text, orphan]: string[]): Promise<void> {
  const entry = JSON.parse(text) as KeeperEntry;
  const keeper = new Keeper(entry, orphan === "orphan");
  const socket = socketOf(entry.owner);
  makeFolder();
  // Another start has found the same orphan.
  if (await isListenedOn(socket)) return;
  rmSync(socket, { force: true });
  const server = createServer((client) => keeper.accept(client));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
  chmodSync(socket, 0o600);
  writeEntry(entry);
  process.stdout.end("ready\n");
  // Whoever ends all processes of a run ends this one as well: it removes first what is there.
  process.on("SIGHUP", () => undefined);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => keeper.endWithLease());
  await keeper.untilUnused();
  const left = await keeper.remove();
  if (left === undefined) removeEntry(entry);
  rmSync(socket, { force: true });
  await keeper.answer(left === undefined ? { answer: "ended" } : { answer: "left", why: left });
  process.exit(left === undefined ? 0 : 1);
}

void main(process.argv.slice(2));
