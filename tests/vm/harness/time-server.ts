import { createSocket } from "node:dgram";
import { once } from "node:events";
import { waitFor } from "../../../foundation/wait";
import { NamespacedProcess } from "./namespaced-process";

const NTP_PORT = 123;
const ANSWER_MS = 2_000;
const READY_MS = 20_000;
/** Version 4, mode 3: a client's question. Source: RFC 5905, section 7.3. */
const QUESTION = Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)]);
/** Seconds from NTP's epoch, 1900, to Unix's. */
const NTP_EPOCH = 2_208_988_800;

export interface TimeAnswer {
  stratum: number;
  /** The server's clock, in milliseconds since 1970. */
  timeMs: number;
}

/**
 * chronyd of the image, as a server that takes this machine's clock for the truth. With `-x` it never sets a clock,
 * and it has no source, no control port and no file of its own.
 */
export class TimeServer {
  private readonly process: NamespacedProcess;

  constructor(namespace: string, tree: string) {
    const directives = ["local stratum 1", "allow", "cmdport 0", "bindcmdaddress /", "pidfile /"];
    const chronyd = ["/usr/sbin/chronyd", "-x", "-d", "-u", "root", ...directives];
    this.process = new NamespacedProcess(namespace, ["chroot", tree, ...chronyd]);
  }

  /** Waits until it answers. */
  async ready(address: string): Promise<void> {
    const condition = { name: "the time server answers", on: address, intervalMs: 100, timeoutMs: READY_MS };
    await waitFor(condition, async () => {
      try {
        return { done: await askTime(address) };
      } catch (error) {
        return { pending: `${(error as Error).message} ${this.process.printed}` };
      }
    });
  }

  stop(): Promise<void> {
    return this.process.kill();
  }
}

/** One question over NTP. Rejects when there is no answer. */
export async function askTime(address: string): Promise<TimeAnswer> {
  const socket = createSocket("udp4");
  try {
    const answered = once(socket, "message", { signal: AbortSignal.timeout(ANSWER_MS) });
    socket.connect(NTP_PORT, address, () => socket.send(QUESTION));
    const [answer] = (await answered) as [Buffer];
    return { stratum: answer[1], timeMs: (answer.readUInt32BE(40) - NTP_EPOCH) * 1000 };
  } finally {
    socket.close();
  }
}
