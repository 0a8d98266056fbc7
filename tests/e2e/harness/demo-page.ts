import { createHash } from "node:crypto";
import { waitFor } from "../../../foundation/wait";

/** What the demo's /status.json says. */
export interface DemoStatus {
  stack: string;
  service: string;
  node: string;
  gateway: { node: string; replicas: number };
  config: { text: string };
  secret: { mounted: boolean; fingerprint: string };
}

export async function demoStatus(address: string, port = 8080): Promise<DemoStatus> {
  const response = await fetch(`http://${address}:${port}/status.json`, {
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}: ${text}`);
  return JSON.parse(text) as DemoStatus;
}

/** What the page shows of a secret. */
export function fingerprintOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 8);
}

/** Engines look each minute whether they have lost sight of the others' gossip (networkDB's rejoinClusterInterval). */
const SIGHT_MS = 150_000;

/** Waits until the page is as wanted: a task that was replaced may answer a last time. */
export function demoShows(
  address: string,
  name: string,
  isThere: (status: DemoStatus) => boolean,
): Promise<DemoStatus> {
  return waitFor<DemoStatus>({ name, on: address, intervalMs: 250, timeoutMs: SIGHT_MS }, async () => {
    try {
      const status = await demoStatus(address);
      return isThere(status) ? { done: status } : { pending: JSON.stringify(status) };
    } catch (error) {
      return { pending: (error as Error).message };
    }
  });
}

/** Asks the page again and again, one request at a time, until told to stop; answers what it got. */
export function watchDemo(
  addresses: string[],
  port = 8080,
): { stop(): Promise<{ answers: number; failures: string[] }> } {
  const failures: string[] = [];
  let answers = 0;
  let stopped = false;
  const watching = waitFor(
    { name: "the test has seen enough", on: "the demo", intervalMs: 100, timeoutMs: 240_000 },
    async () => {
      const address = addresses[(answers + failures.length) % addresses.length];
      await demoStatus(address, port).then(
        () => void answers++,
        (error: Error) => void failures.push(`${new Date().toISOString()} ${address}: ${error.message}`),
      );
      return stopped ? { done: undefined } : { pending: `${answers} answers` };
    },
  );
  watching.catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await watching;
      return { answers, failures };
    },
  };
}
