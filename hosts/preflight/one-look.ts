import { randomBytes } from "node:crypto";
import type { HostReport, Port, PreflightReport } from "../../schema/preflight";
import {
  END_LINE,
  goLines,
  listenLine,
  readFacts,
  readHeard,
  readResults,
  type Peer,
} from "./agent-protocol";
import type { AgentRun, PreflightMachine } from "./agent-run";
import { AgentSession } from "./agent-session";
import { linksOf, portsOf } from "./links";

export interface PreflightLimits {
  /** A machine that has not begun by then is reported, in milliseconds; the others are not kept waiting. */
  readyWithinMs: number;
  /** Beyond what the agents take for their probes: for a slow way to them. */
  doneWithinMs: number;
}

const LIMITS: PreflightLimits = { readyWithinMs: 10_000, doneWithinMs: 8_000 };

/** What is tried, and for how long. */
export interface Extent {
  /** Seconds until a probe counts as not answered. */
  seconds: number;
  /** Whether sizes of packets are tried as well. */
  sizes: boolean;
  /** Pairs to try, by name. @default all */
  wants?(from: string, to: string): boolean;
}

export interface OneLookOptions {
  /** UDP port of the overlay networks' traffic. @default 4789 */
  dataPathPort?: number;
  signal: AbortSignal;
  limits?: Partial<PreflightLimits>;
}

const DEFAULT_DATA_PATH_PORT = 4789;

/**
 * Looks at every pair of machines in both directions at once. Needs perl or python3 on each, changes nothing, and
 * leaves nothing running. What could not be asked is part of the report, never an exception; a cancelled look is one.
 */
export async function lookOnce(
  machines: readonly PreflightMachine[],
  { dataPathPort = DEFAULT_DATA_PATH_PORT, signal, limits }: OneLookOptions,
  extent: Extent,
): Promise<PreflightReport> {
  const { readyWithinMs, doneWithinMs } = { ...LIMITS, ...limits };
  const over = new AbortController();
  const nonce = randomBytes(16).toString("hex");
  const runs: AgentRun[] = machines.map((machine) => ({
    machine,
    failure: machine.failure,
    agent: new AgentSession(machine.transport, AbortSignal.any([signal, over.signal])),
  }));
  /** All at once, those that failed left out; at the deadline the others go on without those that are late. */
  const together = async (withinMs: number, step: (run: AgentRun) => Promise<void>) => {
    const late = lateness(AbortSignal.any([signal, AbortSignal.timeout(withinMs)]), withinMs);
    const well = runs.filter(({ failure }) => failure === undefined);
    await Promise.all(
      well.map(async (run) => {
        try {
          await Promise.race([step(run), late]);
        } catch (error) {
          run.failure = (error as Error).message;
        }
      }),
    );
    signal.throwIfAborted();
  };
  try {
    await together(readyWithinMs, async (run) => {
      await run.agent.until("hello");
      const { role, engine } = run.machine;
      const [number, manager, member] = [runs.indexOf(run), role === "manager", engine?.inSwarm ?? false];
      run.agent.tell(listenLine({ nonce, number, dataPathPort, manager, member }));
      run.facts = readFacts(await run.agent.until("ready"));
    });
    const ready = runs.filter(({ failure }) => failure === undefined);
    await together(doneWithinMs + extent.seconds * 1000, async (run) => {
      const sent = Date.now();
      const wanted = ready.filter(({ machine }) => extent.wants?.(run.machine.name, machine.name) ?? true);
      const peers = peersOf(run, wanted, runs, dataPathPort, extent.sizes);
      run.agent.tell(goLines(peers, extent.seconds));
      const time = await run.agent.until("time");
      run.clock = clockOf(time, sent, Date.now());
      Object.assign(run, readResults(await run.agent.until("done")));
    });
    await together(doneWithinMs, async (run) => {
      run.agent.tell(END_LINE);
      run.heard = readHeard(await run.agent.until("bye"));
    });
    return { dataPathPort, hosts: runs.map(reportOf), links: linksOf(runs, dataPathPort) };
  } finally {
    for (const { agent } of runs) agent.close();
    // Those that said goodbye are at their end; what else still runs is cut off.
    await Promise.all(runs.filter(({ heard }) => heard).map(({ agent }) => agent.ended));
    over.abort();
  }
}

/** Rejects at the deadline. One for all, as each would listen to it. */
function lateness(deadline: AbortSignal, withinMs: number): Promise<never> {
  const late = new Promise<never>((_resolve, reject) => {
    const say = () => reject(new Error(`it did not answer within ${withinMs / 1000} s`));
    deadline.addEventListener("abort", say, { once: true });
  });
  // Where nobody is late, nobody waits for it any more.
  late.catch(() => undefined);
  return late;
}

/** Sizes are tried on one port of each machine: the first one where an agent listens for packets. */
function peersOf(
  self: AgentRun,
  ready: readonly AgentRun[],
  runs: readonly AgentRun[],
  dataPathPort: number,
  sizes: boolean,
): Peer[] {
  return ready
    .filter((run) => run !== self)
    .flatMap((run) => {
      const { machine, facts } = run;
      const listeners = facts?.ports ?? {};
      const ports = portsOf(machine.role, dataPathPort);
      const isDataPath = (port: Port) => port === `${dataPathPort}/udp`;
      const measured = ports.filter((port) => port.endsWith("/udp") && listeners[port] === "own").pop();
      return ports
        .filter((port) => port.endsWith("/tcp") || listeners[port] === "own")
        .map((port) => ({
          number: runs.indexOf(run),
          port,
          address: isDataPath(port) ? (machine.dataPathAddr ?? machine.address) : machine.address,
          own: listeners[port] === "own",
          measure: sizes && port === measured,
        }));
    });
}

function clockOf(lines: readonly string[], sent: number, received: number): HostReport["clock"] {
  const seconds = Number(lines[lines.length - 1].split(" ")[1]);
  return { offsetMs: seconds * 1000 - (sent + received) / 2, uncertaintyMs: (received - sent) / 2 };
}

function reportOf({ machine, failure, facts, clock }: AgentRun): HostReport {
  const { name, role, address, engine } = machine;
  const { routes = [], mtus = {}, ports = {}, machineId, hostname } = facts ?? {};
  return { name, role, address, failure, engine, machineId, hostname, routes, mtus, ports, clock };
}
