import { waitFor } from "../../foundation/wait";
import { tryDocker } from "../e2e/harness/docker";

/** What a client of the demo saw during a step. */
export interface Asked {
  requests: number;
  /** Requests without a right answer within 10 s though every node was asked for 2 s each. */
  lost: { at: string; refusals: string[] }[];
  /** The longest time until a right answer, in seconds. */
  slowest: number;
}

const EVERY_MS = 250;
const ADDRESSES_EVERY_MS = 1_000;
const PER_NODE_MS = 2_000;
const GIVE_UP_MS = 10_000;
const LONGEST_MS = 1_800_000;
const PORT = 8080;

/** Asks the demo's page again and again, each request at one node after the other, until `stop`. */
export function askOn(cluster: string): { stop(): Promise<Asked> } {
  const asked: Asked = { requests: 0, lost: [], slowest: 0 };
  const pending = new Set<Promise<void>>();
  let addresses: string[] = [];
  let stopped = false;

  const ask = async (turn: number): Promise<void> => {
    const start = Date.now();
    const refusals: string[] = [];
    for (let round = 0; round === 0 || Date.now() - start < GIVE_UP_MS; round++) {
      const first = turn % addresses.length;
      for (const address of [...addresses.slice(first), ...addresses.slice(0, first)]) {
        const refusal = await refusalOf(address);
        if (refusal === undefined) {
          asked.slowest = Math.max(asked.slowest, (Date.now() - start) / 1000);
          return;
        }
        refusals.push(`${address}: ${refusal}`);
      }
    }
    asked.lost.push({ at: new Date(start).toISOString(), refusals: refusals.slice(0, 2 * addresses.length) });
  };

  const until = (intervalMs: number, look: () => Promise<unknown>) =>
    waitFor<void>({ name: "the step is over", on: "client", intervalMs, timeoutMs: LONGEST_MS }, async () => {
      await look();
      return stopped ? { done: undefined } : { pending: `${asked.requests} requests` };
    });
  const asking = Promise.all([
    until(ADDRESSES_EVERY_MS, async () => void (addresses = await addressesOf(cluster))),
    until(EVERY_MS, async () => {
      // One at a time is enough where each has to be answered: a slow one holds up nobody but itself.
      if (addresses.length === 0 || pending.size > 20) return;
      const request = ask(asked.requests++);
      pending.add(request);
      void request.finally(() => pending.delete(request));
    }),
  ]);
  asking.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await asking;
      await Promise.all(pending);
      return asked;
    },
  };
}

async function refusalOf(address: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(PER_NODE_MS);
    const response = await fetch(`http://${address}:${PORT}/status.json`, { signal });
    const text = await response.text();
    return response.status === 200 ? undefined : `${response.status} ${text.trim()}`;
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    return cause?.message ?? message;
  }
}

/** Where the nodes are just now, as the engine that runs them knows; nowhere while the network is not there. */
async function addressesOf(cluster: string): Promise<string[]> {
  const { code, stdout } = await tryDocker("network", "inspect", cluster);
  if (code !== 0) return [];
  const [network] = JSON.parse(stdout) as [{ Containers: Record<string, { IPv4Address: string }> }];
  return Object.values(network.Containers)
    .map(({ IPv4Address }) => IPv4Address.split("/")[0])
    .filter(Boolean);
}
