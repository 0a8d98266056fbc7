import { waitFor } from "../../../foundation/wait";
import { docker } from "./docker";

/** What a client of the demo saw over a time. */
export interface Seen {
  requests: number;
  /** Requests that got no right answer from any node. */
  failures: string[];
  /** Longest time between two right answers, in milliseconds. */
  longestGapMs: number;
  /** Those of more than a second. */
  gaps: Gap[];
}

/** A time without a right answer: after one and before the next one. */
export interface Gap {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** Requests that were begun in it. */
  requests: number;
  /** What nodes refused in it: address and reason. */
  refusals: string[];
}

const EVERY_MS = 100;
const ADDRESSES_EVERY_MS = 1_000;
/** A gap that is worth a look. */
const GAP_MS = 1_000;
/**
 * Longer than the page itself goes on trying: its gateway asks for names again 2.5 s after a lost datagram (busybox'
 * nslookup), and gives up to four replicas 2 s each. A request that it still works on is slow and not lost.
 */
const PATIENCE_MS = 12_000;

/**
 * Asks the demo's page while something goes on, and ends with it, also where that fails: a client that goes on would
 * keep the tests' process from ending.
 */
export async function whileAsked<T>(
  cluster: string,
  work: () => Promise<T>,
): Promise<{ result: T; seen: Seen }> {
  const asking = client(cluster);
  try {
    const result = await work();
    return { result, seen: await asking.stop() };
  } finally {
    await asking.stop().catch(() => undefined);
  }
}

/**
 * Asks the demo's page ten times a second, as a load balancer in front of the nodes does: one node after the other,
 * the next one where a node refuses the connection. Ends at `stop`.
 */
function client(cluster: string, port = 8080): { stop(): Promise<Seen> } {
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  let addresses: string[] = [];
  const gaps: Gap[] = [];
  let [requests, longestGapMs, stopped] = [0, 0, false];
  /** What goes on since the last right answer. */
  let gap: Omit<Gap, "to"> | undefined;

  const ask = async (turn: number): Promise<void> => {
    const refusals: string[] = [];
    const first = turn % addresses.length;
    for (const address of [...addresses.slice(first), ...addresses.slice(0, first)]) {
      try {
        const response = await fetch(`http://${address}:${port}/status.json`, {
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
        const text = await response.text();
        if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
        const now = Date.now();
        if (gap && now - gap.from > GAP_MS) gaps.push({ ...gap, to: now });
        longestGapMs = Math.max(longestGapMs, now - (gap?.from ?? now));
        gap = { from: now, requests: 0, refusals: [] };
        return;
      } catch (error) {
        const { message, cause } = error as Error & { cause?: Error };
        const refusal = `${address}: ${cause?.message ?? message}`;
        refusals.push(refusal);
        gap?.refusals.push(refusal);
        if (!isConnectionProblem(error)) break;
      }
    }
    failures.push(`${new Date().toISOString()} ${refusals.join("; ")}`);
  };

  const watching = Promise.all([
    waitFor(
      {
        name: "the test has seen enough",
        on: "addresses",
        intervalMs: ADDRESSES_EVERY_MS,
        timeoutMs: 900_000,
      },
      async () => {
        addresses = await addressesOf(cluster);
        return stopped ? { done: undefined } : { pending: `${addresses.length} nodes` };
      },
    ),
    waitFor(
      { name: "the test has seen enough", on: "client", intervalMs: EVERY_MS, timeoutMs: 900_000 },
      () => {
        if (addresses.length > 0) {
          if (gap) gap.requests++;
          const request = ask(requests++);
          pending.add(request);
          void request.then(() => pending.delete(request));
        }
        return Promise.resolve(stopped ? { done: undefined } : { pending: `${requests} requests` });
      },
    ),
  ]);
  watching.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await watching;
      await Promise.all(pending);
      return { requests, failures, longestGapMs, gaps };
    },
  };
}

/** Nobody listens there, or the connection ended before an answer: a load balancer asks the next node. */
function isConnectionProblem(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === "TimeoutError" || message === "fetch failed" || message === "terminated";
}

/** Where the nodes are just now, as the engine that runs them knows. */
async function addressesOf(cluster: string): Promise<string[]> {
  const [network] = JSON.parse(await docker("network", "inspect", cluster)) as [
    { Containers: Record<string, { IPv4Address: string }> },
  ];
  return Object.values(network.Containers).map(({ IPv4Address }) => IPv4Address.split("/")[0]);
}
