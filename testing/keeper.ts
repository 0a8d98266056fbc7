import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { packageFolder } from "../foundation/package-folder";
import { isListenedOn } from "../transport/listened-socket";
import { readEntries, socketOf, type KeeperEntry } from "./keeper-entry";
import { asLine, onLines, type FromKeeper, type ToKeeper } from "./keeper-lines";

/** Compiled, also where the tests of this package run from its sources. */
const PROGRAM = path.join(packageFolder, "dist", "testing", "keeper-main.js");

/** A swarm that is ours until we give it back, or until this process ends, however it does. */
export class Lease {
  private constructor(
    readonly entry: KeeperEntry,
    private readonly keeper: Conversation,
    /** What whoever made the swarm has told of it; nothing for a new one. */
    readonly record: unknown,
  ) {}

  /** Nothing where the keeper is gone, or somebody else has the swarm. */
  static async of(entry: KeeperEntry): Promise<Lease | undefined> {
    const keeper = new Conversation(socketOf(entry.owner));
    const answer = await keeper.ask({ ask: "lease" });
    if (answer?.answer === "lease") return new Lease(entry, keeper, answer.record);
    keeper.close();
    return undefined;
  }

  /** Tells what the next one needs who gets the swarm. */
  remember(record: unknown): void {
    this.keeper.tell({ ask: "remember", record });
  }

  /** Nobody else can use it: it is removed when it is given back. */
  forget(): void {
    this.keeper.tell({ ask: "remember" });
  }

  giveBack(): void {
    this.keeper.close();
  }

  /** The swarm is removed. @throws Error with what is left of it */
  async end(): Promise<void> {
    let answer = await this.keeper.ask({ ask: "end" });
    this.keeper.close();
    if (!answer) {
      // Somebody has killed it: another one does its work.
      await startKeeper(this.entry);
      const other = new Conversation(socketOf(this.entry.owner));
      await other.ask({ ask: "lease" });
      answer = await other.ask({ ask: "end" });
      other.close();
    }
    if (answer?.answer === "ended") return;
    const why = answer?.answer === "left" ? answer.why : "the process that removes it has ended";
    throw new Error(
      `The test swarm ${this.entry.owner.cluster} was not removed: ${why}. The next start of one on this machine tries again.`,
    );
  }
}

/** Starts the process that removes a swarm once nobody uses it. */
export function startKeeper(entry: KeeperEntry, isOrphan = false): Promise<void> {
  const args = [PROGRAM, JSON.stringify(entry), ...(isOrphan ? ["orphan"] : [])];
  const keeper = spawn(process.execPath, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...entry.environment, NODE_OPTIONS: "" },
    // It outlives folders that tests make and remove.
    cwd: packageFolder,
  });
  return new Promise((resolve, reject) => {
    let complaint = "";
    keeper.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    keeper.once("error", reject);
    keeper.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The process that is to remove a test swarm has ended: ${complaint.trim()}`));
    });
    keeper.stdout.once("data", () => {
      for (const pipe of [keeper.stdout, keeper.stderr]) pipe.destroy();
      keeper.unref();
      resolve();
    });
  });
}

/** What killed processes have left is removed, behind what goes on here. Nothing that a living keeper has. */
export async function removeOrphans(): Promise<void> {
  for (const entry of readEntries()) {
    if (await isListenedOn(socketOf(entry.owner))) continue;
    // Its own trouble is none of the swarm that is being started; the next start comes across it again.
    await startKeeper(entry, true).catch(() => undefined);
  }
}

/** Lines there and back. It keeps no process alive, but while an answer is awaited. */
class Conversation {
  private readonly socket: Socket;
  private waiting?: (answer: FromKeeper | undefined) => void;

  constructor(place: string) {
    this.socket = connect(place).unref();
    this.socket.on("error", () => this.socket.destroy());
    this.socket.on("close", () => this.waiting?.(undefined));
    onLines<FromKeeper>(this.socket, (answer) => this.waiting?.(answer));
  }

  tell(line: ToKeeper): void {
    if (!this.socket.destroyed) this.socket.write(asLine(line));
  }

  /** Nothing where nobody is there any more. */
  ask(line: ToKeeper): Promise<FromKeeper | undefined> {
    if (this.socket.destroyed) return Promise.resolve(undefined);
    this.socket.ref();
    return new Promise<FromKeeper | undefined>((resolve) => {
      this.waiting = resolve;
      this.tell(line);
    }).finally(() => {
      this.waiting = undefined;
      this.socket.unref();
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
